"""Where other systems send deals, and the pages of connections to CRMs."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("connect", __name__)

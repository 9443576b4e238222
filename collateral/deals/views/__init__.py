"""The pages of deals, and of their import."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("deals", __name__)

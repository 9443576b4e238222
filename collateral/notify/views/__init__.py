"""The inbox and what comes into it, and the pages of webhooks that tell other systems."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("notify", __name__)

"""The rep's pages of links and packs, and the pages that a buyer opens (`/s/…`)."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("sharing", __name__)
buyers = Blueprint("buyer", __name__, url_prefix="/s")
bp.register_blueprint(buyers)

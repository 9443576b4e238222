"""The pages of assets: each module shares `bp`."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("assets", __name__)

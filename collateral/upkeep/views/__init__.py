"""The pages of storage, backup and mail."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("upkeep", __name__)

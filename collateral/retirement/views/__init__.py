"""Retiring one asset, and the docket."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("retirement", __name__)

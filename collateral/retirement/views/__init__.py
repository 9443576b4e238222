"""Retiring one asset, and the docket."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("retirement", __name__)

from collateral.retirement.views import asset, decisions, docket, policies, retired  # noqa: E402, F401

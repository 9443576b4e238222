"""The pages of assets: each module shares `bp`."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("assets", __name__)

from collateral.assets.views import detail, edit, files, upload, vocabularies  # noqa: E402, F401

"""The pages of assets: each module shares `bp`."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("assets", __name__)

from collateral.assets.views import (  # noqa: E402, F401
    detail,
    edit,
    editing,
    files,
    suggested,
    table,
    upload,
    vocabularies,
)

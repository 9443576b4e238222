"""The pages of adaptations: each module shares `bp`."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("adaptations", __name__)

from collateral.adaptations.views import (  # noqa: E402, F401
    building,
    changes,
    current,
    deciding,
    files,
    handing_in,
    lists,
    review,
    uploaded,
)

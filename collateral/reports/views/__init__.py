"""The reports as pages, as files, by mail, and what is behind their numbers."""

from __future__ import annotations

from flask import Blueprint, request

from collateral import replica

bp = Blueprint("reports", __name__)


@bp.before_request
def _from_the_copy() -> None:
    """What a report reads may be a little old; what somebody changes may not."""
    if request.method == "GET":
        replica.read_from_copy()

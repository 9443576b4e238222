"""What search learns from elsewhere: an asset opened from its results, a use that counts."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request
from flask_login import current_user
from sqlalchemy import event
from sqlalchemy.orm import Session

from collateral.asked import search_number
from collateral.assets.revisions import touch
from collateral.clock import now
from collateral.search import records
from collateral.usage.models import Use

OPENING = ("assets.detail", "assets.page", "assets.file")


def init_app(app: Flask) -> None:
    app.after_request(note_opening)


def note_opening(response: Response) -> Response:
    """An asset opened at an address that names the search (`?search=ID`) was opened from there."""
    if request.endpoint in OPENING and response.status_code == 200 and "search" in request.args:
        search_id = request.args.get("search", type=search_number)
        if search_id is not None and 0 < search_id < 1 << 62 and current_user.is_authenticated:
            records.recorder().add(
                opening={
                    "search_id": search_id,
                    "asset_id": (request.view_args or {})["asset_id"],
                    "at": now(),
                }
            )
    return response


@event.listens_for(Session, "after_flush")
def _follow_uses(session: Session, _context: Any) -> None:
    """Proven use is an order of results: a use that comes or goes changes what is indexed."""
    used = {row.asset_id for row in session.new | session.dirty if isinstance(row, Use)}
    if used:
        touch(session, used)

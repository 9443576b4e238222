"""Past events from elsewhere, for those who move in."""

from __future__ import annotations

from typing import IO

from msgspec import Struct

from collateral.accounts.permissions import Permission
from collateral.accounts.tokens import Scope
from collateral.api.calls import Call
from collateral.db import db
from collateral.usage.moving_in import import_events as move_in
from collateral.usage.moving_in import make_room


class RefusedLine(Struct, forbid_unknown_fields=True):
    """A line that was not taken, and why."""

    line: int
    reason: str


class EventsTaken(Struct, forbid_unknown_fields=True):
    """How many lines were new, known already, and refused; the first thousand with reasons."""

    new: int
    known: int
    refused: int
    rows: list[RefusedLine]


@Call(
    "POST",
    "/events/import",
    permission=Permission.EVENT_IMPORT,
    scope=Scope.ADMIN,
    does="Take in past events, as JSON lines.",
    more="A line holds `at`, `kind`, `asset` and `person`, and may hold `version`, `session`, "
    "`user_agent` and `deal` (the id of the deal in the CRM). They are counted by the same "
    "rules; the same line twice changes nothing.",
    lines=True,
    steps=True,
    answers=EventsTaken,
)
def import_events(lines: IO[bytes]) -> EventsTaken:
    make_room(lines)
    taken = move_in(lines, commit=db.session.commit)
    return EventsTaken(
        new=taken.new,
        known=taken.known,
        refused=taken.refused,
        rows=[RefusedLine(line, reason) for line, reason in taken.reasons],
    )

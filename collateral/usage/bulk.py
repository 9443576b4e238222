"""Many events and uses at once: what moves in from elsewhere, and the sample library.

Here nothing is counted: `recounting.recount` does that afterwards for the days that are
answered, in the database, which is far quicker than event by event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import insert, select

from collateral.accounts.models import TeamMember
from collateral.db import db, table, upsert
from collateral.usage import counting, rules
from collateral.usage.models import Event, EventKind, Evidence, LeftOut, Use
from collateral.usage.robots import is_robot
from collateral.usage.team_sets import set_for

BATCH = 2000
T = TypeVar("T")


@dataclass(frozen=True)
class EventRow:
    """One past event. `person_id` or `visitor` says whose; `key` makes it one of its kind."""

    at: datetime
    kind: EventKind
    asset_id: int
    version_id: int
    person_id: int | None = None
    session: str | None = None
    user_agent: str = ""
    deal_id: int | None = None
    search_id: int | None = None
    visitor: str = ""
    sender_id: int | None = None
    own_team: bool = False
    key: str | None = None


@dataclass(frozen=True)
class UseRow:
    """One past use. `stage` is a slug."""

    at: datetime
    asset_id: int
    deal_id: int
    person_id: int
    stage: str = ""
    version_id: int | None = None
    evidence: Evidence = Evidence.DECLARED


def load_events(rows: Iterable[EventRow]) -> set[date]:
    """Append the events, not yet counted; those whose key is known are left alone.

    Returns:
        The days to hand to `recounting.recount`. Teams are those that people are in now.
    """
    made = _Maker()
    days: set[date] = set()
    for batch in batches(rows, BATCH):
        values = [made.event(row) for row in batch]
        days.update(value["day"] for value in values)
        if any(row.key for row in batch):
            db.session.execute(upsert(table(Event)).on_conflict_do_nothing(), values)
        else:
            db.session.execute(insert(table(Event)), values)
    return days


def load_uses(rows: Iterable[UseRow]) -> set[date]:
    """Append the uses, not yet counted; of the same use twice the first stays.

    Returns:
        The days to hand to `recounting.recount`.
    """
    made = _Maker()
    days: set[date] = set()
    for batch in batches(rows, BATCH):
        values = [made.use(row) for row in batch]
        days.update(value["day"] for value in values)
        db.session.execute(upsert(table(Use)).on_conflict_do_nothing(), values)
    return days


def batches(rows: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    """The rows in lists of at most `size`."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


class _Maker:
    """Rows as the tables have them. Knows every team from one query."""

    def __init__(self) -> None:
        self.zone = counting.zone()
        self.teams: dict[int, set[int]] = {}
        for person_id, team_id in db.session.execute(
            select(TeamMember.person_id, TeamMember.team_id)
        ):
            self.teams.setdefault(person_id, set()).add(team_id)
        self.sets: dict[int | None, int] = {}

    def team_set(self, person_id: int | None) -> int:
        if person_id not in self.sets:
            teams = self.teams.get(person_id, set()) if person_id is not None else set()
            self.sets[person_id] = set_for(person_id, frozenset(teams))
        return self.sets[person_id]

    def event(self, row: EventRow) -> dict[str, Any]:
        who = f"p{row.person_id}" if row.person_id is not None else f"v{row.visitor[:60]}"
        team_set = self.team_set(row.person_id if row.person_id is not None else row.sender_id)
        left_out = None
        if is_robot(row.user_agent):
            left_out = LeftOut.ROBOT
        elif row.own_team:
            left_out = LeftOut.OWN_TEAM
        return {
            "key": row.key,
            "at": row.at,
            "day": rules.counting_day(row.at, self.zone),
            "kind": row.kind,
            "asset_id": row.asset_id,
            "version_id": row.version_id,
            "person_id": row.person_id,
            "who": who,
            "session": rules.session_key(who, row.session, row.at, self.zone, team_set),
            "team_set_id": team_set,
            "deal_id": row.deal_id,
            "search_id": row.search_id,
            "left_out": left_out,
            "kept": left_out is None,
        }

    def use(self, row: UseRow) -> dict[str, Any]:
        return {
            "asset_id": row.asset_id,
            "version_id": row.version_id,
            "deal_id": row.deal_id,
            "person_id": row.person_id,
            "team_set_id": self.team_set(row.person_id),
            "stage": row.stage,
            "at": row.at,
            "day": rules.counting_day(row.at, self.zone),
            "evidence": row.evidence,
            "created_at": row.at,
        }

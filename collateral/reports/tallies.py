"""Searches with words, counted by who made them and what they met: read from the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, true

from collateral.accounts.models import TeamMember
from collateral.db import db
from collateral.deals.values import at_midnight
from collateral.search.models import Search, SearchOpening
from collateral.usage.counting import zone
from collateral.usage.models_teams import TeamSet
from collateral.usage.team_sets import key_of, set_for

ALL, RESULT, CLICK = "all", "result", "click"
"""All searches; those that found nothing; those whose results nobody opened."""
_AT_ONCE = 5000


@dataclass(frozen=True)
class Looked:
    """Searches of one person for the same words that met the same."""

    words: str
    person_id: int
    kinds: Sequence[str]
    times: int
    last_at: datetime


def looked(first: date, last: date, who: ColumnElement[bool] | None = None) -> list[Looked]:
    """The searches with words of these days. One query.

    Args:
        who: a condition on `Search.person_id`; everybody's without it.
    """
    opened = exists().where(SearchOpening.search_id == Search.id)
    found = []
    for words, person_id, in_vain, was_opened, times, last_at in db.session.execute(
        select(
            func.lower(Search.query).label("words"),
            Search.person_id,
            (Search.near == Search.total).label("in_vain"),
            opened.label("opened"),
            func.count(),
            func.max(Search.at),
        )
        .where(
            Search.at >= at_midnight(first, zone()),
            Search.at < at_midnight(last + timedelta(days=1), zone()),
            Search.query != "",
            true() if who is None else who,
        )
        .group_by("words", Search.person_id, "in_vain", "opened")
    ):
        met = [RESULT] if in_vain else [] if was_opened else [CLICK]
        found.append(Looked(words, person_id, (ALL, *met), times, last_at))
    return found


@dataclass
class Tally:
    """Of some words, by people of one set of teams: person to her searches, by what they met."""

    last_at: datetime
    by: dict[str, dict[int, int]] = field(default_factory=lambda: {ALL: {}, RESULT: {}, CLICK: {}})

    def count(self, kind: str) -> int:
        return sum(self.by[kind].values())

    def add(self, kind: str, person_id: int, count: int) -> None:
        self.by[kind][person_id] = self.by[kind].get(person_id, 0) + count

    def merge(self, last_at: datetime, by: dict[str, Any]) -> None:
        self.last_at = max(self.last_at, last_at)
        for kind, people in by.items():
            for person_id, count in people.items():
                self.add(kind, int(person_id), count)


Tallies = dict[tuple[str, int], Tally]
"""By words ("" for all searches) and set of teams."""


def merge_into(found: Tallies, rows: Iterable[Any]) -> None:
    """Add rows of words, team_set_id, last_at and by."""
    for row in rows:
        place = (row.words, row.team_set_id)
        found.setdefault(place, Tally(row.last_at)).merge(row.last_at, row.by)


class TeamSets:
    """The sets of teams that people are in now; made where they are new."""

    def __init__(self) -> None:
        self.known: dict[int, int] = {}

    def of(self, person_ids: Collection[int]) -> dict[int, int]:
        """By person. Two queries for all who were not asked for before."""
        new = sorted(set(person_ids) - self.known.keys())
        for start in range(0, len(new), _AT_ONCE):
            self._learn(new[start : start + _AT_ONCE])
        return self.known

    def _learn(self, person_ids: Sequence[int]) -> None:
        teams: dict[int, set[int]] = defaultdict(set)
        for person_id, team_id in db.session.execute(
            select(TeamMember.person_id, TeamMember.team_id).where(
                TeamMember.person_id.in_(person_ids)
            )
        ):
            teams[person_id].add(team_id)
        keys = {person_id: key_of(person_id, teams[person_id]) for person_id in person_ids}
        sets: dict[str, int] = dict(
            db.session.execute(
                select(TeamSet.key, TeamSet.id).where(TeamSet.key.in_(set(keys.values())))
            ).all()
        )
        for person_id, key in keys.items():
            if key not in sets:
                sets[key] = set_for(person_id, frozenset(teams[person_id]))
            self.known[person_id] = sets[key]


def tally(found: Iterable[Looked], sets: TeamSets) -> Tallies:
    """The same by words and set of teams, with those of all words under ""."""
    found = list(found)
    team_sets = sets.of({one.person_id for one in found})
    tallies: Tallies = {}
    for one in found:
        for words in ("", one.words):
            place = (words, team_sets[one.person_id])
            mine = tallies.setdefault(place, Tally(one.last_at))
            mine.last_at = max(mine.last_at, one.last_at)
            for kind in one.kinds:
                mine.add(kind, one.person_id, one.times)
    return tallies

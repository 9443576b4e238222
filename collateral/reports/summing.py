"""Searches and ways to a download, summed by day and month once the day is over.

The log of searches grows with every search; the report reads these sums and, of the log,
only the days since. The two days before are summed again each time, for openings that came
late. People count for the teams that they are in when the day is summed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, insert, select

from collateral.accounts.models import SignInSession, TeamMember
from collateral.db import db, table, upsert
from collateral.deals.values import at_midnight
from collateral.reports.models import SearchesSummed, SearchSum, WayToDownload
from collateral.search.models import Search, SearchOpening
from collateral.usage.counting import zone
from collateral.usage.models import Event, EventKind, Span
from collateral.usage.periods import next_month
from collateral.usage.rules import counting_day
from collateral.usage.team_sets import set_for

AGAIN = timedelta(days=2)
LONGEST_WAY = timedelta(hours=1)
ALL, RESULT, CLICK = "all", "result", "click"


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


def summed_before() -> date | None:
    """The first day that is not summed yet."""
    return db.session.scalar(select(SearchesSummed.before))


class TeamSets:
    """The set of teams of each person as of now, from one query."""

    def __init__(self) -> None:
        self.teams: dict[int, set[int]] = defaultdict(set)
        for person_id, team_id in db.session.execute(
            select(TeamMember.person_id, TeamMember.team_id)
        ):
            self.teams[person_id].add(team_id)
        self.known: dict[int, int] = {}

    def of(self, person_id: int) -> int:
        if person_id not in self.known:
            teams = frozenset(self.teams.get(person_id, ()))
            self.known[person_id] = set_for(person_id, teams)
        return self.known[person_id]


def tally(first: date, last: date, sets: TeamSets) -> Tallies:
    """The searches with words of these days, read from the log."""
    opened = exists().where(SearchOpening.search_id == Search.id)
    found: Tallies = {}
    for row in db.session.execute(
        select(
            func.lower(Search.query).label("words"),
            Search.person_id,
            (Search.near == Search.total).label("in_vain"),
            opened.label("opened"),
            func.count().label("times"),
            func.max(Search.at).label("last_at"),
        )
        .where(
            Search.at >= at_midnight(first, zone()),
            Search.at < at_midnight(last + timedelta(days=1), zone()),
            Search.query != "",
        )
        .group_by("words", Search.person_id, "in_vain", "opened")
    ):
        kinds = [ALL]
        if row.in_vain:
            kinds.append(RESULT)
        elif not row.opened:
            kinds.append(CLICK)
        team_set = sets.of(row.person_id)
        for words in ("", row.words):
            one = found.setdefault((words, team_set), Tally(row.last_at))
            one.last_at = max(one.last_at, row.last_at)
            for kind in kinds:
                one.add(kind, row.person_id, row.times)
    return found


def catch_up(today: date) -> Iterator[date]:
    """Sum the days that are over, in order; the caller commits after each that this yields."""
    before = summed_before()
    if before is None:
        earliest = db.session.scalar(select(func.min(Search.at)))
        if earliest is None:
            return
        before = counting_day(earliest, zone()) + AGAIN
    sets = TeamSets()
    day = before - AGAIN
    while day < today:
        _keep(Span.DAY, day, tally(day, day, sets))
        _sum_ways(day, sets)
        after = day + timedelta(days=1)
        if after.day == 1:
            _sum_month(day.replace(day=1))
        if after > before:
            statement = upsert(SearchesSummed).values(id=1, before=after)
            db.session.execute(
                statement.on_conflict_do_update(index_elements=["id"], set_={"before": after})
            )
        yield day
        day = after


def _sum_month(first: date) -> None:
    found: Tallies = {}
    merge_into(
        found,
        db.session.execute(
            select(SearchSum.words, SearchSum.team_set_id, SearchSum.last_at, SearchSum.by).where(
                SearchSum.span == Span.DAY,
                SearchSum.day >= first,
                SearchSum.day < next_month(first),
            )
        ),
    )
    _keep(Span.MONTH, first, found)


def merge_into(found: Tallies, rows: Iterable[Any]) -> None:
    """Add rows of words, team_set_id, last_at and by."""
    for row in rows:
        place = (row.words, row.team_set_id)
        found.setdefault(place, Tally(row.last_at)).merge(row.last_at, row.by)


def _keep(span: Span, day: date, found: Tallies) -> None:
    # Words that found something that was opened each time are in no list: only the whole is kept.
    rows = [
        {
            "span": span,
            "day": day,
            "words": words,
            "team_set_id": team_set,
            "searches": one.count(ALL),
            "without_result": one.count(RESULT),
            "without_click": one.count(CLICK),
            "last_at": one.last_at,
            "by": {
                kind: {str(person): n for person, n in people.items()}
                for kind, people in one.by.items()
                if kind != ALL or not words
            },
        }
        for (words, team_set), one in sorted(found.items())
        if not words or one.by[RESULT] or one.by[CLICK]
    ]
    db.session.execute(delete(SearchSum).where(SearchSum.span == span, SearchSum.day == day))
    if rows:
        db.session.execute(insert(table(SearchSum)), rows)


def _sum_ways(day: date, sets: TeamSets) -> None:
    """The seconds from each sign-in of the day to its first download, within an hour."""
    first, after = at_midnight(day, zone()), at_midnight(day + timedelta(days=1), zone())
    begun = {
        row.id: row
        for row in db.session.execute(
            select(SignInSession.id, SignInSession.person_id, SignInSession.created_at).where(
                SignInSession.created_at >= first, SignInSession.created_at < after
            )
        )
    }
    reached: dict[int, datetime] = {}
    if begun:
        for session, at in db.session.execute(
            select(Event.session, func.min(Event.at))
            .where(
                Event.day.between(day, day + timedelta(days=1)),
                Event.kind == EventKind.DOWNLOADED,
                Event.left_out.is_(None),
                Event.person_id.in_({row.person_id for row in begun.values()}),
            )
            .group_by(Event.session)
        ):
            # "p12/s34/2026-11-20/5": the signed-in browser is the second part.
            part = session.split("/")[1]
            if part[:1] == "s" and part[1:].isdecimal() and int(part[1:]) in begun:
                number = int(part[1:])
                reached[number] = min(at, reached.get(number, at))
    rows = [
        {
            "session_id": number,
            "day": day,
            "person_id": begun[number].person_id,
            "team_set_id": sets.of(begun[number].person_id),
            "seconds": round((at - begun[number].created_at).total_seconds()),
        }
        for number, at in reached.items()
        if timedelta(0) <= at - begun[number].created_at <= LONGEST_WAY
    ]
    db.session.execute(delete(WayToDownload).where(WayToDownload.day == day))
    if rows:
        db.session.execute(insert(table(WayToDownload)), rows)

"""The report of adoption: who searches, views and uses, by team and by person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.db import db
from collateral.reports import deals_open, searches
from collateral.reports.asking import ReportRequest
from collateral.reports.deals_open import Span
from collateral.reports.models import WayToDownload
from collateral.reports.overview import teams_of
from collateral.reports.parts import Asked, ask, counted_uses
from collateral.usage.models import PersonSum, TeamSetMember, Use
from collateral.usage.summed import within

MOST_PEOPLE = 500


@dataclass(frozen=True)
class AdoptionRow:
    """One team or person. `way` is the median of seconds from sign-in to a download, or None."""

    id: int
    name: str
    people: int
    searches: int
    views: int
    downloads: int
    uses: int
    deals: int
    deals_with_use: int
    way: int | None
    ways: int


@dataclass(frozen=True)
class AdoptionReport:
    teams: Sequence[AdoptionRow]
    people: Sequence[AdoptionRow]
    """Those with any number, by uses. Who may not read all reports sees herself alone."""


def adoption(reader: Person, request: ReportRequest) -> AdoptionReport:
    """Both tables in a fixed number of queries, from sums and the period's uses.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    asked = ask(reader, request)
    found = deals_open.spans(asked, asked.period.first, asked.period.last)
    looked = searches.by_team_and_person(asked)
    return AdoptionReport(_teams(asked, found, looked[0]), _people(asked, found, looked[1]))


def _teams(
    asked: Asked, deals: Sequence[Span], by_team_set: Mapping[int, int]
) -> list[AdoptionRow]:
    rows = teams_of(asked, deals)
    ids = [row.team_id for row in rows]
    seen = _summed(
        select(TeamSetMember.team_id, func.sum(PersonSum.views), func.sum(PersonSum.downloads))
        .join(PersonSum, PersonSum.team_set_id == TeamSetMember.team_set_id)
        .where(TeamSetMember.team_id.in_(ids), within(PersonSum, asked.period))
        .group_by(TeamSetMember.team_id)
    )
    ways = _ways(
        select(TeamSetMember.team_id, WayToDownload.seconds, func.count())
        .join(WayToDownload, WayToDownload.team_set_id == TeamSetMember.team_set_id)
        .where(
            TeamSetMember.team_id.in_(ids),
            WayToDownload.day.between(asked.period.first, asked.period.last),
        )
        .group_by(TeamSetMember.team_id, WayToDownload.seconds)
    )
    members: dict[int, set[int]] = defaultdict(set)
    for team_set_id, team_id in db.session.execute(
        select(TeamSetMember.team_set_id, TeamSetMember.team_id).where(
            TeamSetMember.team_id.in_(ids)
        )
    ):
        members[team_set_id].add(team_id)
    looked: Counter[int] = Counter()
    for team_set_id, count in by_team_set.items():
        for team_id in members.get(team_set_id, ()):
            looked[team_id] += count
    return [
        _row(
            row.team_id,
            row.name,
            row.people,
            looked[row.team_id],
            seen.get(row.team_id, (0, 0)),
            row.uses,
            (row.deals, row.deals_with_use),
            ways.get(row.team_id, {}),
        )
        for row in rows
    ]


def _people(asked: Asked, deals: Sequence[Span], by_person: Mapping[int, int]) -> list[AdoptionRow]:
    scope = asked.scope
    everybody = can(asked.reader, Permission.REPORT_READ_ALL)

    def mine(column: Any) -> Any:
        return True if everybody else column == asked.reader.id

    seen = _summed(
        select(PersonSum.person_id, func.sum(PersonSum.views), func.sum(PersonSum.downloads))
        .where(
            within(PersonSum, asked.period),
            scope.covers(PersonSum.team_set_id),
            mine(PersonSum.person_id),
        )
        .group_by(PersonSum.person_id)
    )
    uses = _summed(
        select(Use.person_id, func.count())
        .where(counted_uses(asked), mine(Use.person_id))
        .group_by(Use.person_id)
    )
    found = {
        owner: (count.deals, count.with_use)
        for owner, count in deals_open.by_owner(
            deals, asked.period.first, asked.period.last
        ).items()
        if everybody or owner == asked.reader.id
    }
    ways = _ways(
        select(WayToDownload.person_id, WayToDownload.seconds, func.count())
        .where(
            WayToDownload.day.between(asked.period.first, asked.period.last),
            scope.covers(WayToDownload.team_set_id),
            mine(WayToDownload.person_id),
        )
        .group_by(WayToDownload.person_id, WayToDownload.seconds)
    )
    looked = {
        person_id: count
        for person_id, count in by_person.items()
        if everybody or person_id == asked.reader.id
    }
    ids = {*seen, *uses, *found, *looked}
    names = dict(db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all())
    rows = [
        _row(
            person_id,
            names[person_id],
            1,
            looked.get(person_id, 0),
            seen.get(person_id, (0, 0)),
            uses.get(person_id, (0,))[0],
            found.get(person_id, (0, 0)),
            ways.get(person_id, {}),
        )
        for person_id in ids
        if person_id in names
    ]
    return sorted(rows, key=lambda row: (-row.uses, -row.views, row.name))[:MOST_PEOPLE]


def _row(
    id: int,
    name: str,
    people: int,
    looked: int,
    seen: Sequence[int],
    uses: int,
    found: Sequence[int],
    ways: Mapping[int, int],
) -> AdoptionRow:
    way, count = median_of(ways)
    return AdoptionRow(
        id, name, people, looked, seen[0], seen[1], uses, found[0], found[1], way, count
    )


def _summed(query: Any) -> dict[int, tuple[int, ...]]:
    return {key: tuple(int(n or 0) for n in rest) for key, *rest in db.session.execute(query)}


def _ways(query: Any) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for key, seconds, count in db.session.execute(query):
        found[key][seconds] = count
    return found


def median_of(counts: Mapping[int, int]) -> tuple[int | None, int]:
    """The lower median of seconds that came so many times each, and how many there are."""
    total = sum(counts.values())
    place = 0
    for seconds, count in _in_order(counts):
        place += count
        if place * 2 >= total:
            return seconds, total
    return None, 0


def _in_order(counts: Mapping[int, int]) -> Iterable[tuple[int, int]]:
    return sorted(counts.items())

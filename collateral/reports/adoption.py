"""The report of adoption: who searches, views and uses, by team and by person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, true

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.db import db
from collateral.reports import deals_open, searches, teams, ways
from collateral.reports.asking import ReportRequest
from collateral.reports.deals_open import NO_DEALS, Span
from collateral.reports.models import WayToDownload
from collateral.reports.parts import Asked, ask, counted_uses
from collateral.usage.models import PersonSum, Use
from collateral.usage.models_teams import TeamSetMember
from collateral.usage.summed import people_within

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
    looked = searches.searchers(asked)
    return AdoptionReport(
        _teams(asked, teams.teams_of(asked, found, looked)),
        _people(asked, found, looked.by_person),
    )


def _teams(asked: Asked, rows: Sequence[teams.TeamRow]) -> list[AdoptionRow]:
    within, sign = people_within(asked.period)
    seen = _summed(
        select(
            TeamSetMember.team_id,
            func.sum(PersonSum.views * sign),
            func.sum(PersonSum.downloads * sign),
        )
        .join(PersonSum, PersonSum.team_set_id == TeamSetMember.team_set_id)
        .where(TeamSetMember.team_id.in_([row.team_id for row in rows]), within)
        .group_by(TeamSetMember.team_id)
    )
    return [
        AdoptionRow(
            row.team_id,
            row.name,
            row.people,
            row.searches,
            views,
            downloads,
            row.uses,
            row.deals,
            row.deals_with_use,
            row.way.seconds,
            row.way.count,
        )
        for row in rows
        for views, downloads in (seen.get(row.team_id, (0, 0)),)
    ]


def _people(asked: Asked, deals: Sequence[Span], looked: Mapping[int, int]) -> list[AdoptionRow]:
    seen, uses, took = _seen(asked), _uses(asked), _ways(asked)
    found = deals_open.by_owner(deals, asked.period.first, asked.period.last)
    ids = {*seen, *uses, *found, *looked}
    if not _reads_all(asked):
        ids &= {asked.reader.id}
    names = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    rows = [
        AdoptionRow(
            person_id,
            name,
            1,
            looked.get(person_id, 0),
            *seen.get(person_id, (0, 0)),
            uses.get(person_id, 0),
            found.get(person_id, NO_DEALS).deals,
            found.get(person_id, NO_DEALS).with_use,
            took.get(person_id, ways.NONE).seconds,
            took.get(person_id, ways.NONE).count,
        )
        for person_id, name in names
    ]
    return sorted(rows, key=lambda row: (-row.uses, -row.views, row.name))[:MOST_PEOPLE]


def _reads_all(asked: Asked) -> bool:
    return can(asked.reader, Permission.REPORT_READ_ALL)


def _hers(asked: Asked, person_id: Any) -> ColumnElement[bool]:
    """The condition for the people whose numbers the reader may see one by one."""
    return true() if _reads_all(asked) else person_id == asked.reader.id


def _seen(asked: Asked) -> dict[int, tuple[int, int]]:
    within, sign = people_within(asked.period)
    return _summed(
        select(
            PersonSum.person_id,
            func.sum(PersonSum.views * sign),
            func.sum(PersonSum.downloads * sign),
        )
        .where(
            within,
            asked.scope.covers(PersonSum.team_set_id),
            _hers(asked, PersonSum.person_id),
        )
        .group_by(PersonSum.person_id)
    )


def _uses(asked: Asked) -> dict[int, int]:
    rows = db.session.execute(
        select(Use.person_id, func.count())
        .where(counted_uses(asked), _hers(asked, Use.person_id))
        .group_by(Use.person_id)
    )
    return dict(rows.all())


def _ways(asked: Asked) -> dict[int, ways.Way]:
    return ways.medians(
        select(WayToDownload.person_id, WayToDownload.seconds, func.count())
        .where(
            WayToDownload.day.between(asked.period.first, asked.period.last),
            asked.scope.covers(WayToDownload.team_set_id),
            _hers(asked, WayToDownload.person_id),
        )
        .group_by(WayToDownload.person_id, WayToDownload.seconds)
    )


def _summed(query: Any) -> dict[int, tuple[int, int]]:
    """Views and downloads by key; a key without either is not in it."""
    found = (
        (key, int(views), int(downloads)) for key, views, downloads in db.session.execute(query)
    )
    return {key: (views, downloads) for key, views, downloads in found if views or downloads}

"""The report of adoption: who searches, views and uses, by team and by person."""

from __future__ import annotations

from datetime import date

from flask import Response
from msgspec import Struct

from collateral.api.auth import actor
from collateral.api.report_forms import in_form, report
from collateral.api.report_shapes import ReportQuery
from collateral.api.shapes import Named
from collateral.reports import adoption
from collateral.reports.asking import ReportRequest


class AdoptionNumbers(Struct, forbid_unknown_fields=True):
    """One team or person. `way` is the median of seconds from a sign-in to a download."""

    who: Named
    people: int
    searches: int
    views: int
    downloads: int
    uses: int
    deals: int
    deals_with_use: int
    way: int | None
    ways: int


class AdoptionShape(Struct, forbid_unknown_fields=True):
    first: date
    last: date
    teams: list[AdoptionNumbers]
    people: list[AdoptionNumbers]


@report(
    "adoption",
    does="Who searches, views and uses: by team and by person.",
    answers=AdoptionShape,
)
def report_adoption(query: ReportQuery) -> AdoptionShape | Response:
    return in_form(query, "adoption", _adoption)


def _adoption(wanted: ReportRequest) -> AdoptionShape:
    found = adoption.adoption(actor(), wanted)
    teams, people = ([_numbers(row) for row in rows] for rows in (found.teams, found.people))
    return AdoptionShape(wanted.period.first, wanted.period.last, teams, people)


def _numbers(row: adoption.AdoptionRow) -> AdoptionNumbers:
    return AdoptionNumbers(
        Named(row.id, row.name),
        row.people,
        row.searches,
        row.views,
        row.downloads,
        row.uses,
        row.deals,
        row.deals_with_use,
        row.way,
        row.ways,
    )

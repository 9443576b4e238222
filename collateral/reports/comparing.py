"""The leading numbers of a report beside those of the days that it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from collateral.accounts.models import Person
from collateral.reports import adoption, changes, coverage, ignored, overview, searches, worth
from collateral.reports.asking import ReportRequest
from collateral.reports.ignored import Reached

Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Headline:
    """One number by its key, now and before."""

    key: str
    now: float
    before: float


def headlines(reader: Person, request: ReportRequest, report: str) -> list[Headline]:
    """What leads the report, where a comparison is asked for; the overview has its own.

    The report is worked out once more for either time, which is why it is not done unasked.
    """
    if not request.compare or report not in LEADING:
        return []
    now, before = LEADING[report](reader, request), LEADING[report](reader, request.before)
    return [Headline(key, value, before.get(key, 0)) for key, value in now.items()]


def _assets(reader: Person, request: ReportRequest) -> Numbers:
    found = overview.overview(reader, request)
    looks = found.looks
    return {"views": looks.views, "downloads": looks.downloads, "uses": found.now.uses}


def _coverage(reader: Person, request: ReportRequest) -> Numbers:
    found = coverage.coverage(reader, request)
    return {"uses": sum(cell.uses for cell in found.cells.values()), "gaps": len(found.gaps)}


def _adoption(reader: Person, request: ReportRequest) -> Numbers:
    people = adoption.adoption(reader, request).people
    return {
        "people": len(people),
        "searches": sum(row.searches for row in people),
        "views": sum(row.views for row in people),
        "downloads": sum(row.downloads for row in people),
        "uses": sum(row.uses for row in people),
    }


def _search(reader: Person, request: ReportRequest) -> Numbers:
    found = searches.search_report(reader, request)
    return {"searches": found.searches, "people": found.people}


def _ignored(reader: Person, request: ReportRequest) -> Numbers:
    found = ignored.funnel(reader, request)
    return {
        "published": found.published,
        "never_shown": found.stopped(Reached.NOTHING),
        "not_opened": found.stopped(Reached.SHOWN),
        "not_used": found.stopped(Reached.OPENED),
        "used": found.used,
    }


def _changes(reader: Person, request: ReportRequest) -> Numbers:
    found = changes.changes(reader, request, limit=1)
    hours = round(found.hours.reported, 1)
    return {"adaptations": found.adaptations, "re_created": found.total, "hours": hours}


def _worth(reader: Person, request: ReportRequest) -> Numbers:
    found = worth.worth(reader, request)
    return {
        "hours": round(found.remade_hours.low, 1),
        "saved_retiring": round(found.retired_hours.low, 1),
        "saved_merging": round(found.merged_hours.low, 1),
    }


LEADING: Mapping[str, Callable[[Person, ReportRequest], Numbers]] = {
    "assets": _assets,
    "coverage": _coverage,
    "adoption": _adoption,
    "search": _search,
    "ignored": _ignored,
    "changes": _changes,
    "worth": _worth,
}

"""Each report as tables: what its CSV, its workbook, its mail and the API's files are made of.

Heads are English column names for machines and spreadsheets; the pages have their own words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from collateral.accounts.models import Person
from collateral.csv_out import Cell
from collateral.reports import (
    adoption,
    assets,
    changes,
    coverage,
    ignored,
    overview,
    searches,
    worth,
)
from collateral.reports.asking import ReportRequest

WAY = ("seconds from sign-in to download, median", "sign-ins with a download")


@dataclass(frozen=True)
class Sheet:
    """One table. Rows may be a stream that is read once.

    Attributes:
        name: a word for the file and the workbook's tab.
        chart: kind ("columns" or "bars"), and the positions of its names and its numbers.
    """

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    chart: tuple[str, int, int] | None = None


def _overview(reader: Person, request: ReportRequest) -> list[Sheet]:
    found = overview.overview(reader, request)
    return [
        _months(found.months),
        Sheet(
            "costs",
            ("type", "cost used", "cost never used", "currency"),
            [(row.type, row.used, row.never_used, found.currency) for row in found.costs],
        ),
        Sheet(
            "teams",
            ("team", "people", "searches", "uses", "deals", "deals with a use", *WAY),
            [
                (t.name, t.people, t.searches, t.uses, t.deals, t.deals_with_use,
                 t.way.seconds, t.way.count)
                for t in found.teams
            ],
        ),
        *_coverage(reader, request),
        _funnel(reader, request),
    ]  # fmt: skip


def _months(rows: Sequence[overview.MonthRow]) -> Sheet:
    return Sheet(
        "overview",
        ("month", "views", "unique views", "downloads", "uses", "deals open",
         "of them with a use", "published", "used in the month", "cost", "cost without a use",
         "hours re-creating at least", "at most", "days to review, median",
         "days to make what was requested, median"),
        [
            (
                f"{row.month:%Y-%m}",
                row.counts.views,
                row.counts.unique_views,
                row.counts.downloads,
                row.counts.uses,
                row.deals,
                row.deals_with_use,
                row.standing.published,
                row.standing.used,
                row.standing.cost,
                row.standing.cost_unused,
                round(row.turned.hours.low, 2),
                round(row.turned.hours.high, 2),
                _days(row.turned.reviewed),
                _days(row.turned.made),
            )
            for row in rows
        ],
        ("columns", 0, 4),
    )  # fmt: skip


def _funnel(reader: Person, request: ReportRequest) -> Sheet:
    found = ignored.funnel(reader, request)
    steps = ("published", "shown", "opened", "used")
    rows = [(step, getattr(found, step)) for step in steps]
    return Sheet("funnel", ("reached", "assets"), rows, ("bars", 0, 1))


def _days(time: timedelta | None) -> float | None:
    return None if time is None else round(time / timedelta(days=1), 2)


def _assets(reader: Person, request: ReportRequest) -> list[Sheet]:
    currency, rows = assets.all_rows(reader, request)
    names = (*assets.SUMMED, *assets.COUNTED, *assets.AMOUNTS, "family_uses")
    head = ("id", "title", "type", "status", *(name.replace("_", " ") for name in names))
    return [
        Sheet(
            "assets",
            (*head, "currency"),
            (
                (r.id, r.title, r.type, r.status, *(getattr(r, n) for n in names), currency)
                for r in rows
            ),
            ("bars", 1, 8),
        )
    ]


def _coverage(reader: Person, request: ReportRequest, across: str = "product") -> list[Sheet]:
    found = coverage.coverage(reader, request, across)
    rows = [
        (stage, column, cell.assets, cell.uses, cell.open_deals, "gap" if cell.gap else "")
        for slug, stage in found.stages
        for of, column in found.columns
        for cell in (found.cell(slug, of),)
    ]
    head = ("stage", found.across, "assets", "uses", "open deals", "gap")
    return [Sheet(f"coverage-{found.across}", head, rows)]


def _both_coverages(reader: Person, request: ReportRequest) -> list[Sheet]:
    return _coverage(reader, request) + _coverage(reader, request, "industry")


def _adoption(reader: Person, request: ReportRequest) -> list[Sheet]:
    found = adoption.adoption(reader, request)
    head = ("searches", "views", "downloads", "uses", "deals", "deals with a use",
            *WAY)  # fmt: skip

    def numbers(row: adoption.AdoptionRow) -> tuple[Cell, ...]:
        return (row.searches, row.views, row.downloads, row.uses, row.deals,
                row.deals_with_use, row.way, row.ways)  # fmt: skip

    return [
        Sheet(
            "adoption-teams",
            ("team", "people", *head),
            [(row.name, row.people, *numbers(row)) for row in found.teams],
            ("bars", 0, 5),
        ),
        Sheet(
            "adoption-people",
            ("person", *head),
            [(row.name, *numbers(row)) for row in found.people],
        ),
    ]


def _search(reader: Person, request: ReportRequest) -> list[Sheet]:
    found = searches.search_report(reader, request)
    rows = [
        (kind, row.words, row.searches, row.people, row.last_at, row.open_amount, found.currency)
        for kind, part in (
            ("no result", found.without_result),
            ("no click", found.without_click),
        )
        for row in part
    ]
    head = ("kind", "words", "searches", "people", "last searched", "their open deals", "currency")
    return [Sheet("search", head, rows, ("bars", 1, 2))]


def _ignored(reader: Person, request: ReportRequest) -> list[Sheet]:
    currency, rows = ignored.all_rows(reader, request)
    head = ("id", "title", "reached", "shown", "views", "downloads", "cost", "currency",
            "published")  # fmt: skip
    return [
        Sheet(
            "ignored",
            head,
            (
                (
                    row.id,
                    row.title,
                    row.reached,
                    row.shown,
                    row.views,
                    row.downloads,
                    row.cost,
                    currency if row.cost is not None else "",
                    row.published_at,
                )
                for row in rows
            ),
            ("bars", 1, 3),
        )
    ]


def _changes(reader: Person, request: ReportRequest) -> list[Sheet]:
    found = changes.changes(reader, request, limit=5000)
    head = ("id", "title", "adaptations", "people", "hours reported", "hours at most", "said",
            "edited", "dropped")  # fmt: skip
    return [
        Sheet(
            "changes",
            head,
            [
                (r.asset_id, r.title, r.adaptations, r.people, round(r.hours.reported, 1),
                 round(r.hours.high, 1), r.hours.said, r.edited, r.dropped)
                for r in found.rows
            ],
            ("bars", 1, 2),
        )
    ]  # fmt: skip


def _worth(reader: Person, request: ReportRequest) -> list[Sheet]:
    found = worth.worth(reader, request)
    rows = [
        *(("re-creating", r.asset_id, r.title, r.adaptations, r.hours) for r in found.remade),
        *(("saved by retiring", r.asset_id, r.title, r.views, r.hours) for r in found.retired),
        *(("saved by merging", r.asset_id, r.title, r.uses, r.hours) for r in found.merged),
    ]
    return [
        Sheet(
            "worth",
            ("what", "asset", "title", "count", "hours at least", "hours at most"),
            [
                (what, asset_id, title, count, round(hours.low, 2), round(hours.high, 2))
                for what, asset_id, title, count, hours in rows
            ],
            ("bars", 2, 4),
        )
    ]


REPORTS: Mapping[str, Callable[[Person, ReportRequest], list[Sheet]]] = {
    "overview": _overview,
    "assets": _assets,
    "coverage": _both_coverages,
    "adoption": _adoption,
    "search": _search,
    "ignored": _ignored,
    "changes": _changes,
    "worth": _worth,
}
"""By the name that stands in the report's address."""

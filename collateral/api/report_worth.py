"""The reports of what reps change, of the hours that it takes, and of what was saved."""

from __future__ import annotations

from datetime import date, datetime

from flask import Response
from msgspec import Struct

from collateral.api.auth import actor
from collateral.api.report_forms import in_form, report
from collateral.api.report_shapes import ReportQuery
from collateral.api.shapes import Named
from collateral.reports import changes, worth
from collateral.reports.asking import ReportRequest


class ReCreated(Struct, forbid_unknown_fields=True):
    """One asset that reps make over: hours reported, and at most if the silent took as long."""

    asset: Named
    adaptations: int
    people: int
    hours_reported: float
    hours_at_most: float
    pages_edited: int
    pages_dropped: int


class ChangesShape(Struct, forbid_unknown_fields=True):
    first: date
    last: date
    adaptations: int
    items: list[ReCreated]
    total: int


class HoursShape(Struct, forbid_unknown_fields=True):
    """A range of hours."""

    low: float
    high: float


class Remade(Struct, forbid_unknown_fields=True):
    """Adaptations of one asset, those whose makers reported their hours, and the hours of all."""

    asset: Named
    adaptations: int
    reported: int
    hours: HoursShape


class Spared(Struct, forbid_unknown_fields=True):
    """A retired asset with the views in the year before that led to no use."""

    asset: Named
    retired_at: datetime
    views: int
    hours: HoursShape


class Merged(Struct, forbid_unknown_fields=True):
    """An asset with an adaptation merged: uses of it as it is since, and the share of uses for
    which it was adapted before."""

    asset: Named
    merged_at: datetime
    uses: int
    share: float
    hours: HoursShape


class WorthShape(Struct, forbid_unknown_fields=True):
    """Each sum with the rows that it is made of."""

    first: date
    last: date
    hours: HoursShape
    saved_retiring: HoursShape
    saved_merging: HoursShape
    re_created: list[Remade]
    retired: list[Spared]
    merged: list[Merged]


@report(
    "changes",
    does="The assets that reps make over most, and the hours it took.",
    answers=ChangesShape,
)
def report_changes(query: ReportQuery) -> ChangesShape | Response:
    return in_form(query, "changes", _changes)


def _changes(wanted: ReportRequest) -> ChangesShape:
    found = changes.changes(actor(), wanted, limit=1000)
    rows = [
        ReCreated(
            Named(row.asset_id, row.title),
            row.adaptations,
            row.people,
            round(row.hours.reported, 2),
            round(row.hours.high, 2),
            row.edited,
            row.dropped,
        )
        for row in found.rows
    ]
    return ChangesShape(
        wanted.period.first, wanted.period.last, found.adaptations, rows, found.total
    )


@report(
    "worth",
    does="Hours spent re-creating, and what retiring and merging saved, as ranges.",
    answers=WorthShape,
)
def report_worth(query: ReportQuery) -> WorthShape | Response:
    return in_form(query, "worth", _worth)


def _worth(wanted: ReportRequest) -> WorthShape:
    found = worth.worth(actor(), wanted)
    return WorthShape(
        wanted.period.first,
        wanted.period.last,
        _hours(found.remade_hours),
        _hours(found.retired_hours),
        _hours(found.merged_hours),
        [
            Remade(Named(r.asset_id, r.title), r.adaptations, r.reported, _hours(r.hours))
            for r in found.remade
        ],
        [
            Spared(Named(r.asset_id, r.title), r.retired_at, r.views, _hours(r.hours))
            for r in found.retired
        ],
        [
            Merged(Named(r.asset_id, r.title), r.merged_at, r.uses, round(r.share, 4),
                   _hours(r.hours))
            for r in found.merged
        ],
    )  # fmt: skip


def _hours(hours: worth.Hours) -> HoursShape:
    return HoursShape(round(hours.low, 2), round(hours.high, 2))

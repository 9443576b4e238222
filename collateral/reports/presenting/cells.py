"""Coverage as cells, adoption as bars."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from collateral.reports.adoption import AdoptionReport
from collateral.reports.coverage import Cell, CoverageReport
from collateral.reports.presenting.frame import kept
from collateral.templating import address_with, number, percent

ENOUGH = 20
"""Below so many deals a share is told as "6 of 9"."""


def heat(found: CoverageReport) -> list[list[dict[str, Any]]]:
    """A row for each stage: uses, with level 0 to 5 of the most, and gaps named."""
    most = max((cell.uses for cell in found.cells.values()), default=0)
    return [
        [
            _cell(found, found.cell(stage, column), most, stage, column)
            for column, _l in found.columns
        ]
        for stage, _l in found.stages
    ]


def _cell(found: CoverageReport, cell: Cell, most: int, stage: str, column: str) -> dict[str, Any]:
    value = number(cell.uses)
    if cell.gap:
        value = _("No use") if cell.assets else _("No assets")
    note = ", ".join(
        (
            ngettext("%(num)s asset", "%(num)s assets", cell.assets),
            ngettext("%(num)s open deal", "%(num)s open deals", cell.open_deals),
        )
    )
    narrowed = kept() | {"stage": stage, "across": found.across, "column": column}
    return {
        "level": -(-cell.uses * 5 // most) if most else 0,
        "value": value,
        "note": note,
        "gap": cell.gap,
        "url": url_for("reports.explain_people", metric="coverage_uses", **narrowed),
    }


def across_segments(found: CoverageReport) -> list[dict[str, Any]]:
    """The choice between product and industry."""
    return [
        {"text": text, "url": address_with(across=key), "current": found.across == key}
        for key, text in (("product", _("Product")), ("industry", _("Industry")))
    ]


def share_bars(found: AdoptionReport) -> list[dict[str, Any]]:
    """The share of deals with a use by team."""
    return [
        {
            "name": row.name,
            "parts": [("", row.deals_with_use / row.deals)],
            "of": 1,
            "value": percent(row.deals_with_use / row.deals) if row.deals >= ENOUGH else _of(row),
        }
        for row in sorted(found.teams, key=lambda r: -(r.deals_with_use / (r.deals or 1)))
        if row.deals
    ]


def _of(row: Any) -> str:
    part, whole = number(row.deals_with_use), number(row.deals)
    return str(_("%(part)s of %(whole)s", part=part, whole=whole))

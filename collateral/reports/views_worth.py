"""Waste and worth as a page and a file."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from collateral import csv_out
from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.reports import worth
from collateral.reports.views import asked, bp, render


@bp.get("/reports/worth")
@requires(Permission.REPORT_READ)
def worth_page() -> ResponseReturnValue:
    """Hours spent re-creating, and what retiring and merging saved, each with its rows."""
    wanted = asked()
    found = worth.worth(actor(), wanted)
    return render("reports/worth.html", "ignored", wanted, found=found, look=worth.LOOK_MINUTES)


@bp.get("/reports/worth.csv")
@requires(Permission.REPORT_READ)
def worth_csv() -> ResponseReturnValue:
    """Every row behind the figures."""
    found = worth.worth(actor(), asked())
    rows = [
        *(("re-creating", r.asset_id, r.title, r.adaptations, r.hours) for r in found.remade),
        *(("saved by retiring", r.asset_id, r.title, r.views, r.hours) for r in found.retired),
        *(("saved by merging", r.asset_id, r.title, r.uses, r.hours) for r in found.merged),
    ]
    return csv_out.attachment(
        "worth.csv",
        ("what", "asset", "title", "count", "hours at least", "hours at most"),
        (
            (what, asset_id, title, count, round(hours.low, 2), round(hours.high, 2))
            for what, asset_id, title, count, hours in rows
        ),
    )

"""Waste and worth as a page and a file."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.reports import presenting, worth
from collateral.reports.views import bp
from collateral.reports.views.frame import asked, render


@bp.get("/reports/worth")
@requires(Permission.REPORT_READ)
def worth_page() -> ResponseReturnValue:
    """Hours spent re-creating, and what retiring and merging saved, each with its rows."""
    wanted = asked()
    found = worth.worth(actor(), wanted)
    bars = presenting.top_bars((row.title, round(row.hours.low, 1)) for row in found.remade)
    return render(
        "reports/worth.html", "worth", wanted, found=found, look=worth.LOOK_MINUTES, bars=bars
    )

"""The reports as pages."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, can
from collateral.adaptations.views.wording import reason_labels
from collateral.reports import (
    adoption,
    assets,
    changes,
    coverage,
    ignored,
    overview,
    presenting,
    searches,
)
from collateral.reports.asking import ReportRequest
from collateral.reports.ignored import Reached
from collateral.reports.views import bp
from collateral.reports.views.frame import asked, render
from collateral.retirement import board
from collateral.usage.counting import zone

PANELS = "panels"
"""The part of the overview that is asked for apart: as a fragment, and in the address."""


@bp.get("/reports")
@requires(Permission.REPORT_READ)
def index() -> ResponseReturnValue:
    """The first of the reports."""
    return redirect(url_for("reports.overview_page"))


@bp.get("/reports/overview")
@requires(Permission.REPORT_READ)
def overview_page() -> ResponseReturnValue:
    """What the library did for sales, and what it cost.

    Coverage and the way from published to used come by themselves once the page is seen; a
    browser without scripts asks for them by `panels`.
    """
    wanted = asked()
    if PANELS in request.headers.get("X-Fragment", "").split():
        return render_template("reports/_overview_panels.html", **_panels(wanted))
    found = overview.overview(actor(), wanted)
    return render(
        "reports/overview.html",
        "overview",
        wanted,
        found=found,
        figures=presenting.with_lines(found),
        counted=presenting.counted(found),
        trend=presenting.trend(found),
        costs=presenting.costs(found),
        team_changes=presenting.team_changes(found),
        team_lines=presenting.team_lines(found),
        **(_panels(wanted) if request.args.get(PANELS) else {}),
    )


def _panels(wanted: ReportRequest) -> dict[str, Any]:
    """The context of reports/_overview_panels.html."""
    covered = coverage.coverage(actor(), wanted)
    return {
        "covered": covered,
        "heat": presenting.heat(covered),
        "funnel": presenting.funnel(ignored.funnel(actor(), wanted)),
        "docket": board.open_count(actor()) if can(actor(), Permission.DOCKET) else None,
        "kept": presenting.kept(),
    }


@bp.get("/reports/assets")
@requires(Permission.REPORT_READ)
def assets_page() -> ResponseReturnValue:
    """Views, downloads, uses and deals of each asset: `sort`, `down`, `page`."""
    wanted = asked()
    found = assets.assets_report(
        actor(),
        wanted,
        sort=request.args.get("sort", "uses"),
        down=request.args.get("down", "1") == "1",
        page=min(request.args.get("page", 1, type=int), 100_000),
    )
    by = found.sort if found.sort in assets.SUMMED else "uses"
    bars = presenting.top_bars((row.title, getattr(row, by)) for row in found.rows)
    return render(
        "reports/assets.html",
        "assets",
        wanted,
        found=found,
        bars=bars,
        measured=presenting.metric_names()[by],
    )


@bp.get("/reports/coverage")
@requires(Permission.REPORT_READ)
def coverage_page() -> ResponseReturnValue:
    """Stage by product, or by industry: `across`."""
    wanted = asked()
    found = coverage.coverage(actor(), wanted, request.args.get("across", "product"))
    return render(
        "reports/coverage.html",
        "coverage",
        wanted,
        found=found,
        heat=presenting.heat(found),
        ways=presenting.across_segments(found),
    )


@bp.get("/reports/adoption")
@requires(Permission.REPORT_READ)
def adoption_page() -> ResponseReturnValue:
    """Who searches, views and uses: by team and by person."""
    wanted = asked()
    found = adoption.adoption(actor(), wanted)
    return render(
        "reports/adoption.html",
        "adoption",
        wanted,
        found=found,
        bars=presenting.share_bars(found),
    )


@bp.get("/reports/search")
@requires(Permission.REPORT_READ)
def search_page() -> ResponseReturnValue:
    """Words that found nothing, and words whose results nobody opened."""
    wanted = asked()
    found = searches.search_report(actor(), wanted)
    bars = presenting.top_bars((row.words, row.searches) for row in found.without_result)
    return render("reports/search.html", "search", wanted, found=found, bars=bars)


@bp.get("/reports/ignored")
@requires(Permission.REPORT_READ)
def ignored_page() -> ResponseReturnValue:
    """From published to used, and what was not: `reached`, `page`."""
    wanted = asked()
    name = request.args.get("reached", "")
    reached = Reached(name) if name in {step.value for step in Reached} else None
    found = ignored.ignored_report(
        actor(),
        wanted,
        reached=reached,
        page=min(request.args.get("page", 1, type=int), 100_000),
    )
    return render(
        "reports/ignored.html",
        "ignored",
        wanted,
        found=found,
        reached=reached,
        funnel=presenting.funnel(found.funnel),
        steps=presenting.reached_tabs(found.funnel, reached),
        names=presenting.reached_names(),
    )


@bp.get("/reports/changes")
@requires(Permission.REPORT_READ)
def changes_page() -> ResponseReturnValue:
    """The assets that are re-created most, and the hours that it took."""
    wanted = asked()
    found = changes.changes(actor(), wanted)
    return render(
        "reports/changes.html",
        "changes",
        wanted,
        found=found,
        labels=reason_labels(),
        bars=presenting.top_bars((row.title, row.adaptations) for row in found.rows),
    )


@bp.get("/reports/definitions")
@requires(Permission.REPORT_READ)
def definitions() -> ResponseReturnValue:
    """What each word in the reports means."""
    return render_template(
        "reports/definitions.html",
        tabs=presenting.tabs(""),
        definitions=presenting.definitions(),
        zone=zone().key,
        title=_("Definitions"),
    )

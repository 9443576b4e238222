"""The reports as pages and as files."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral import csv_out
from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.clock import now
from collateral.reports import asking, assets, ignored, overview, presenting, searches
from collateral.reports.asking import ReportRequest
from collateral.reports.ignored import Reached
from collateral.usage.counting import zone
from collateral.usage.rules import counting_day

bp = Blueprint("reports", __name__)


def asked() -> ReportRequest:
    """What the address asks for."""
    return asking.read(request.args, counting_day(now(), zone()))


def _render(template: str, name: str, wanted: ReportRequest, **more: Any) -> str:
    return render_template(
        template,
        wanted=wanted,
        filters=presenting.filters(actor(), wanted),
        tabs=presenting.tabs(name),
        counted_to=now(),
        kept=presenting.kept(),
        **more,
    )


@bp.get("/reports")
@requires(Permission.REPORT_READ)
def index() -> ResponseReturnValue:
    """The first of the reports."""
    return redirect(url_for("reports.overview_page"))


@bp.get("/reports/overview")
@requires(Permission.REPORT_READ)
def overview_page() -> ResponseReturnValue:
    """What the library did for sales, and what it cost."""
    wanted = asked()
    found = overview.overview(actor(), wanted)
    return _render(
        "reports/overview.html",
        "overview",
        wanted,
        found=found,
        figures=presenting.figures(found),
        trend=presenting.trend(found),
        costs=presenting.costs(found),
    )


@bp.get("/reports/overview.csv")
@requires(Permission.REPORT_READ)
def overview_csv() -> ResponseReturnValue:
    """The overview by month; `part=costs` and `part=teams` for those."""
    found = overview.overview(actor(), asked())
    part = request.args.get("part", "months")
    if part == "costs":
        return csv_out.attachment(
            "cost-by-type.csv",
            ("type", "cost used", "cost never used", "currency"),
            ((row.type, row.used, row.never_used, found.currency) for row in found.costs),
        )
    if part == "teams":
        return csv_out.attachment(
            "teams.csv",
            ("team", "people", "uses", "deals", "deals with a use"),
            ((t.name, t.people, t.uses, t.deals, t.deals_with_use) for t in found.teams),
        )
    return csv_out.attachment(
        "overview.csv",
        ("month", "views", "unique views", "downloads", "uses", "deals open", "of them with a use"),
        (
            (
                f"{row.month:%Y-%m}",
                row.counts.views,
                row.counts.unique_views,
                row.counts.downloads,
                row.counts.uses,
                row.deals,
                row.deals_with_use,
            )
            for row in found.months
        ),
    )


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
    return _render("reports/assets.html", "assets", wanted, found=found)


@bp.get("/reports/assets.csv")
@requires(Permission.REPORT_READ)
def assets_csv() -> ResponseReturnValue:
    """Every asset of the report."""
    currency, rows = assets.all_rows(actor(), asked())
    names = (*assets.SUMMED, "uses", "deals", "won", "open", "lost", "open_amount", "won_amount")
    head = ("id", "title", "type", "status", *(name.replace("_", " ") for name in names))
    return csv_out.attachment(
        "assets.csv",
        (*head, "currency"),
        (
            (row.id, row.title, row.type, row.status, *(getattr(row, n) for n in names), currency)
            for row in rows
        ),
    )


@bp.get("/reports/search")
@requires(Permission.REPORT_READ)
def search_page() -> ResponseReturnValue:
    """Words that found nothing, and words whose results nobody opened."""
    wanted = asked()
    found = searches.search_report(actor(), wanted)
    return _render("reports/search.html", "search", wanted, found=found)


@bp.get("/reports/search.csv")
@requires(Permission.REPORT_READ)
def search_csv() -> ResponseReturnValue:
    """Both lists of words."""
    found = searches.search_report(actor(), asked())
    rows = [
        (kind, row.words, row.searches, row.people, row.last_at, row.open_amount, found.currency)
        for kind, part in (
            ("no result", found.without_result),
            ("no click", found.without_click),
        )
        for row in part
    ]
    return csv_out.attachment(
        "search.csv",
        ("kind", "words", "searches", "people", "last searched", "their open deals", "currency"),
        rows,
    )


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
    return _render(
        "reports/ignored.html",
        "ignored",
        wanted,
        found=found,
        reached=reached,
        funnel=presenting.funnel(found),
        steps=presenting.reached_tabs(found, reached),
        names=presenting.reached_names(),
    )


@bp.get("/reports/ignored.csv")
@requires(Permission.REPORT_READ)
def ignored_csv() -> ResponseReturnValue:
    """Every asset without a use in the period."""
    currency, rows = ignored.all_rows(actor(), asked())
    return csv_out.attachment(
        "ignored.csv",
        ("id", "title", "reached", "shown", "views", "downloads", "cost", "currency", "published"),
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


from collateral.reports import views_explain  # noqa: E402, F401

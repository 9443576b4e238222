"""Explain this number: the events behind it and those left out, as a page and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from collateral import csv_out
from collateral.accounts.guard import actor, requires
from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission
from collateral.assets import queries as assets
from collateral.db import db
from collateral.errors import NotFound
from collateral.reports import mailing, presenting
from collateral.reports.behind import PAGE, Behind, behind
from collateral.reports.behind_listing import Of
from collateral.reports.views import bp
from collateral.reports.views.frame import asked
from collateral.templating import reader_zone
from collateral.usage import explaining
from collateral.usage.counting import zone
from collateral.usage.rules import FOUND
from collateral.usage.team_sets import scope_of, teams_for


def _of() -> Of:
    return Of(
        request.args.get("person", type=int),
        request.args.get("words", "")[:250],
        request.args.get("list", "all"),
        request.args.get("asset", type=int),
        request.args.get("across", "product"),
        request.args.get("column", "")[:80],
    )


def _subject(of: Of) -> str:
    """Whose number it is, in words."""
    wanted = asked()
    if of.asset_id is not None:
        return assets.get_visible(actor(), of.asset_id).title
    if of.column:
        return " · ".join(part.replace("-", " ") for part in (wanted.stage, of.column) if part)
    if of.words:
        return f"“{of.words}”"
    if of.person_id is not None:
        person = db.session.get(Person, of.person_id)
        return person.name if person else ""
    teams = {team.id: team.name for team in teams_for(actor())}
    return teams.get(wanted.team_id or 0, "")


TIMES = ("way", "reviewed", "requested")
"""What is a median of seconds."""
REPORT_OF = {
    "coverage_assets": "coverage",
    "coverage_uses": "coverage",
    "coverage_deals": "coverage",
    "adaptations": "changes",
    "hours": "worth",
    "merged": "worth",
    "reviewed": "overview",
    "requested": "overview",
    "influence": "assets",
}


@bp.get("/explain/people/<metric>")
@bp.get("/explain/report/<metric>")
@requires(Permission.REPORT_READ)
def explain_people(metric: str) -> ResponseReturnValue:
    """A number of a report: of adoption `person`, or the filters' team; of search `words` and
    `list` (result, click); of coverage `across` and `column`; of an asset `asset`."""
    of = _of()
    page = max(1, min(request.args.get("page", 1, type=int), 100_000))
    found = behind(actor(), asked(), metric, of, page=page)
    return render_template(
        "reports/explain_people.html",
        found=found,
        rows=list(found.rows),
        wanted=asked(),
        kept=presenting.kept(),
        subject=_subject(of),
        zone=zone().key,
        here={
            "person": of.person_id,
            "words": of.words or None,
            "list": request.args.get("list"),
            "asset": of.asset_id,
            "across": request.args.get("across"),
            "column": of.column or None,
            **presenting.kept(),
        },
        times=TIMES,
        counted=_median(found) if metric in TIMES else found.counted,
        names=presenting.report_numbers(),
        outcomes=presenting.outcome_names() | presenting.left_names(),
        kinds=presenting.kind_names(),
        back=REPORT_OF.get(metric, "search" if of.words or of.kind != "all" else "adoption"),
        reports=mailing.names(),
        page=page,
        pages=max(1, -(-found.found // PAGE)),
    )


def _held(rows: Iterator[Any]) -> Iterator[Any]:
    """The rows, with the request and its session living until the last is read."""
    held: Iterator[Any] = stream_with_context(cast(Any, rows))
    return held


def _local(at: date | datetime | None, here: ZoneInfo) -> date | datetime | None:
    """A moment in the reader's zone; a day as it is."""
    return at.astimezone(here) if isinstance(at, datetime) else at


def _median(found: Behind) -> int | None:
    """The lower median of all ways, as the report has it."""
    every = behind(actor(), asked(), found.metric, _of(), limit=None).rows
    seconds = sorted(int(row.what) for row in every if row.what)
    return seconds[(len(seconds) - 1) // 2] if seconds else None


@bp.get("/explain/people/<metric>.csv")
@bp.get("/explain/report/<metric>.csv")
@requires(Permission.REPORT_READ)
def explain_people_csv(metric: str) -> ResponseReturnValue:
    """The same as a file, with everything found."""
    found = behind(actor(), asked(), metric, _of(), limit=None)
    here = reader_zone()
    return csv_out.attachment(
        f"{metric}.csv",
        ("at", "what", "person", "about", "id", "what became of it"),
        (
            (
                _local(row.at, here),
                row.what,
                row.who,
                row.thing[2] if row.thing else "",
                row.thing[1] if row.thing else None,
                row.outcome,
            )
            for row in _held(found.rows)
        ),
    )


@bp.get("/explain/<metric>")
@requires(Permission.REPORT_READ)
def explain(metric: str) -> ResponseReturnValue:
    """A number of one asset: `asset`, and the report's own filters."""
    person, wanted = actor(), asked()
    asset = assets.get_visible(person, request.args.get("asset", 0, type=int))
    scope = scope_of(person, wanted.team_id)
    common = {
        "asset": asset,
        "wanted": wanted,
        "names": presenting.metric_names(),
        "kept": presenting.kept(),
        "zone": zone().key,
    }
    page = max(1, min(request.args.get("page", 1, type=int), 100_000))
    if metric in ("uses", "deals"):
        of = (asset, scope, wanted.period, person)
        behind_it = explaining.uses_found(*of, stage=wanted.stage)
        return render_template(
            "reports/explain_uses.html",
            metric=metric,
            uses=explaining.uses(*of, stage=wanted.stage, page=page),
            counted=behind_it.deals if metric == "deals" else behind_it.counted,
            page=page,
            pages=max(1, -(-behind_it.found // explaining.PAGE)),
            **common,
        )
    if metric not in FOUND:
        raise NotFound(_("There is no such number."))
    found = explaining.explain(asset, metric, scope, wanted.period)
    return render_template(
        "reports/explain.html",
        found=found,
        events=explaining.events(asset, metric, scope, wanted.period, page=page),
        outcomes=presenting.outcome_names(),
        kinds=presenting.kind_names(),
        page=page,
        pages=max(1, -(-found.found // explaining.PAGE)),
        **common,
    )


@bp.get("/explain/<metric>.csv")
@requires(Permission.REPORT_READ)
def explain_csv(metric: str) -> ResponseReturnValue:
    """The same as a file, with every event."""
    person, wanted = actor(), asked()
    asset = assets.get_visible(person, request.args.get("asset", 0, type=int))
    scope = scope_of(person, wanted.team_id)
    here = reader_zone()
    if metric in ("uses", "deals"):
        uses = explaining.uses(asset, scope, wanted.period, person, stage=wanted.stage)
        return csv_out.attachment(
            f"{metric}-{asset.id}.csv",
            ("at", "deal", "stage", "person", "evidence", "taken back", "reason"),
            (
                (
                    use.at.astimezone(here),
                    use.deal.name,
                    use.stage,
                    use.person.name,
                    use.evidence,
                    use.retracted_at,
                    use.retract_reason,
                )
                for use in uses
            ),
        )
    if metric not in FOUND:
        raise NotFound(_("There is no such number."))
    # The rows are read while the file goes out: the session must live as long.
    rows = _held(explaining.all_events(asset, metric, scope, wanted.period))
    return csv_out.attachment(
        f"{metric}-{asset.id}.csv",
        ("event", "at", "what", "version", "person", "what became of it"),
        ((e.id, e.at.astimezone(here), e.kind, e.version, e.person, e.outcome) for e in rows),
    )

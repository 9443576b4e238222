"""Deciding on assets of the docket: first the dry run, then the reason, then one click back."""

from __future__ import annotations

from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.assets import queries as assets
from collateral.assets.models import Asset, Status
from collateral.clock import now
from collateral.db import db, is_id
from collateral.errors import Invalid
from collateral.retirement import board, deciding, dry_run, operations
from collateral.retirement.models import Choice, Decision
from collateral.retirement.rules import retire_day
from collateral.retirement.views import bp
from collateral.usage.counting import zone
from collateral.usage.rules import counting_day

MOST = 200


def _chosen() -> list[Asset]:
    """The published assets that `asset` names, of those the actor may see."""
    ids = [int(value) for value in request.values.getlist("asset") if is_id(value)][:MOST]
    found = [a for a in assets.get_many(actor(), ids) if a.status is Status.PUBLISHED]
    if not found:
        sentence = _("Choose at least one published asset.")
        raise Invalid(sentence, fields={"asset": sentence})
    return found


def _choice() -> Choice:
    name = request.values.get("choice", "")
    if name not in {choice.value for choice in Choice}:
        sentence = _("Choose to keep, mend or retire.")
        raise Invalid(sentence, fields={"choice": sentence})
    return Choice(name)


@bp.get("/docket/decide")
@requires(Permission.DOCKET)
def decide_page() -> ResponseReturnValue:
    """What the decision would touch; nothing is changed: `choice`, and `asset` once for each."""
    return _page(_chosen(), _choice())


def _page(chosen: list[Asset], choice: Choice, error: Invalid | None = None) -> str:
    today = counting_day(now(), zone())
    effects: list[dry_run.Effect] = []
    suggested = None
    if choice is Choice.RETIRE:
        effects = dry_run.effects(operations.plan(chosen, actor(), at=now()))
        if len(chosen) == 1:
            suggested = board.successor_of(actor(), chosen[0].id)
    return render_template(
        "retirement/decide.html",
        chosen=[
            {"id": a.id, "title": a.title, "url": url_for("assets.detail", asset_id=a.id)}
            for a in chosen
        ],
        choice=choice,
        effects=effects,
        leaves_on=retire_day(today, at_once=False),
        suggested=suggested,
        source=url_for("retirement.replacements", asset_id=chosen[0].id),
        given=request.form,
        errors=error.fields if error else {},
        sentence=error.sentence if error else "",
        back_url=url_for("retirement.docket"),
    )


@bp.post("/docket/decide")
@requires(Permission.DOCKET)
def decide() -> ResponseReturnValue:
    """Keep, mend or retire: `choice`, `asset` once for each, `reason`, `replacement`,
    `when` (later, now), `month` once for each month of the season."""
    chosen, choice = _chosen(), _choice()
    try:
        made = _decide(chosen, choice)
    except Invalid as error:
        db.session.rollback()
        return _page(_chosen(), choice, error), 400
    db.session.commit()
    undo = url_for("retirement.undo", decision=[decision.id for decision in made])
    text = {
        Choice.KEEP: ngettext("Kept %(num)s asset", "Kept %(num)s assets", len(made)),
        Choice.MEND: ngettext("%(num)s asset to mend", "%(num)s assets to mend", len(made)),
        Choice.RETIRE: ngettext("Retiring %(num)s asset", "Retiring %(num)s assets", len(made)),
    }[choice]
    flash(cast(Any, {"text": str(text), "undo": undo}))
    return redirect(url_for("retirement.docket"), 303)


def _decide(chosen: list[Asset], choice: Choice) -> list[Decision]:
    replacement = _replacement() if choice is Choice.RETIRE else None
    return [
        deciding.decide(
            asset,
            choice,
            by=actor(),
            at=now(),
            reason=request.form.get("reason", ""),
            replacement=replacement,
            at_once=request.form.get("when") == "now",
            months=_season() or None,
        )
        for asset in chosen
    ]


def _replacement() -> Asset | None:
    named = request.form.get("replacement", "")
    if not named:
        return None
    found = assets.get_many(actor(), [int(named)]) if is_id(named) else []
    if not found:
        sentence = _("Choose the replacement from the list.")
        raise Invalid(sentence, fields={"replacement": sentence})
    return found[0]


def _season() -> frozenset[int]:
    """The months that are ticked; what is no month is none."""
    ticked = (int(value) for value in request.form.getlist("month") if is_id(value))
    return frozenset(month for month in ticked if 1 <= month <= 12)


@bp.post("/docket/undo")
@requires(Permission.DOCKET)
def undo() -> ResponseReturnValue:
    """Take decisions back: `decision` once for each; what they retired is put back as it was."""
    ids = [int(value) for value in request.values.getlist("decision") if is_id(value)][:MOST]
    decisions = [board.get_decision(actor(), decision_id) for decision_id in ids]
    for decision in decisions:
        deciding.undo(decision, by=actor(), at=now())
    db.session.commit()
    flash(
        ngettext(
            "Took back %(num)s decision; everything is as it was",
            "Took back %(num)s decisions; everything is as it was",
            len(decisions),
        )
    )
    return redirect(url_for("retirement.docket"), 303)

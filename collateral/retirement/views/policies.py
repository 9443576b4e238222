"""Policies: grace, floor and review, by type and team."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.assets.models import Vocabulary
from collateral.clock import now
from collateral.db import db, is_id
from collateral.errors import Invalid
from collateral.retirement import board_choices, policing
from collateral.retirement.rules import Terms
from collateral.retirement.views import bp
from collateral.usage.team_sets import teams_for


@bp.get("/docket/policies")
@requires(Permission.DOCKET)
def policies() -> ResponseReturnValue:
    """All policies, and the form for one: `type` and `team` fill it with what holds there."""
    return _page()


def _page(error: Invalid | None = None) -> str:
    every = policing.every()
    types = dict(board_choices.terms(Vocabulary.TYPE))
    return render_template(
        "retirement/policies.html",
        policies=[(each, types.get(each.type, each.type)) for each in every],
        defaults=Terms(),
        types=[("", _("all types")), *types.items()],
        teams=[("", _("all teams")), *((str(t.id), t.name) for t in teams_for(actor()))],
        given=request.form,
        errors=error.fields if error else {},
    )


@bp.post("/docket/policies")
@requires(Permission.DOCKET)
def set_policy() -> ResponseReturnValue:
    """Set the policy of a type and team: `type`, `team`, `grace_days`, `floor_deals`,
    `review_months`, `review_required`. The one that was there before is replaced."""
    try:
        grace = _whole("grace_days", 3650)
        terms = Terms(
            Terms.grace_days if grace is None else grace,
            _whole("floor_deals", 100_000) or 0,
            _whole("review_months", 120),
            request.form.get("review_required") == "1",
        )
        policing.set_policy(request.form.get("type", ""), _team(), terms, by=actor(), at=now())
    except Invalid as error:
        db.session.rollback()
        return _page(error), 400
    db.session.commit()
    flash(_("The policy is set; the docket follows it from its next working-out on"))
    return redirect(url_for("retirement.policies"), 303)


def _team() -> int | None:
    """The team that the form names; None for all."""
    named = request.form.get("team", "")
    if named and not is_id(named):
        sentence = _("There is no such team.")
        raise Invalid(sentence, fields={"team": sentence})
    return int(named) if named else None


def _whole(name: str, most: int) -> int | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    if not is_id(text) or int(text) > most:
        sentence = _("A whole number up to %(most)s.", most=most)
        raise Invalid(sentence, fields={name: sentence})
    return int(text)


@bp.post("/docket/policies/delete")
@requires(Permission.DOCKET)
def delete_policy() -> ResponseReturnValue:
    """Take the policy of `type` and `team` away; what holds for more holds then."""
    policing.delete_policy(request.form.get("type", ""), _team(), by=actor())
    db.session.commit()
    flash(_("The policy is gone"))
    return redirect(url_for("retirement.policies"), 303)

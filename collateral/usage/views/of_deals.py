"""A deal's uses, from the deal: saying one, correcting one, confirming all at its close."""

from __future__ import annotations

from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, can, require
from collateral.assets import queries as assets
from collateral.clock import now
from collateral.db import db, is_id
from collateral.deals import queries as deals
from collateral.deals.models import Outcome
from collateral.deals.presenting import stage_labels
from collateral.errors import Invalid, WrongState
from collateral.usage import confirming, operations, queries
from collateral.usage.views import bp

MOST = 500


@bp.post("/deals/<int:deal_id>/use")
@requires(Permission.USE_DECLARE)
def declare(deal_id: int) -> ResponseReturnValue:
    """Say from the deal's page that `asset` was used in it, at `stage` if not the present."""
    person = actor()
    deal = deals.get_visible(person, deal_id)
    asset_id = request.form.get("asset", type=int)
    if asset_id is None:
        raise Invalid(_("Choose an asset."), fields={"asset": _("Choose an asset.")})
    asset = assets.get_visible(person, asset_id)
    stage = request.form.get("stage", "")
    if stage and stage not in stage_labels():
        raise Invalid(_("Choose a stage."), fields={"stage": _("Choose a stage.")})
    use = operations.declare_use(asset, deal, by=person, at=now(), stage=stage or None)
    db.session.commit()
    said = _("“%(asset)s” is noted as used", asset=asset.title)
    undo = url_for("usage.retract", use_id=use.id)
    flash(cast(Any, {"text": said, "undo": undo}))
    return redirect(url_for("deals.detail", deal_id=deal.id) + "#uses", 303)


@bp.route("/uses/<int:use_id>/correct", methods=["GET", "POST"])
@requires(Permission.USE_CORRECT)
def correct(use_id: int) -> ResponseReturnValue:
    """Say that a use was in another deal (`deal`) or at another `stage`, and why (`reason`)."""
    person = actor()
    use = queries.get_use(person, use_id)
    require(person, Permission.USE_CORRECT, use)
    chosen = request.form.get("deal", "")
    deal = deals.get_visible(person, int(chosen) if is_id(chosen) else use.deal_id)
    if use.retracted_at is not None:
        raise WrongState(_("This use was taken back already."))
    labels = stage_labels()
    if request.method == "GET":
        return render_template("deals/correct.html", use=use, labels=labels)
    stage = request.form.get("stage", "")
    if stage not in labels and stage != use.stage:
        raise Invalid(_("Choose a stage."), fields={"stage": _("Choose a stage.")})
    confirming.correct(
        use, deal=deal, stage=stage, by=person, at=now(), reason=request.form.get("reason", "")
    )
    db.session.commit()
    flash(_("Corrected; what was said before stays in the deal's history."))
    return redirect(url_for("deals.detail", deal_id=deal.id) + "#uses", 303)


@bp.route("/deals/<int:deal_id>/confirm", methods=["GET", "POST"])
@requires(Permission.USE_DECLARE)
def confirm(deal_id: int) -> ResponseReturnValue:
    """What was used in a closed deal, on one page: `use` (ids that are right), `asset` (to add)."""
    person = actor()
    deal = deals.get_visible(person, deal_id)
    if deal.outcome is Outcome.OPEN:
        raise WrongState(_("This deal is still open."))
    if request.method == "GET":
        uses = queries.uses_of_deal(deal, person)
        return render_template(
            "deals/confirm.html",
            deal=deal,
            uses=uses,
            mine={use.id for use in uses if can(person, Permission.USE_CORRECT, use)},
            offered=confirming.offered(deal, person),
            labels=stage_labels(),
            done=confirming.confirmation_of(deal),
        )
    confirming.confirm(deal, keep=_ids("use"), add=_ids("asset"), by=person, at=now())
    db.session.commit()
    flash(_("Thank you: what was used in “%(deal)s” is confirmed.", deal=deal.name))
    return redirect(url_for("deals.detail", deal_id=deal.id), 303)


def _ids(name: str) -> set[int]:
    return {int(text) for text in request.form.getlist(name)[:MOST] if is_id(text)}

"""Handing an adaptation in: drop the file, see what it came from, confirm or correct, say why."""

from __future__ import annotations

from typing import Any, cast

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, require
from collateral.adaptations import operations, queries, submitting
from collateral.adaptations.forms import ConfirmForm
from collateral.adaptations.models import Adaptation, Status
from collateral.adaptations.operations import Answers
from collateral.adaptations.views import bp
from collateral.adaptations.views.found import found_in, step_of
from collateral.adaptations.views.ticks import counts_of, ticks_of
from collateral.adaptations.views.wording import reason_labels
from collateral.assets import queries as assets
from collateral.assets.operations import receive
from collateral.assets.uploads import takes_files
from collateral.clock import now
from collateral.config import Settings
from collateral.db import db
from collateral.deals import queries as deals
from collateral.errors import Invalid

LIKELY = 6


@bp.get("/adaptations/new")
@requires(Permission.ADAPTATION_MAKE)
def new() -> ResponseReturnValue:
    """Where the file is dropped; `?asset=ID` when it is handed in from an asset's page."""
    asset_id = request.args.get("asset", type=int)
    return render_template(
        "adaptations/new.html",
        asset=assets.get_visible(actor(), asset_id) if asset_id else None,
        limit=_limit(),
    )


@bp.post("/adaptations/file")
@requires(Permission.ADAPTATION_MAKE)
@takes_files
def hand_in() -> ResponseReturnValue:
    """Take the `file` in; leads to its page, where it is being read and compared."""
    person = actor()
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid(_("Choose a file first."), fields={"file": _("Choose a file first.")})
    asset_id = request.form.get("asset", type=int)
    received = receive(cast(Any, given.stream), given.filename, limit=_limit())
    asset = assets.get_visible(person, asset_id) if asset_id else None
    adaptation = operations.hand_in(received, by=person, at=now(), asset=asset)
    db.session.commit()
    url = url_for("adaptations.detail", adaptation_id=adaptation.id)
    if request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json":
        return jsonify(id=adaptation.id, url=url), 201
    return redirect(url, 303)


def confirming(adaptation: Adaptation, form: ConfirmForm | None = None) -> str:
    """The page on which its maker says what it is; while it is read it asks for news."""
    person = actor()
    reasons = reason_labels()
    likely = [item.deal for item in deals.likely_deals(person, adaptation.asset, LIKELY)]
    chosen = adaptation.deal
    if chosen is not None and chosen not in likely:
        likely.insert(0, chosen)
    return render_template(
        "adaptations/confirm.html",
        adaptation=adaptation,
        form=form or ConfirmForm.of(adaptation, reasons),
        step=step_of(adaptation),
        found=found_in(adaptation, person),
        translation=_translation_of(adaptation),
        counts=counts_of(adaptation),
        ticks=ticks_of(adaptation),
        deals=[("", _("Not for a deal")), *((deal.id, deal.name) for deal in likely)],
        deal_source=url_for("deals.suggest"),
        asset_source=url_for("adaptations.sources"),
    )


def _translation_of(adaptation: Adaptation) -> str:
    """The title of what it translates, where no page of it is from there as it stands."""
    if adaptation.sources or adaptation.asset is None or adaptation.confidence <= 0:
        return ""
    return adaptation.asset.title if queries.sees_source(actor(), adaptation) else ""


@bp.get("/adaptations/sources")
@requires(Permission.ADAPTATION_MAKE)
def sources() -> ResponseReturnValue:
    """Assets with the words of `q` in their title, for correcting a source."""
    found = queries.possible_sources(actor(), request.args.get("q", "")[:200])
    items = [{"value": asset.id, "title": asset.title, "icon": "deck"} for asset in found]
    return jsonify(groups=[{"label": _("Assets"), "items": items}] if items else [])


@bp.post("/adaptations/<int:adaptation_id>/confirm")
@requires(Permission.ADAPTATION_EDIT)
def confirm(adaptation_id: int) -> ResponseReturnValue:
    """Confirm or correct its source, and say for which deal, why and how long; `submit` or not."""
    person, adaptation = actor(), _mine(adaptation_id)
    form = ConfirmForm.of(adaptation, reason_labels())
    if not form.validate():
        return confirming(adaptation, form), 422
    asset_id = request.form.get("asset", type=int)
    deal_id = request.form.get("other_deal", type=int) or request.form.get("deal", type=int)
    answers = Answers(
        title=form.title.data or "",
        asset=assets.get_visible(person, asset_id) if asset_id else None,
        deal=deals.get_visible(person, deal_id) if deal_id else None,
        reasons=form.reasons.data or (),
        note=form.note.data or "",
        minutes=form.all_minutes,
        submit=request.form.get("do") == "submit",
    )
    operations.confirm(
        adaptation, answers, by=person, at=now(), revision=request.form.get("revision", type=int)
    )
    db.session.commit()
    if adaptation.status is Status.SUBMITTED:
        flash(_("Submitted. You are told what becomes of it."))
    else:
        flash(_("Kept for you alone. Submit it when others should have it."))
    return redirect(url_for("adaptations.detail", adaptation_id=adaptation.id), 303)


@bp.get("/adaptations/<int:adaptation_id>/edit")
@requires(Permission.ADAPTATION_EDIT)
def edit(adaptation_id: int) -> ResponseReturnValue:
    """Change what was said of it, while it is private."""
    adaptation = _mine(adaptation_id)
    if adaptation.status is not Status.PRIVATE:
        return redirect(url_for("adaptations.detail", adaptation_id=adaptation.id))
    return confirming(adaptation)


@bp.post("/adaptations/<int:adaptation_id>/submit")
@requires(Permission.ADAPTATION_EDIT)
def submit(adaptation_id: int) -> ResponseReturnValue:
    """Submit it as it is; with `text`, once more after it was declined."""
    adaptation = _mine(adaptation_id)
    submitting.submit(
        adaptation,
        by=actor(),
        at=now(),
        text=request.form.get("text", ""),
        revision=request.form.get("revision", type=int),
    )
    db.session.commit()
    flash(_("Submitted. You are told what becomes of it."))
    return redirect(url_for("adaptations.detail", adaptation_id=adaptation.id), 303)


@bp.post("/adaptations/<int:adaptation_id>/take-back")
@requires(Permission.ADAPTATION_EDIT)
def take_back(adaptation_id: int) -> ResponseReturnValue:
    """Make it private again, before anybody decided."""
    adaptation = _mine(adaptation_id)
    submitting.take_back(
        adaptation, by=actor(), at=now(), revision=request.form.get("revision", type=int)
    )
    db.session.commit()
    flash(_("Taken back. It is private again."))
    return redirect(url_for("adaptations.detail", adaptation_id=adaptation.id), 303)


@bp.post("/adaptations/<int:adaptation_id>/remove")
@requires(Permission.ADAPTATION_EDIT)
def remove(adaptation_id: int) -> ResponseReturnValue:
    """Forget a private or declined one."""
    adaptation = _mine(adaptation_id)
    operations.remove(adaptation, by=actor())
    db.session.commit()
    flash(_("Removed."), "info")
    return redirect(url_for("adaptations.index"), 303)


@bp.post("/adaptations/<int:adaptation_id>/retry")
@requires(Permission.ADAPTATION_EDIT)
def retry(adaptation_id: int) -> ResponseReturnValue:
    """Read the file again."""
    adaptation = _mine(adaptation_id)
    operations.read_again(adaptation)
    db.session.commit()
    return redirect(url_for("adaptations.detail", adaptation_id=adaptation.id), 303)


@bp.post("/adaptations/<int:adaptation_id>/use")
@requires(Permission.ADAPTATION_EDIT)
def use(adaptation_id: int) -> ResponseReturnValue:
    """Say that it was used in its `deal`."""
    person, adaptation = actor(), _mine(adaptation_id)
    deal_id = request.form.get("deal", type=int)
    if deal_id is None:
        raise Invalid(_("Choose a deal."), fields={"deal": _("Choose a deal.")})
    deal = deals.get_visible(person, deal_id)
    declared = operations.declare_use(adaptation, deal, by=person, at=now())
    db.session.commit()
    undo = url_for("usage.retract", use_id=declared.id)
    flash(cast(Any, {"text": _("Used in %(deal)s", deal=deal.name), "undo": undo}))
    return redirect(url_for("adaptations.detail", adaptation_id=adaptation.id), 303)


def _mine(adaptation_id: int) -> Adaptation:
    """The adaptation, for who may change it. Raises NotFound, Forbidden."""
    adaptation = queries.get_visible(actor(), adaptation_id)
    require(actor(), Permission.ADAPTATION_EDIT, adaptation)
    return adaptation


def _limit() -> int:
    return cast(Settings, current_app.extensions["settings"]).max_upload

"""Rating an asset, flagging it, and resolving what was flagged."""

from __future__ import annotations

from typing import Any, cast

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.forms import tell
from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, require
from collateral.assets import queries
from collateral.assets.models import Asset
from collateral.assets.views import bp
from collateral.assets.views.detail import page_of
from collateral.assets.views.feedback import Said
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid
from collateral.requests import feedback
from collateral.requests import queries_feedback as opinions
from collateral.requests.forms import FlagForm, RateForm, ResolveForm
from collateral.requests.models_feedback import FlagReason, FlagState


@bp.post("/assets/<int:asset_id>/rating")
@requires(Permission.FEEDBACK_GIVE)
def rate(asset_id: int) -> ResponseReturnValue:
    """Give it `stars` and perhaps a `sentence`, in place of what she gave before."""
    person, form = actor(), RateForm()
    asset = queries.get_visible(person, asset_id)
    if not form.validate():
        return page_of(asset_id, None, 1, said=Said(rate=form))
    feedback.rate(asset, form.stars.data, by=person, at=now(), sentence=form.sentence.data or "")
    db.session.commit()
    flash(_("Your rating is kept."))
    return redirect(_address(asset), 303)


@bp.post("/assets/<int:asset_id>/rating/remove")
@requires(Permission.FEEDBACK_GIVE)
def take_back_rating(asset_id: int) -> ResponseReturnValue:
    """Remove her rating."""
    person = actor()
    asset = queries.get_visible(person, asset_id)
    feedback.take_back(asset, by=person)
    db.session.commit()
    flash(_("Your rating is removed."))
    return redirect(_address(asset), 303)


@bp.post("/assets/<int:asset_id>/flag")
@requires(Permission.FEEDBACK_GIVE)
def flag(asset_id: int) -> ResponseReturnValue:
    """Say that something is wrong with it: `reason` and `what`."""
    person, form = actor(), FlagForm()
    asset = queries.get_visible(person, asset_id)
    if not form.validate():
        return page_of(asset_id, None, 1, said=Said(flag=form))
    try:
        reason = FlagReason(form.reason.data)
        feedback.flag(asset, reason, by=person, at=now(), sentence=form.what.data or "")
    except Invalid as error:
        tell(form, error)
        return page_of(asset_id, None, 1, said=Said(flag=form))
    db.session.commit()
    undo = url_for("assets.withdraw_flag", asset_id=asset.id)
    flash(cast(Any, {"text": _("Flagged. You are told what comes of it."), "undo": undo}))
    return redirect(_address(asset), 303)


@bp.post("/assets/<int:asset_id>/flag/withdraw")
@requires(Permission.FEEDBACK_GIVE)
def withdraw_flag(asset_id: int) -> ResponseReturnValue:
    """Take back the flag of hers that is open."""
    person = actor()
    asset = queries.get_visible(person, asset_id)
    feedback.withdraw(asset, by=person, at=now())
    db.session.commit()
    flash(_("Your flag is taken back."))
    return redirect(_address(asset), 303)


@bp.post("/assets/<int:asset_id>/flags/<int:flag_id>/resolve")
@requires(Permission.ASSET_EDIT)
def resolve_flag(asset_id: int, flag_id: int) -> ResponseReturnValue:
    """It is `state` mended or not_so, with a `note` to who flagged it; `from` inbox goes there."""
    person, form = actor(), ResolveForm()
    asset = queries.get_visible(person, asset_id)
    require(person, Permission.ASSET_EDIT, asset)
    found = opinions.get_flag(asset, flag_id)
    try:
        state = (
            FlagState(form.state.data) if form.state.data in feedback.RESOLVED else FlagState.OPEN
        )
        feedback.resolve(found, state, by=person, at=now(), note=form.note.data or "")
    except Invalid as error:
        tell(form, error)
        return page_of(asset_id, None, 1, said=Said(resolve=(found.id, form)))
    db.session.commit()
    if state is FlagState.MENDED:
        flash(_("Resolved: mended."))
    else:
        flash(_("Resolved: not so."))
    if request.form.get("from") == "inbox":
        return redirect(url_for("requests.feedback"), 303)
    return redirect(_address(asset), 303)


def _address(asset: Asset) -> str:
    return url_for("assets.detail", asset_id=asset.id, tab="feedback", _anchor="more")

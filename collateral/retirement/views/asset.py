"""Retiring: first what it would touch, then the reason, then one click back."""

from __future__ import annotations

from typing import Any, cast

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, require
from collateral.assets import queries as assets
from collateral.assets.models import Asset
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid, NotFound
from collateral.retirement import deciding, dry_run, operations, queries
from collateral.retirement.forms import RetireForm
from collateral.retirement.views import bp


@bp.get("/assets/<int:asset_id>/retire")
@requires(Permission.ASSET_RETIRE)
def retire_page(asset_id: int) -> ResponseReturnValue:
    """The dry run; `?replacement=` says what would take its place."""
    asset = _mine(asset_id)
    form = RetireForm(formdata=None)
    chosen = request.args.get("replacement", type=int)
    replacement = assets.get_visible(actor(), chosen) if chosen is not None else None
    return _page(asset, form, replacement)


@bp.post("/assets/<int:asset_id>/retire")
@requires(Permission.ASSET_RETIRE)
def retire(asset_id: int) -> ResponseReturnValue:
    """Retire it: `reason`, and `replacement` where there is one."""
    asset = _mine(asset_id)
    form = RetireForm()
    complete, replacement = form.validate(), None
    try:
        replacement = _replacement(form)
        if complete:
            operations.retire(
                asset, by=actor(), at=now(), reason=form.reason.data or "", replacement=replacement
            )
    except Invalid as error:
        db.session.rollback()
        form.blame(error)
        complete = False
        # What cannot stand in for it has no dry run.
        replacement = None if "replacement" in error.fields else replacement
    if not complete:
        return _page(asset, form, replacement), 400
    db.session.commit()
    undo = url_for("retirement.restore", asset_id=asset.id)
    flash(cast(Any, {"text": _("Retired “%(title)s”", title=asset.title), "undo": undo}))
    return redirect(url_for("assets.detail", asset_id=asset.id), 303)


@bp.post("/assets/<int:asset_id>/restore")
@requires(Permission.ASSET_RETIRE)
def restore(asset_id: int) -> ResponseReturnValue:
    """Put it back as it was."""
    asset = _mine(asset_id)
    deciding.put_back(asset, by=actor(), at=now())
    db.session.commit()
    flash(_("“%(title)s” is back as it was", title=asset.title))
    return redirect(url_for("assets.detail", asset_id=asset.id), 303)


@bp.get("/assets/<int:asset_id>/replacements")
@requires(Permission.ASSET_RETIRE)
def replacements(asset_id: int) -> ResponseReturnValue:
    """Published assets with the words of `q` in their title, for choosing a replacement."""
    asset = _mine(asset_id)
    found = queries.possible_replacements(asset, actor(), request.args.get("q", ""))
    items = [{"value": each.id, "title": each.title, "icon": "deck"} for each in found]
    return jsonify(groups=[{"label": _("Assets"), "items": items}] if items else [])


def _mine(asset_id: int) -> Asset:
    asset = assets.get_visible(actor(), asset_id)
    require(actor(), Permission.ASSET_RETIRE, asset)
    return asset


def _replacement(form: RetireForm) -> Asset | None:
    if form.replacement_id is None:
        return None
    try:
        return assets.get_visible(actor(), form.replacement_id)
    except NotFound as error:
        raise Invalid(error.sentence, fields={"replacement": error.sentence}) from error


def _page(asset: Asset, form: RetireForm, replacement: Asset | None) -> str:
    plan = operations.plan([asset], actor(), replacement, at=now())
    return render_template(
        "assets/retire.html",
        asset={"title": asset.title, "url": url_for("assets.detail", asset_id=asset.id)},
        form=form,
        effects=dry_run.effects(plan),
        source=url_for("retirement.replacements", asset_id=asset.id),
        replacement=(replacement.id, replacement.title) if replacement else None,
        back_url=url_for("assets.detail", asset_id=asset.id),
    )

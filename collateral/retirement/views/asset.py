"""Retiring: first what it would touch, then the reason, then one click back."""

from __future__ import annotations

from typing import Any, cast

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, require
from collateral.assets import queries as assets
from collateral.assets.models import Asset
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid, NotFound
from collateral.retirement import deciding, operations, queries
from collateral.retirement.forms import RetireForm
from collateral.retirement.operations import Plan
from collateral.retirement.views import bp
from collateral.templating import format_day

# Icon, number or name, what becomes of it, small print.
Effect = tuple[str, str, str, str]


@bp.get("/assets/<int:asset_id>/retire")
@requires(Permission.ASSET_RETIRE)
def retire_page(asset_id: int) -> ResponseReturnValue:
    """The dry run; `?replacement=` says what would take its place."""
    asset = _mine(asset_id)
    form = RetireForm(formdata=None)
    chosen = request.args.get("replacement", type=int)
    replacement = assets.get_visible(actor(), chosen) if chosen is not None else None
    return _page(asset, form, operations.plan(asset, actor(), replacement, at=now()))


@bp.post("/assets/<int:asset_id>/retire")
@requires(Permission.ASSET_RETIRE)
def retire(asset_id: int) -> ResponseReturnValue:
    """Retire it: `reason`, and `replacement` where there is one."""
    asset = _mine(asset_id)
    form = RetireForm()
    if not form.validate():
        return _page(asset, form, operations.plan(asset, actor(), at=now())), 400
    try:
        replacement = _replacement(form)
        operations.retire(
            asset, by=actor(), at=now(), reason=form.reason.data or "", replacement=replacement
        )
    except Invalid as error:
        db.session.rollback()
        form.blame(error)
        return _page(asset, form, operations.plan(asset, actor(), at=now())), 400
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


def _page(asset: Asset, form: RetireForm, plan: Plan) -> str:
    replacement = plan.replacement
    return render_template(
        "assets/retire.html",
        asset={"title": asset.title, "url": url_for("assets.detail", asset_id=asset.id)},
        form=form,
        effects=effects_of([plan]),
        source=url_for("retirement.replacements", asset_id=asset.id),
        replacement=(replacement.id, replacement.title) if replacement else None,
        back_url=url_for("assets.detail", asset_id=asset.id),
    )


def effects_of(plans: list[Plan]) -> list[Effect]:
    """The dry run of one or several in words. What is counted for several is counted once."""
    effects: list[Effect] = []
    deals = {item.deal.id: item.deal.name for plan in plans for item in plan.open_deals}
    hidden = max((plan.open_deal_count - len(plan.open_deals) for plan in plans), default=0)
    if deals or hidden:
        count = len(deals) + hidden
        strong = ngettext("%(num)s open deal", "%(num)s open deals", count)
        names = ", ".join(list(deals.values())[:5])
        effects.append(("deals", strong, _("carry it; what was noted there stays."), names))
    shares = sum(plan.share_count for plan in plans)
    if shares:
        strong = ngettext("%(num)s live link", "%(num)s live links", shares)
        names = ", ".join(
            dict.fromkeys(each.share.recipient for plan in plans for each in plan.shares)
        )
        instead = any(plan.replacement for plan in plans)
        text = (
            _("show what takes its place.")
            if instead
            else _("show what takes its place, or a courteous note.")
        )
        effects.append(("link", strong, text, names))
    people = {
        d.person.id: f"{d.person.name} ({format_day(d.at)})" for p in plans for d in p.downloaders
    }
    count = max(len(people), *(plan.downloader_count for plan in plans), 0)
    if count:
        strong = ngettext("%(num)s person", "%(num)s people", count)
        names = ", ".join(list(people.values())[:5])
        effects.append(
            ("download", strong, _("downloaded it and may still have the file; told once."), names)
        )
    adapted = sum(plan.adaptations for plan in plans)
    if adapted:
        strong = ngettext("%(num)s adaptation", "%(num)s adaptations", adapted)
        effects.append(("merge", strong, _("of it stay with those who made them."), ""))
    for plan in plans:
        for each in plan.replaces:
            effects.append(("archive", each.title, _("is retired and leads here."), ""))
        if plan.replacement:
            effects.append(("right", plan.replacement.title, _("takes its place."), ""))
    return effects

"""Describing many assets at once, versions, and the way to publication."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from collateral.accounts.guard import actor, requires
from collateral.accounts.models import Team
from collateral.accounts.permissions import Permission, can, require
from collateral.accounts.rules import safe_next
from collateral.assets import collections, operations, publishing, queries
from collateral.assets.forms import ManyForm
from collateral.assets.models import Asset, Status
from collateral.assets.uploads import takes_files
from collateral.assets.views import bp
from collateral.assets.views.pictured import pictured
from collateral.clock import now
from collateral.config import Settings
from collateral.db import db, is_id
from collateral.errors import Forbidden, Invalid

MOST_AT_ONCE = 200


@bp.route("/assets/describe", methods=["GET", "POST"])
@requires(Permission.ASSET_CREATE)
def describe_page() -> ResponseReturnValue:
    """The same for many, `asset` repeated: what is empty stays, terms and tags are added."""
    assets = _chosen(Permission.ASSET_EDIT)
    if len(assets) == 1 and request.method == "GET":
        return redirect(url_for("assets.edit", asset_id=assets[0].id))
    form = ManyForm()
    _offer(form)
    if not form.is_submitted():
        return _page(assets, form)
    if not form.validate():
        return _page(assets, form), 400
    try:
        operations.describe_many(
            assets, form.given(), by=actor(), at=now(), additions=form.additions()
        )
    except Invalid as error:
        db.session.rollback()
        form.blame(error)
        return _page(assets, form), 400
    db.session.commit()
    flash(ngettext("%(num)s asset changed", "%(num)s assets changed", len(assets)))
    return redirect(_back(url_for("assets.upload")), 303)


def _offer(form: ManyForm) -> None:
    form.offer(
        queries.terms_by_vocabulary(), db.session.scalars(select(Team).order_by(Team.name)).all()
    )


def _page(assets: list[Asset], form: ManyForm) -> str:
    return render_template(
        "assets/describe.html",
        assets=pictured(assets),
        form=form,
        back_url=_back(url_for("assets.upload")),
    )


@bp.post("/assets/publish")
@requires(Permission.ASSET_CREATE)
def publish_many() -> ResponseReturnValue:
    """Publish all of them, `asset` repeated."""
    chosen = _chosen(Permission.ASSET_PUBLISH)
    assets = [asset for asset in chosen if asset.status is not Status.PUBLISHED]
    for asset in assets:
        publishing.publish(asset, by=actor(), at=now())
    db.session.commit()
    waiting = sum(asset.publish_when_ready for asset in assets)
    if waiting < len(assets) or not assets:
        published = len(assets) - waiting
        flash(ngettext("%(num)s asset published", "%(num)s assets published", published))
    if waiting:
        flash(
            ngettext(
                "%(num)s asset will be published as soon as its file has been read",
                "%(num)s assets will be published as soon as their files have been read",
                waiting,
            )
        )
    return redirect(_back(url_for("assets.upload")), 303)


@bp.post("/assets/<int:asset_id>/publish")
@requires(Permission.ASSET_PUBLISH)
def publish(asset_id: int) -> ResponseReturnValue:
    """Offer it to everybody who may see it."""
    return _step(asset_id, Permission.ASSET_PUBLISH, publishing.publish, _("Published"))


@bp.post("/assets/<int:asset_id>/review")
@requires(Permission.ASSET_EDIT)
def send_to_review(asset_id: int) -> ResponseReturnValue:
    """Ask for a look at it."""
    return _step(asset_id, Permission.ASSET_EDIT, publishing.send_to_review, _("Sent to review"))


@bp.post("/assets/<int:asset_id>/draft")
@requires(Permission.ASSET_PUBLISH)
def back_to_draft(asset_id: int) -> ResponseReturnValue:
    """Take it back."""
    return _step(asset_id, Permission.ASSET_PUBLISH, publishing.back_to_draft, _("A draft again"))


def _step(
    asset_id: int, permission: Permission, operation: Callable[..., None], done: str
) -> ResponseReturnValue:
    asset = _mine(asset_id, permission)
    operation(asset, by=actor(), at=now())
    db.session.commit()
    if asset.publish_when_ready:
        done = _("It will be published as soon as its file has been read")
    flash(done)
    return redirect(_back(url_for("assets.detail", asset_id=asset.id)), 303)


@bp.get("/assets/<int:asset_id>/versions/new")
@requires(Permission.ASSET_EDIT)
def new_version(asset_id: int) -> ResponseReturnValue:
    """The form for a new file of the asset."""
    asset = _mine(asset_id, Permission.ASSET_EDIT)
    return render_template("assets/version.html", asset=asset, limit=_limit())


@bp.post("/assets/<int:asset_id>/versions")
@requires(Permission.ASSET_EDIT)
@takes_files
def add_version(asset_id: int) -> ResponseReturnValue:
    """A new file for the asset: `file`, and `changes` in words."""
    asset = _mine(asset_id, Permission.ASSET_EDIT)
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid(_("Choose a file first."), fields={"file": _("Choose a file first.")})
    received = operations.receive(
        cast(Any, given.stream),
        given.filename,
        limit=_limit(),
    )
    version = operations.add_version(
        asset, received, by=actor(), at=now(), changes=request.form.get("changes", "")
    )
    db.session.commit()
    flash(_("Version %(number)s is being read; it takes over then.", number=version.number))
    return redirect(url_for("assets.detail", asset_id=asset.id), 303)


@bp.post("/assets/<int:asset_id>/versions/<int:number>/current")
@requires(Permission.ASSET_EDIT)
def make_current(asset_id: int, number: int) -> ResponseReturnValue:
    """Offer this version in place of the one before."""
    asset = _mine(asset_id, Permission.ASSET_EDIT)
    version = queries.get_version(asset, number)
    operations.make_current(asset, version, by=actor(), at=now())
    db.session.commit()
    flash(_("Version %(number)s is offered now.", number=number))
    return redirect(url_for("assets.detail", asset_id=asset.id), 303)


@bp.get("/assets/<int:asset_id>/collect")
@requires(Permission.ASSET_READ)
def collect_page(asset_id: int) -> ResponseReturnValue:
    """Choose a collection for it."""
    asset = queries.get_visible(actor(), asset_id)
    return render_template(
        "assets/collect.html", asset=asset, collections=collections.editable(actor())
    )


@bp.post("/assets/<int:asset_id>/collect")
@requires(Permission.ASSET_READ)
def collect(asset_id: int) -> ResponseReturnValue:
    """Add it to a collection: `collection` names one, `title` makes a new one."""
    person = actor()
    asset = queries.get_visible(person, asset_id)
    title = request.form.get("title", "").strip()
    if title:
        chosen = collections.create(title, by=person, at=now())
    else:
        chosen = collections.get_visible(person, request.form.get("collection", 0, type=int))
    added = collections.add(chosen, [asset], by=person, at=now())
    db.session.commit()
    words = _("Added to “%(title)s”") if added else _("It is in “%(title)s” already")
    flash(words % {"title": chosen.title})
    return redirect(_back(url_for("assets.detail", asset_id=asset.id)), 303)


def _limit() -> int:
    return cast(Settings, current_app.extensions["settings"]).max_upload


def _mine(asset_id: int, permission: Permission) -> Asset:
    asset = queries.get_visible(actor(), asset_id)
    require(actor(), permission, asset)
    return asset


def _chosen(permission: Permission) -> list[Asset]:
    """The assets that were chosen; each must exist for the person and be hers to change."""
    chosen = request.values.getlist("asset")
    ids = [int(text) for text in chosen if is_id(text)][:MOST_AT_ONCE]
    assets = queries.get_many(actor(), ids)
    if not assets:
        raise Invalid(_("Choose at least one asset."))
    if not all(can(actor(), permission, asset) for asset in assets):
        raise Forbidden(_("You may not change all of these."))
    return assets


def _back(default: str) -> str:
    """Where the form came from: a path of ours, never another host."""
    return safe_next(request.values.get("back")) or default

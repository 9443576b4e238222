"""Describing one asset or many, its versions and its way to publication."""

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
from collateral.assets import collections, operations, queries
from collateral.assets.forms import EditForm, additions_from, description_from
from collateral.assets.models import Asset, Term, Vocabulary
from collateral.assets.uploads import takes_files
from collateral.assets.views import bp
from collateral.clock import now
from collateral.config import Settings
from collateral.db import db
from collateral.errors import Forbidden, Invalid

MOST_AT_ONCE = 200


@bp.route("/assets/<int:asset_id>/edit", methods=["GET", "POST"])
@requires(Permission.ASSET_EDIT)
def edit(asset_id: int) -> ResponseReturnValue:
    """The form of everything that describes the asset."""
    asset = _mine(asset_id, Permission.ASSET_EDIT)
    form = EditForm()
    terms = queries.terms_by_vocabulary()
    form.offer(terms, db.session.scalars(select(Team).order_by(Team.name)).all())
    form.show(asset)
    status = 200
    if form.validate_on_submit():
        try:
            operations.describe(
                asset,
                form.description(),
                by=actor(),
                at=now(),
                edits=int(form.edits.data) if str(form.edits.data).isdigit() else 0,
            )
            db.session.commit()
            flash(_("Saved"))
            return redirect(url_for("assets.detail", asset_id=asset.id), 303)
        except Invalid as error:
            db.session.rollback()
            form.blame(error)
            status = 400
        except operations.EditedMeanwhile as error:
            db.session.rollback()
            # What the person typed stays in the form; saving again overwrites knowingly.
            db.session.refresh(asset)
            form.edits.data = form.edits.raw_data = None
            form.edits.data = str(asset.edits)
            flash(error.sentence, "error")
            return _edit_page(asset, form, terms, theirs=asset), 409
    elif form.is_submitted():
        status = 400
    return _edit_page(asset, form, terms), status


def _edit_page(
    asset: Asset,
    form: EditForm,
    terms: dict[Vocabulary, list[Term]],
    theirs: Asset | None = None,
) -> str:
    return render_template(
        "assets/edit.html",
        asset=asset,
        form=form,
        theirs=theirs,
        suggested_language=_language_offered(asset, terms),
    )


def _language_offered(asset: Asset, terms: dict[Vocabulary, list[Term]]) -> Term | None:
    """The term for the language that the file is in, where the asset names none."""
    version = asset.current_version
    if version is None or version.language is None or asset.term_of(Vocabulary.LANGUAGE):
        return None
    return next(
        (term for term in terms[Vocabulary.LANGUAGE] if term.slug == version.language), None
    )


@bp.post("/assets/describe")
@requires(Permission.ASSET_CREATE)
def describe_many() -> ResponseReturnValue:
    """The same for many: `ids`, and fields that are set where they are not empty; terms and
    tags are added. `act=publish` publishes them, too."""
    assets = _chosen(Permission.ASSET_EDIT)
    description = description_from(request.form)
    operations.describe_many(
        assets,
        operations.without_words(description),
        by=actor(),
        at=now(),
        additions=additions_from(request.form),
    )
    if request.form.get("act") == "publish":
        for asset in assets:
            operations.publish(asset, by=actor(), at=now())
    db.session.commit()
    flash(ngettext("%(num)s asset changed", "%(num)s assets changed", len(assets)))
    return redirect(_back(url_for("assets.upload")), 303)


@bp.post("/assets/publish")
@requires(Permission.ASSET_CREATE)
def publish_many() -> ResponseReturnValue:
    """Publish all of `ids`."""
    assets = _chosen(Permission.ASSET_PUBLISH)
    for asset in assets:
        operations.publish(asset, by=actor(), at=now())
    db.session.commit()
    flash(ngettext("%(num)s asset published", "%(num)s assets published", len(assets)))
    return redirect(_back(url_for("assets.upload")), 303)


@bp.post("/assets/<int:asset_id>/publish")
@requires(Permission.ASSET_PUBLISH)
def publish(asset_id: int) -> ResponseReturnValue:
    """Offer it to everybody who may see it."""
    return _step(asset_id, operations.publish, _("Published"))


@bp.post("/assets/<int:asset_id>/review")
@requires(Permission.ASSET_EDIT)
def send_to_review(asset_id: int) -> ResponseReturnValue:
    """Ask for a look at it."""
    return _step(asset_id, operations.send_to_review, _("Sent to review"))


@bp.post("/assets/<int:asset_id>/draft")
@requires(Permission.ASSET_PUBLISH)
def back_to_draft(asset_id: int) -> ResponseReturnValue:
    """Take it back."""
    return _step(asset_id, operations.back_to_draft, _("A draft again"))


def _step(asset_id: int, operation: Callable[..., None], done: str) -> ResponseReturnValue:
    asset = _mine(asset_id, Permission.ASSET_PUBLISH)
    operation(asset, by=actor(), at=now())
    db.session.commit()
    if asset.publish_when_ready:
        done = _("It will be published as soon as its file has been read")
    flash(done)
    return redirect(_back(url_for("assets.detail", asset_id=asset.id)), 303)


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
        limit=cast(Settings, current_app.extensions["settings"]).max_upload,
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
    added = collections.add(chosen, asset, by=person, at=now())
    db.session.commit()
    words = _("Added to “%(title)s”") if added else _("It is in “%(title)s” already")
    flash(words % {"title": chosen.title})
    return redirect(_back(url_for("assets.detail", asset_id=asset.id)), 303)


def _mine(asset_id: int, permission: Permission) -> Asset:
    asset = queries.get_visible(actor(), asset_id)
    require(actor(), permission, asset)
    return asset


def _chosen(permission: Permission) -> list[Asset]:
    """The assets of `ids`; all of them must exist for the person and be hers to change."""
    ids = [int(text) for text in request.form.getlist("ids") if text.isdigit()][:MOST_AT_ONCE]
    assets = queries.get_many(actor(), ids)
    if not assets:
        raise Invalid(_("Choose at least one asset."))
    if not all(can(actor(), permission, asset) for asset in assets):
        raise Forbidden(_("You may not change all of these."))
    return assets


def _back(default: str) -> str:
    """Where the form came from: a path of ours, never another host."""
    back = request.form.get("back", "")
    safe = back.startswith("/") and not back.startswith(("//", "/\\")) and "\\" not in back
    return back if safe and back.isprintable() else default

"""Collections and saved searches: a list, one of them in its order, and changing it."""

from __future__ import annotations

from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, can, require
from collateral.assets import collections, queries
from collateral.assets.models import Asset, Collection, CollectionKind
from collateral.clock import now
from collateral.db import db, is_id
from collateral.errors import Invalid, NotFound
from collateral.search import hits
from collateral.search.cards import card
from collateral.search.engines.protocol import Match
from collateral.search.forms import CollectionForm
from collateral.search.tiles import groups, kept_address, library_address, parsed, tiles
from collateral.search.views import bp

STEP = 60
MOST = 600
MOST_AT_ONCE = 200


@bp.get("/collections")
@requires(Permission.ASSET_READ)
def collections_page() -> ResponseReturnValue:
    """Featured ones, one's own, and those that others share."""
    featured, mine, shared = groups(tiles(actor(), collections.listed(actor())))
    return render_template("search/collections.html", featured=featured, mine=mine, shared=shared)


@bp.route("/collections/new", methods=["GET", "POST"])
@requires(Permission.ASSET_READ)
def new_collection() -> ResponseReturnValue:
    """A new, empty set; with `query`, the query string of the library page, a saved search."""
    asked = parsed(request.values.get("query", ""))
    query = kept_address(asked) or None
    form = CollectionForm()
    form.offer(actor())
    if not form.is_submitted():
        form.title.data = asked.get("q", "").strip()[: collections.LONGEST_TITLE] if query else ""
    elif form.validate():
        made = collections.create(
            form.title.data,
            by=actor(),
            at=now(),
            kind=CollectionKind(form.kind.data),
            summary=form.summary.data or "",
            query=query,
            alert=bool(form.alert.data),
        )
        db.session.commit()
        if query is None:
            return redirect(_address(made), 303)
        link = {"text": _("Collections"), "url": url_for("search.collections_page")}
        flash(cast(Any, {"text": _("Saved as “%(title)s”", title=made.title), "link": link}))
        return redirect(library_address(query), 303)
    return _form(form, query=query)


@bp.get("/collections/<int:collection_id>")
@requires(Permission.ASSET_READ)
def collection(collection_id: int) -> ResponseReturnValue:
    """Its assets in their order; a saved search leads to the library."""
    person = actor()
    found = collections.get_visible(person, collection_id)
    if found.query is not None:
        return redirect(library_address(found.query))
    order = collections.asset_ids(person, found)
    shown = min(max(request.args.get("show", STEP, type=int), STEP), MOST)
    matches = [Match(asset_id, 0.0, False) for asset_id in order[:shown]]
    return render_template(
        "search/collection.html",
        collection=found,
        cards=[card(hit) for hit in hits.shown(person, matches, ())],
        total=len(order),
        last_id=order[-1] if order else None,
        more_url=url_for("search.collection", collection_id=found.id, show=shown + STEP)
        if shown < min(len(order), MOST)
        else None,
        show=shown if shown > STEP else None,
        may_change=can(person, Permission.COLLECTION_EDIT, found),
        owner=None if found.owner_id == person.id else found.owner.name,
    )


@bp.route("/collections/<int:collection_id>/edit", methods=["GET", "POST"])
@requires(Permission.COLLECTION_EDIT)
def edit_collection(collection_id: int) -> ResponseReturnValue:
    """Its title, its summary and who sees it."""
    chosen = _to_change(collection_id)
    form = CollectionForm(obj=chosen)
    form.offer(actor(), chosen)
    if not form.is_submitted():
        form.kind.data = chosen.kind.value
    elif form.validate():
        collections.change(
            chosen,
            title=form.title.data,
            summary=form.summary.data or "",
            kind=CollectionKind(form.kind.data),
            by=actor(),
            at=now(),
            alert=bool(form.alert.data),
        )
        db.session.commit()
        flash(_("Saved"))
        return redirect(_address(chosen), 303)
    return _form(form, chosen=chosen, query=chosen.query)


@bp.post("/collections/<int:collection_id>/delete")
@requires(Permission.COLLECTION_EDIT)
def delete_collection(collection_id: int) -> ResponseReturnValue:
    """Delete the collection, not its assets."""
    chosen = _to_change(collection_id)
    title = chosen.title
    collections.delete(chosen, by=actor())
    db.session.commit()
    flash(_("“%(title)s” is deleted; its assets stay in the library.", title=title))
    return redirect(url_for("search.collections_page"), 303)


@bp.post("/collections/<int:collection_id>/move")
@requires(Permission.COLLECTION_EDIT)
def move_in_collection(collection_id: int) -> ResponseReturnValue:
    """Move `asset` one place: `to` is up or down."""
    chosen = _to_change(collection_id)
    asset_id, up = _asset_id(), request.values.get("to") == "up"
    collections.move(chosen, asset_id, up=up, by=actor(), at=now())
    db.session.commit()
    show = request.values.get("show", type=int)
    return redirect(_address(chosen, show=show, _anchor=f"asset-{asset_id}"), 303)


@bp.post("/collections/<int:collection_id>/remove")
@requires(Permission.COLLECTION_EDIT)
def remove_from_collection(collection_id: int) -> ResponseReturnValue:
    """Take `asset` out; it can be put back where it was."""
    chosen = _to_change(collection_id)
    asset_id = _asset_id()
    place = collections.remove(chosen, asset_id, by=actor(), at=now())
    db.session.commit()
    if place is not None:
        back = url_for(
            "search.put_back_into_collection",
            collection_id=chosen.id,
            asset=asset_id,
            position=place,
        )
        said = _("Removed from “%(title)s”", title=chosen.title)
        flash(cast(Any, {"text": said, "undo": back}))
    return redirect(_address(chosen), 303)


@bp.post("/collections/<int:collection_id>/put-back")
@requires(Permission.COLLECTION_EDIT)
def put_back_into_collection(collection_id: int) -> ResponseReturnValue:
    """Undo of a removal: `asset` at `position`."""
    chosen = _to_change(collection_id)
    asset = queries.get_visible(actor(), _asset_id())
    position = min(max(request.values.get("position", 1, type=int), 1), 1_000_000)
    collections.put_back(chosen, asset, position, by=actor(), at=now())
    db.session.commit()
    return redirect(_address(chosen, _anchor=f"asset-{asset.id}"), 303)


@bp.get("/collections/add")
@requires(Permission.ASSET_READ)
def choose_collection() -> ResponseReturnValue:
    """Choose a collection for the assets, `asset` repeated."""
    return render_template(
        "search/collect.html",
        assets=_chosen(),
        collections=collections.editable(actor()),
        back=_back(),
    )


@bp.post("/collections/add")
@requires(Permission.ASSET_READ)
def add_to_collection() -> ResponseReturnValue:
    """Add them: `collection` names one, `title` makes a new one."""
    person, assets, title = actor(), _chosen(), request.form.get("title", "").strip()
    if title:
        chosen = collections.create(title, by=person, at=now())
    else:
        chosen = collections.get_visible(person, request.form.get("collection", 0, type=int))
    added = collections.add(chosen, assets, by=person, at=now())
    db.session.commit()
    said = ngettext(
        "%(num)s asset added to “%(title)s”",
        "%(num)s assets added to “%(title)s”",
        added,
        title=chosen.title,
    )
    link = {"text": _("Open"), "url": _address(chosen)}
    flash(cast(Any, {"text": said, "link": link}))
    return redirect(_back(), 303)


def _to_change(collection_id: int) -> Collection:
    chosen = collections.get_visible(actor(), collection_id)
    require(actor(), Permission.COLLECTION_EDIT, chosen)
    return chosen


def _form(
    form: CollectionForm, *, query: str | None, chosen: Collection | None = None
) -> ResponseReturnValue:
    page = render_template("search/collection_form.html", form=form, query=query, collection=chosen)
    return page, 400 if form.is_submitted() else 200


def _address(chosen: Collection, **values: Any) -> str:
    """Where the collection is seen and changed; a saved search leads elsewhere itself."""
    if chosen.query is not None:
        return url_for("search.collections_page")
    return url_for("search.collection", collection_id=chosen.id, **values)


def _asset_id() -> int:
    return request.values.get("asset", 0, type=int)


def _chosen() -> list[Asset]:
    """The chosen assets in their order; those that do not exist for the person are none."""
    given = request.values.getlist("asset")
    ids = [int(text) for text in given if is_id(text)]
    if len(ids) > MOST_AT_ONCE:
        raise Invalid(_("Choose at most %(num)s assets at once.", num=MOST_AT_ONCE))
    if not ids:
        raise Invalid(_("Choose at least one asset."))
    assets = queries.get_many(actor(), ids)
    if not assets:
        raise NotFound(_("There is no such asset."))
    return assets


def _back() -> str:
    """Where the choice was made: a path of ours, never another host."""
    back = request.values.get("back", "")
    safe = back.startswith("/") and not back.startswith(("//", "/\\")) and "\\" not in back
    return back if safe and back.isprintable() else url_for("search.library")

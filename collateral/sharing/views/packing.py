"""Packs: the list, the builder, and the one PDF."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.assets import downloads
from collateral.assets import queries as assets
from collateral.clock import now
from collateral.db import db
from collateral.deals import queries as deals
from collateral.errors import Invalid, NotFound
from collateral.sharing import copies, packing, packs
from collateral.sharing.forms import PackForm
from collateral.sharing.models import CopyState, Pack
from collateral.sharing.views import bp
from collateral.sharing.views.making import asking
from collateral.usage import operations as usage
from collateral.usage.models import EventKind


@bp.get("/packs")
@requires(Permission.SHARE_CREATE)
def pack_list() -> ResponseReturnValue:
    """One's own packs."""
    return render_template("sharing/packs.html", packs=packing.of(actor()))


@bp.post("/packs")
@requires(Permission.SHARE_CREATE)
def new_pack() -> ResponseReturnValue:
    """A new pack: `title`; `deal` that it is for; each `asset` to begin with, or its `page`."""
    person = actor()
    deal_id = request.form.get("deal", type=int)
    deal = deals.get_visible(person, deal_id) if deal_id else None
    title = request.form.get("title", "").strip() or (
        _("For %(deal)s", deal=deal.name) if deal else _("New pack")
    )
    pack = packing.create(title[:200], by=person, at=now(), deal=deal)
    ids = list(dict.fromkeys(request.form.getlist("asset", type=int)))[: packing.MOST_ITEMS]
    chosen = assets.get_many(person, ids)
    if len(chosen) < len(ids):
        raise NotFound(_("There is no such asset."))
    page = request.form.get("page", type=int) if len(chosen) == 1 else None
    packing.add_all(pack, [(asset, page) for asset in chosen], by=person, at=now())
    db.session.commit()
    return _to(pack)


@bp.get("/packs/add")
@requires(Permission.SHARE_CREATE)
def choose_pack() -> ResponseReturnValue:
    """Into which pack the asset goes, or the `page` of it."""
    person = actor()
    asset = assets.get_visible(person, request.args.get("asset", 0, type=int))
    return render_template(
        "sharing/pack_add.html",
        asset=asset,
        page=request.args.get("page", type=int),
        packs=packing.of(person),
    )


@bp.get("/packs/<int:pack_id>")
@requires(Permission.SHARE_CREATE)
def pack_page(pack_id: int) -> ResponseReturnValue:
    """The builder."""
    person = actor()
    pack = packing.get_own(person, pack_id)
    return _page(pack, PackForm(formdata=None, obj=pack))


@bp.post("/packs/<int:pack_id>")
@requires(Permission.SHARE_CREATE)
def change_pack(pack_id: int) -> ResponseReturnValue:
    """Name it, and say how it is bound."""
    person = actor()
    pack = packing.get_own(person, pack_id)
    form = PackForm()
    if not form.validate():
        return _page(pack, form), 400
    packing.change(
        pack,
        title=form.title.data,
        cover=form.cover.data,
        contents=form.contents.data,
        follows=form.follows.data,
        by=person,
        at=now(),
    )
    db.session.commit()
    flash(_("Kept."))
    return _to(pack)


@bp.post("/packs/<int:pack_id>/add")
@requires(Permission.SHARE_CREATE)
def add_to_pack(pack_id: int) -> ResponseReturnValue:
    """Put in `asset`, or its `page`; several pages as 2, 5-7."""
    person = actor()
    pack = packing.get_own(person, pack_id)
    asset_id = request.form.get("asset", type=int)
    if asset_id is None:
        raise Invalid(_("Choose an asset."), fields={"asset": _("Choose an asset.")})
    asset = assets.get_visible(person, asset_id)
    pages = _numbers(request.form.get("pages", "")) or [request.form.get("page", type=int)]
    packing.add_all(pack, [(asset, page) for page in pages], by=person, at=now())
    db.session.commit()
    return _to(pack)


def _numbers(text: str) -> list[int | None]:
    """2, 5-7 as [2, 5, 6, 7]. Raises Invalid."""
    found: list[int | None] = []
    for part in text.replace(" ", "").split(","):
        if not part:
            continue
        first, dash, last = part.partition("-")
        last = last if dash else first
        digits = first.isascii() and first.isdigit() and last.isascii() and last.isdigit()
        if not digits or len(first) > 5 or len(last) > 5 or int(last) < int(first):
            sentence = _("Pages are written as 2, 5-7.")
            raise Invalid(sentence, fields={"pages": sentence})
        found += range(int(first), min(int(last), int(first) + packing.MOST_ITEMS) + 1)
    return found


@bp.post("/packs/<int:pack_id>/order")
@requires(Permission.SHARE_CREATE)
def order_pack(pack_id: int) -> ResponseReturnValue:
    """Put its members in the order of `item`; or move one `up` or `down`."""
    pack = packing.get_own(actor(), pack_id)
    for word in ("up", "down"):
        moved = request.form.get(word, type=int)
        if moved is not None:
            packing.move(pack, moved, up=word == "up", at=now())
            break
    else:
        packing.order(pack, request.form.getlist("item", type=int), at=now())
    db.session.commit()
    if request.accept_mimetypes.best_match(("text/html", "application/json")) != "text/html":
        return "", 204
    return _to(pack)


@bp.post("/packs/<int:pack_id>/remove")
@requires(Permission.SHARE_CREATE)
def remove_from_pack(pack_id: int) -> ResponseReturnValue:
    """Take the member `remove` out."""
    pack = packing.get_own(actor(), pack_id)
    packing.remove(pack, request.form.get("remove", 0, type=int), at=now())
    db.session.commit()
    return _to(pack)


@bp.post("/packs/<int:pack_id>/refresh")
@requires(Permission.SHARE_CREATE)
def refresh_in_pack(pack_id: int) -> ResponseReturnValue:
    """Take the member `refresh` as it is now."""
    pack = packing.get_own(actor(), pack_id)
    item_id = request.form.get("refresh", 0, type=int)
    packing.refresh(pack, item_id, by=actor(), at=now())
    db.session.commit()
    return _to(pack)


@bp.post("/packs/<int:pack_id>/delete")
@requires(Permission.SHARE_CREATE)
def delete_pack(pack_id: int) -> ResponseReturnValue:
    """The pack goes, unless a link leads to it."""
    pack = packing.get_own(actor(), pack_id)
    packing.delete(pack)
    db.session.commit()
    flash(_("The pack is deleted."))
    return redirect(url_for("sharing.pack_list"), 303)


@bp.get("/packs/<int:pack_id>/file")
@requires(Permission.SHARE_CREATE)
def pack_file(pack_id: int) -> ResponseReturnValue:
    """The pack as one PDF; a page that waits while it is made."""
    person = actor()
    pack = packing.get_own(person, pack_id)
    members = packs.members(pack, person)
    leaves = [leaf for member in members for leaf in member.leaves]
    if not leaves:
        raise Invalid(_("There is nothing in this pack that can be bound."))
    copy = copies.pack_file(pack, leaves, at=now())
    db.session.commit()
    if copy.state is CopyState.READY and copy.sha256 is not None:
        response = downloads.send_made(copy.sha256, f"{pack.title}.pdf")
        if downloads.begins_a_download(response):
            _note(pack, members)
        return response
    failed = copy.state is CopyState.FAILED
    return (
        render_template("sharing/pack_wait.html", pack=pack, error=copy.error),
        503 if failed else 200,
        {} if failed else {"Refresh": "2"},
    )


def _note(pack: Pack, members: list[packs.Member]) -> None:
    """Each asset in the file was downloaded."""
    versions = {
        member.version.asset_id: member.version
        for member in members
        if member.version is not None and member.leaves
    }
    browser = asking()
    for version in versions.values():
        usage.record(
            EventKind.DOWNLOADED,
            version=version,
            person=actor(),
            session_key=browser.session_key,
            user_agent=browser.user_agent,
            at=now(),
            deal=pack.deal,
        )
    db.session.commit()


def _to(pack: Pack) -> Response:
    return redirect(url_for("sharing.pack_page", pack_id=pack.id), 303)


def _page(pack: Pack, form: PackForm) -> str:
    members = packs.members(pack, actor())
    return render_template(
        "sharing/pack.html",
        pack=pack,
        form=form,
        members=members,
        thumbs={member.item.id: _thumb(member) for member in members},
        total=sum(len(member.leaves) for member in members),
        asset_source=url_for("sharing.suggest"),
    )


def _thumb(member: packs.Member) -> dict[str, Any] | None:
    """The first page's small picture of a member."""
    if not member.leaves or member.version is None or member.leaves[0].preview_320 is None:
        return None
    leaf = member.leaves[0]
    return {
        "src": url_for(
            "assets.preview",
            asset_id=leaf.asset_id,
            number=member.version.number,
            page=leaf.page,
            width=320,
            v=leaf.preview_320,
        ),
        "width": leaf.width,
        "height": leaf.height,
    }

"""The rep's own pages of her links: the list, one of them with its visits, switching it off."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, can, require
from collateral.clock import now
from collateral.db import db
from collateral.sharing import access, operations, queries, visited
from collateral.sharing.views import bp
from collateral.sharing.views.making import shown_once
from collateral.sharing.views.presenting import openings_told, shown_visit, state_of

LIVE = 4
"""Seconds between two looks at a link that may be read just now."""


@bp.get("/shares")
@requires(Permission.SHARE_READ)
def index() -> ResponseReturnValue:
    """Links, one's own; `all=1` also those of deals that one sees."""
    everybody = request.args.get("all") == "1"
    found = queries.list_links(
        actor(), mine=not everybody, page=min(request.args.get("page", 1, type=int), 100_000)
    )
    ids = [share.id for share in found.links]
    return render_template(
        "sharing/list.html",
        found=found,
        everybody=everybody,
        told=visited.told(ids),
        contents=queries.contents(ids, actor()),
        states={share.id: state_of(share, now()) for share in found.links},
    )


@bp.get("/shares/<int:share_id>")
@requires(Permission.SHARE_READ)
def detail(share_id: int) -> ResponseReturnValue:
    """One link: its visits as they happen, what it asks, and what was no visit."""
    person = actor()
    share = queries.get_visible(person, share_id)
    visits = visited.visits_of([share.id])
    reads = visited.read_by_page([share.id], person)
    return render_template(
        "sharing/detail.html",
        share=share,
        state=state_of(share, now()),
        opens=access.opens(share, now()),
        contents=queries.contents([share.id], person).get(share.id, []),
        told=visited.told([share.id]).get(share.id, visited.Told()),
        reads=reads,
        visits=[shown_visit(visit, reads, now()) for visit in visits],
        openings=openings_told(visited.openings_by_outcome(share)),
        may_edit=can(person, Permission.SHARE_EDIT, share),
        every=LIVE,
    )


@bp.get("/shares/<int:share_id>/openings")
@requires(Permission.SHARE_READ)
def openings(share_id: int) -> ResponseReturnValue:
    """Every time the link was asked for, and why it is a visit or none."""
    share = queries.get_visible(actor(), share_id)
    return render_template(
        "sharing/openings.html",
        share=share,
        told=openings_told(visited.openings_by_outcome(share)),
        openings=visited.openings(share),
    )


@bp.post("/shares/<int:share_id>/off")
@requires(Permission.SHARE_EDIT)
def switch_off(share_id: int) -> ResponseReturnValue:
    """Switch the link off, at once."""
    share = queries.get_visible(actor(), share_id)
    require(actor(), Permission.SHARE_EDIT, share)
    operations.revoke(share, by=actor(), at=now())
    db.session.commit()
    flash(_("The link is switched off."))
    return redirect(url_for("sharing.detail", share_id=share.id), 303)


@bp.post("/shares/<int:share_id>/renew")
@requires(Permission.SHARE_EDIT)
def renew(share_id: int) -> ResponseReturnValue:
    """A new address for the link; the old one is dead."""
    share = queries.get_visible(actor(), share_id)
    require(actor(), Permission.SHARE_EDIT, share)
    token = operations.renew(share, by=actor(), at=now())
    db.session.commit()
    return shown_once(share, token)

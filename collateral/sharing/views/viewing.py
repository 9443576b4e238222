"""The viewer: a part of the link at one of its pages, and what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from collateral.accounts.guard import public
from collateral.assets import downloads
from collateral.clock import now
from collateral.db import db
from collateral.errors import NotFound
from collateral.limits import spend
from collateral.sharing import access, copies, queries, rules
from collateral.sharing.access import Part
from collateral.sharing.models import CopyState, Outcome
from collateral.sharing.showing import Leaf, Showing
from collateral.sharing.views import buyers
from collateral.sharing.views.buyer import (
    ASKING,
    QUIET,
    VISITOR,
    YEAR,
    Entered,
    enter,
    gate,
    keep_cookie,
    note,
    signer,
)


@buyers.get("/<token>")
@public
def open_link(token: str) -> ResponseReturnValue:
    """The link at its first page, or at what it asks for first."""
    return _page(token, None, 1)


@buyers.get("/<token>/<int:position>/<int:number>")
@public
def page(token: str, position: int, number: int) -> ResponseReturnValue:
    """The link at that page of that part."""
    return _page(token, position, number)


def _page(token: str, position: int | None, number: int) -> ResponseReturnValue:
    entered = enter(token)
    share = entered.share
    spend(ASKING, f"share:{share.id}")
    if entered.wanted:
        note(share, Outcome.GATE)
        db.session.commit()
        return gate(entered)
    parts = access.parts(share)
    part = _asked(parts, position)
    leaf = part.leaf(number) if part and (part.leaves or number != 1) else None
    view = _viewer(entered, part, leaf, number)
    # A page that asks again until its copy is made is opened when there is something to see.
    opening = note(share, None) if not (view and view["waiting"]) else None
    recorded = opening is not None and opening.outcome is not Outcome.ASKED
    db.session.commit()
    settings = queries.settings()
    answer = make_response(
        render_template(
            "sharing/buyer.html",
            share=share,
            view=view,
            parts=[_beside(entered, each) for each in parts if each is not part],
            settings=settings,
            beacon=signer().dumps([opening.id, share.id]) if opening else "",
            beat_url=entered.address("beat"),
            quiet_url=entered.address("quiet"),
            recorded=recorded or QUIET not in request.cookies,
            speaks=recorded,
            signed=bool(entered.shown.passcode or entered.shown.email),
            recorded_url=entered.address("recorded"),
            keep_days=settings.keep_days,
        )
    )
    if VISITOR not in request.cookies and recorded:
        keep_cookie(answer, VISITOR, rules.new_token()[:32], YEAR)
    return answer


def _asked(parts: Sequence[Part], position: int | None) -> Part | None:
    """The part at that position, the first for None; None where nothing is shown any more.

    Raises:
        NotFound: there is none at that position.
    """
    shown = [part for part in parts if part.showing is Showing.SHOWN]
    if position is None:
        return shown[0] if shown else None
    for part in shown:
        if part.position == position:
            return part
    raise NotFound(access.GONE)


@dataclass(frozen=True)
class Marked:
    """What there is of a part's pictures with the reader's mark; of an unmarked one nothing."""

    wanted: bool = False
    pages: set[tuple[int, int]] = field(default_factory=set)
    """Version and page of those that are made."""
    failed: set[int] = field(default_factory=set)
    """The versions of which the rest cannot be made."""

    def shows(self, leaf: Leaf) -> bool:
        """Whether the page's picture can be shown now."""
        if leaf.preview_1280 is None:
            return False
        return not self.wanted or (leaf.version_id, leaf.page) in self.pages

    def fails(self, leaf: Leaf) -> bool:
        """Whether there is a picture that cannot be marked."""
        there = leaf.preview_1280 is not None
        return there and not self.shows(leaf) and leaf.version_id in self.failed

    def waits(self, leaf: Leaf) -> bool:
        """Whether the page's picture is still to come."""
        there = leaf.preview_1280 is not None
        return there and not self.shows(leaf) and leaf.version_id not in self.failed


def _viewer(
    entered: Entered, part: Part | None, leaf: Leaf | None, number: int
) -> dict[str, Any] | None:
    """What the viewer shows of the part; None for a link whose assets are withdrawn."""
    if part is None:
        return None
    share = entered.share
    marked = _marked(entered, part)
    pages = [
        {
            "number": place,
            "title": each.title,
            "width": each.width,
            "height": each.height,
            "url": entered.address("page", position=part.position, number=place),
            "thumb": _picture(entered, part, each, place, 320, marked),
            "picture": _picture(entered, part, each, place, 1280, marked),
            "words": entered.address("words", position=part.position, number=place),
        }
        for place, each in enumerate(part.leaves, 1)
    ]
    plays = part.version is not None and downloads.plays(part.version)
    return {
        "part": part,
        "pages": pages,
        "current": pages[number - 1] if leaf is not None else None,
        "text": access.words(leaf) if leaf else "",
        "waiting": leaf is not None and marked.waits(leaf),
        "failed": leaf is not None and marked.fails(leaf),
        "media": (
            entered.address("media", position=part.position)
            if plays and not share.watermark
            else None
        ),
        "unmarked": plays and share.watermark,
        "download": entered.address("file", position=part.position) if share.download else None,
    }


def _marked(entered: Entered, part: Part) -> Marked:
    """The part's pages whose marked pictures are there; what is missing is asked for."""
    share, email = entered.share, entered.shown.email
    if not share.watermark:
        return Marked()
    version_ids = list(dict.fromkeys(leaf.version_id for leaf in part.leaves))
    failed = {
        version_id
        for version_id in version_ids
        if copies.pictures(share, version_id, email, at=now()).state is CopyState.FAILED
    }
    return Marked(True, copies.marked_pages(share, version_ids, email), failed)


def _picture(
    entered: Entered, part: Part, leaf: Leaf, place: int, width: int, marked: Marked
) -> str | None:
    if not marked.shows(leaf) or (width == 320 and leaf.preview_320 is None):
        return None
    return entered.address("picture", position=part.position, number=place, width=width)


def _beside(entered: Entered, part: Part) -> dict[str, Any]:
    """Another part of the link, in the list below the viewer."""
    first = part.leaves[0] if part.leaves else None
    shown = part.showing is Showing.SHOWN
    marked = _marked(entered, part) if shown and first is not None else Marked()
    return {
        "part": part,
        "url": entered.address("page", position=part.position, number=1) if shown else None,
        "thumb": _picture(entered, part, first, 1, 320, marked) if shown and first else None,
    }


@buyers.get("/<token>/recorded")
@public
def recorded(token: str) -> ResponseReturnValue:
    """What is recorded of a visit, in plain words."""
    entered = enter(token)
    return render_template(
        "sharing/recorded.html",
        share=entered.share,
        settings=queries.settings(),
        back_url=entered.address("open_link"),
        quiet_url=entered.address("quiet"),
        recorded=QUIET not in request.cookies,
    )

"""The bytes of a link: pictures, words, files, and videos that are played in the page."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from collateral.accounts.guard import public
from collateral.assets import downloads
from collateral.clock import now
from collateral.db import db
from collateral.errors import NotFound
from collateral.limits import spend
from collateral.sharing import access, copies, queries, visits
from collateral.sharing.access import Part
from collateral.sharing.models import Copy
from collateral.sharing.views import buyers
from collateral.sharing.views.buyer import ASKING, QUIET, Entered, inside, reader


@buyers.get("/<token>/<int:position>/<int:number>/<int:width>.webp")
@public
def picture(token: str, position: int, number: int, width: int) -> Response:
    """A page's picture, 320 or 1280 wide, with the reader's mark where the link wants one."""
    entered = inside(token)
    if width not in (320, 1280):
        raise NotFound(access.GONE)
    leaf = access.part(entered.share, position).leaf(number)
    source: Any = leaf
    if entered.share.watermark:
        source = copies.marked(entered.share, leaf, entered.shown.email)
        if source is None:
            raise NotFound(access.GONE)
    sha256 = source.preview_320 if width == 320 else source.preview_1280
    if sha256 is None:
        raise NotFound(access.GONE)
    return downloads.send_preview(sha256, None)


@buyers.get("/<token>/<int:position>/<int:number>/words")
@public
def words(token: str, position: int, number: int) -> ResponseReturnValue:
    """What the page says, as plain text."""
    leaf = access.part(inside(token).share, position).leaf(number)
    return Response(access.words(leaf), mimetype="text/plain")


@buyers.get("/<token>/<int:position>/media")
@public
def media(token: str, position: int) -> Response:
    """A video, whole or in part, for the player in the page.

    A mark cannot be burnt into it, so a link with a watermark does not play it. Where the link
    lets nothing be taken along, a browser gets it for its player and not as a file.
    """
    entered = inside(token)
    version = access.part(entered.share, position).version
    if version is None or entered.share.watermark or not downloads.plays(version):
        raise NotFound(access.GONE)
    if not entered.share.download and request.headers.get("Sec-Fetch-Dest", "video") != "video":
        raise NotFound(access.GONE)
    return downloads.send_media(version)


@buyers.get("/<token>/<int:position>/file")
@public
def file(token: str, position: int) -> ResponseReturnValue:
    """The part as a file, where the link lets it be taken along."""
    entered = inside(token)
    share = entered.share
    if not share.download:
        raise NotFound(access.GONE)
    part = access.part(share, position)
    spend(ASKING, f"share:{share.id}")
    if share.watermark or part.version is None:
        copy = _made_file(entered, part)
        db.session.commit()
        if copy.sha256 is None:
            return _not_ready(entered, copy.error)
        response = downloads.send_made(copy.sha256, f"{part.title}.pdf")
    else:
        response = downloads.send_original(part.version)
    if downloads.begins_a_download(response) and QUIET not in request.cookies:
        visits.note_download(share, reader(entered).visitor, at=now())
        db.session.commit()
    return response


def _made_file(entered: Entered, part: Part) -> Copy:
    share = entered.share
    if share.watermark and part.leaves:
        return copies.file(share, part, entered.shown.email, at=now())
    if share.pack is None or not part.leaves:
        raise NotFound(access.GONE)
    return copies.pack_file(share.pack, part.leaves, at=now(), share=share)


def _not_ready(entered: Entered, error: str | None) -> ResponseReturnValue:
    return (
        render_template(
            "sharing/wait.html",
            share=entered.share,
            settings=queries.settings(),
            failed=error is not None,
            back_url=entered.address("open_link"),
        ),
        200 if error is None else 503,
        {} if error is not None else {"Refresh": "2"},
    )

"""What a buyer opens: the viewer, its pictures, its files. Each finds anew what it may show.

Every failure is the same page. Nothing of it is kept by a cache, indexed, or told to another
site; pages are pictures, so that a reader needs no program and gets no file unasked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from itsdangerous import URLSafeTimedSerializer

from collateral.accounts import devices
from collateral.accounts.guard import public
from collateral.accounts.rules import network_of
from collateral.accounts.sessions import hash_token
from collateral.assets import downloads
from collateral.clock import now
from collateral.db import db
from collateral.errors import NotFound
from collateral.limits import Limit, spend
from collateral.sharing import access, copies, queries, rules, visits
from collateral.sharing.access import Leaf, Part, Showing
from collateral.sharing.gates import Gates, Pass
from collateral.sharing.models import Copy, Opening, Outcome, Share

buyer = Blueprint("buyer", __name__, url_prefix="/s")

ASKING = Limit("share-ask", 600, 60)
"""How often one link may be asked for anything but its pictures."""
GUESSING = Limit("share-guess", 60, 60)
"""How many unknown links one network may try."""
VISITOR = "reader"
QUIET = "unrecorded"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Entered:
    """An opened link: what it is, and what its reader has shown."""

    token: str
    share: Share
    gates: Gates
    shown: Pass

    @property
    def wanted(self) -> str:
        return self.gates.wanted(self.shown)

    def address(self, endpoint: str, **values: Any) -> str:
        """An address beneath the link."""
        return url_for(f"sharing.buyer.{endpoint}", token=self.token, **values)


def enter(token: str) -> Entered:
    """The link, found by its token. Raises NotFound, TooMany."""
    try:
        share = access.find(token, now())
    except NotFound:
        spend(GUESSING, f"network:{network_of(request.remote_addr)}")
        raise
    gates = Gates(share, current_app.extensions["settings"].secret_key)
    return Entered(token, share, gates, gates.read(request.cookies.get(pass_name(share), "")))


def inside(token: str) -> Entered:
    """The same, for who has shown all that is asked. Raises NotFound for everybody else."""
    entered = enter(token)
    if entered.wanted:
        raise NotFound(access.GONE)
    return entered


def pass_name(share: Share) -> str:
    """The cookie with what was shown for this link."""
    return f"link{share.id}"


def signer() -> URLSafeTimedSerializer:
    """Signs which opening a page belongs to, so that only a page that was sent can speak."""
    secret = current_app.extensions["settings"].secret_key
    return URLSafeTimedSerializer(secret, salt="share-opening")


def own_people() -> bool:
    """Whether somebody of ours sits at this browser: signed in now, or once."""
    if current_user.is_authenticated:
        return True
    secure = bool(current_app.extensions["settings"].secure)
    return devices.is_known(request.cookies.get(devices.cookie_name(secure=secure), "")[:100])


def reader(entered: Entered) -> visits.Reader:
    """Who reads, as far as is kept of her."""
    browser = request.cookies.get(VISITOR, "")[:64] or str(request.headers.get("User-Agent", ""))
    return visits.Reader(
        visitor=hash_token(f"{entered.share.id}/{browser}")[:40],
        user_agent=str(request.headers.get("User-Agent", "")),
        email=entered.shown.email,
        own=own_people(),
    )


@buyer.get("/<token>")
@public
def open_link(token: str) -> ResponseReturnValue:
    """The link at its first page, or at what it asks for first."""
    return _page(token, None, 1)


@buyer.get("/<token>/<int:position>/<int:number>")
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
    shown = [part for part in parts if part.showing is Showing.SHOWN]
    if position is None:
        part = shown[0] if shown else None
    else:
        part = next((each for each in shown if each.position == position), None)
        if part is None:
            raise NotFound(access.GONE)
    leaf = part.leaf(number) if part and (part.leaves or number != 1) else None
    view = _viewer(entered, part, leaf, number)
    # A page that asks again until its copy is made is opened when there is something to see.
    opening = note(share, None) if not (view and view["waiting"]) else None
    recorded = opening is not None and opening.outcome is not Outcome.ASKED
    db.session.commit()
    answer = make_response(
        render_template(
            "sharing/buyer.html",
            share=share,
            view=view,
            parts=[_beside(entered, each) for each in parts if each is not part],
            settings=queries.settings(),
            beacon=signer().dumps([opening.id, share.id]) if opening else "",
            beat_url=entered.address("beat"),
            quiet_url=entered.address("quiet"),
            recorded=recorded or QUIET not in request.cookies,
            speaks=recorded,
            signed=bool(entered.shown.passcode or entered.shown.email),
            recorded_url=entered.address("recorded"),
            keep_days=queries.settings().keep_days,
        )
    )
    if VISITOR not in request.cookies and recorded:
        keep_cookie(answer, VISITOR, rules.new_token()[:32], YEAR)
    return answer


def gate(entered: Entered, **values: Any) -> str:
    """The page that asks for the passcode or for an address."""
    return render_template(
        "sharing/gate.html",
        share=entered.share,
        wanted=entered.wanted,
        settings=queries.settings(),
        passcode_url=entered.address("passcode"),
        email_url=entered.address("email"),
        code_url=entered.address("code"),
        **values,
    )


def note(share: Share, outcome: Outcome | None) -> Opening:
    """Write the opening down; without an outcome, what the request itself tells."""
    program = str(request.headers.get("User-Agent", ""))
    found = rules.outcome_of(
        request.method, request.headers, own=own_people(), asked=QUIET in request.cookies
    )
    silent = found is Outcome.SILENT and outcome is not None
    return visits.note_opening(
        share, outcome if silent and outcome else found, at=now(), user_agent=program
    )


def _viewer(
    entered: Entered, part: Part | None, leaf: Leaf | None, number: int
) -> dict[str, Any] | None:
    """What the viewer shows of the part; None for a link whose assets are withdrawn."""
    if part is None:
        return None
    share = entered.share
    made = _made(entered, part)
    pages = [
        {
            "number": place,
            "title": each.title,
            "width": each.width,
            "height": each.height,
            "url": entered.address("page", position=part.position, number=place),
            "thumb": _picture(entered, part, each, place, 320, made),
            "picture": _picture(entered, part, each, place, 1280, made),
            "words": entered.address("words", position=part.position, number=place),
        }
        for place, each in enumerate(part.leaves, 1)
    ]
    current = pages[number - 1] if leaf is not None else None
    return {
        "part": part,
        "pages": pages,
        "current": current,
        "text": access.words(leaf) if leaf else "",
        "waiting": share.watermark
        and leaf is not None
        and (leaf.version_id, leaf.page) not in made,
        "download": (entered.address("file", position=part.position) if share.download else None),
    }


def _made(entered: Entered, part: Part) -> set[tuple[int, int]]:
    """The pages of the part whose marked pictures are there; what is missing is asked for."""
    share, email = entered.share, entered.shown.email
    if not share.watermark:
        return set()
    version_ids = list(dict.fromkeys(leaf.version_id for leaf in part.leaves))
    for version_id in version_ids:
        copies.pictures(share, version_id, email, at=now())
    return copies.marked_pages(share, version_ids, email)


def _picture(
    entered: Entered, part: Part, leaf: Leaf, place: int, width: int, made: set[tuple[int, int]]
) -> str | None:
    if (leaf.preview_320 if width == 320 else leaf.preview_1280) is None:
        return None
    if entered.share.watermark and (leaf.version_id, leaf.page) not in made:
        return None
    return entered.address("picture", position=part.position, number=place, width=width)


def _beside(entered: Entered, part: Part) -> dict[str, Any]:
    """Another part of the link, in the list below the viewer."""
    first = part.leaves[0] if part.leaves else None
    shown = part.showing is Showing.SHOWN
    made = _made(entered, part) if shown and first is not None else set()
    return {
        "part": part,
        "url": entered.address("page", position=part.position, number=1) if shown else None,
        "thumb": _picture(entered, part, first, 1, 320, made) if shown and first else None,
    }


@buyer.get("/<token>/<int:position>/<int:number>/<int:width>.webp")
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


@buyer.get("/<token>/<int:position>/<int:number>/words")
@public
def words(token: str, position: int, number: int) -> ResponseReturnValue:
    """What the page says, as plain text."""
    leaf = access.part(inside(token).share, position).leaf(number)
    return Response(access.words(leaf), mimetype="text/plain")


@buyer.get("/<token>/<int:position>/file")
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


@buyer.get("/<token>/recorded")
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


def keep_cookie(response: Response, name: str, value: str, seconds: float) -> None:
    """A cookie for the links alone, which no script reads."""
    response.set_cookie(
        name,
        value,
        max_age=int(seconds),
        path=buyer.url_prefix or "/",
        secure=bool(current_app.extensions["settings"].secure),
        httponly=True,
        samesite="Lax",
    )


@buyer.after_request
def seal(response: Response) -> Response:
    """No cache keeps it, no other site learns of it, no index has it."""
    headers = response.headers
    headers["Cache-Control"] = "private, no-store"
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Robots-Tag"] = "noindex, nofollow, noarchive, nosnippet, noimageindex"
    for name in ("ETag", "Last-Modified"):
        headers.pop(name, None)
    return response


@buyer.errorhandler(NotFound)
def gone(_error: NotFound) -> ResponseReturnValue:
    """One page for whatever is wrong with a link: it says nothing of which it was."""
    db.session.rollback()
    return render_template("sharing/gone.html", settings=queries.settings()), 404

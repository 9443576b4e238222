"""How a buyer comes in: the link behind the address, what was shown for it, who reads.

Every failure is the same page. Nothing of it is kept by a cache, indexed, or told to another
site; pages are pictures, so that a reader needs no program and gets no file unasked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from itsdangerous import URLSafeTimedSerializer

from collateral.accounts import devices
from collateral.accounts.rules import network_of
from collateral.accounts.sessions import hash_token
from collateral.clock import now
from collateral.db import db
from collateral.errors import NotFound
from collateral.limits import Limit, spend
from collateral.sharing import access, queries, rules, visits
from collateral.sharing.gates import Gates, Pass
from collateral.sharing.models import Opening, Outcome, Share
from collateral.sharing.views import buyers

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


def keep_cookie(response: Response, name: str, value: str, seconds: float) -> None:
    """A cookie for the links alone, which no script reads."""
    response.set_cookie(
        name,
        value,
        max_age=int(seconds),
        path=buyers.url_prefix or "/",
        secure=bool(current_app.extensions["settings"].secure),
        httponly=True,
        samesite="Lax",
    )


@buyers.after_request
def seal(response: Response) -> Response:
    """No cache keeps it, no other site learns of it, no index has it."""
    headers = response.headers
    headers["Cache-Control"] = "private, no-store"
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Robots-Tag"] = "noindex, nofollow, noarchive, nosnippet, noimageindex"
    for name in ("ETag", "Last-Modified"):
        headers.pop(name, None)
    return response


@buyers.errorhandler(NotFound)
def gone(_error: NotFound) -> ResponseReturnValue:
    """One page for whatever is wrong with a link: it says nothing of which it was."""
    db.session.rollback()
    return render_template("sharing/gone.html", settings=queries.settings()), 404

"""What these views share: letting a browser in, and the cookie by which it is known later."""

from __future__ import annotations

from flask import Response, current_app, make_response, redirect, request
from flask.typing import ResponseReturnValue

from collateral.accounts import devices, operations, sessions
from collateral.accounts.models import KnownDevice, Person
from collateral.accounts.rules import safe_next
from collateral.clock import now
from collateral.db import db, is_id

HOME = "/"


def settings_secure() -> bool:
    return bool(current_app.extensions["settings"].secure)


def base_url() -> str:
    """The address that links in mails begin with; never what a request says."""
    return str(current_app.extensions["settings"].base_url)


def known_device(email: str) -> KnownDevice | None:
    """This browser, when it once signed in to the account of that address."""
    return devices.known(request.cookies.get(_cookie_name(), "")[:100], email)


def enter(person: Person, *, how: str, next_page: str | None = None) -> ResponseReturnValue:
    """Sign the person in on this browser, commit, and lead on to a page of ours."""
    at = now()
    token = devices.remember(person, known_device(person.email), at=at)
    sessions.start(person, request.user_agent.string)
    operations.signed_in(person, at=at, how=how)
    db.session.commit()
    response = make_response(redirect(safe_next(next_page) or HOME, 303))
    if token:
        _set_cookie(response, token)
    return response


def unkept(page: str, status: int = 200) -> Response:
    """A page that holds a secret, or one's address does: no cache keeps it."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _cookie_name() -> str:
    return devices.cookie_name(secure=settings_secure())


def _set_cookie(response: Response, token: str) -> None:
    response.set_cookie(
        _cookie_name(),
        token,
        max_age=devices.KEPT,
        secure=settings_secure(),
        httponly=True,
        samesite="Lax",
        path="/",
    )


def asked_number(name: str) -> int | None:
    """A row's number in the address; what cannot be one is left out."""
    value = request.args.get(name, "")
    return int(value) if is_id(value) else None


def asked_words(name: str) -> str:
    """Words in the address, as many as anybody would type."""
    return request.args.get(name, "").strip()[:200]

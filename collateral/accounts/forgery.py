"""Writes come from our own pages or they do not come at all.

Before anybody is asked who they are, every write must say that it began here
(Sec-Fetch-Site, Origin: what browsers tell and pages cannot forge) and carry the token of
this browser's session. Only routes for API tokens are exempt: they read no cookie, so a
foreign page has nothing to borrow.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, request, session
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms.validators import ValidationError

from collateral.accounts.guard import TOKEN, permission_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
HEADERS = ("X-CSRFToken", "X-CSRF-Token")


def init_app(app: Flask) -> None:
    """Check every write. Registered before sign-in and permissions."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.before_request(check)


def check() -> None:
    """Refuse a write that does not come from our own page."""
    if request.method in SAFE or request.endpoint is None:
        return
    if permission_of(request.endpoint) == TOKEN:
        return
    if not came_from_here():
        abort(403, "This was sent by another site's page.")
    try:
        validate_csrf(_token_sent())
    except ValidationError as error:
        raise CSRFError(str(error)) from error
    g.csrf_valid = True  # form classes look at this and do not check again


def came_from_here() -> bool:
    """What the browser says of the page that sends this; programs say nothing, which is fine."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    if origin == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin":
        # So a form is sent from a page that tells nobody its address (a buyer's link); the
        # browser itself says that the page is ours, which no other page can make it say.
        return True
    parts = urlsplit(origin)
    ours = {request.host, urlsplit(current_app.extensions["settings"].base_url).netloc}
    return parts.scheme in ("http", "https") and parts.netloc in ours


def _token_sent() -> str | None:
    for name in HEADERS:
        if token := request.headers.get(name):
            return token
    if "csrf_token" not in session:
        # No page of ours was ever open here: the body (a large upload, perhaps) is not even read.
        return None
    return request.form.get("csrf_token")

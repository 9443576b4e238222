"""To the identity provider and back. Each browser keeps what it began, for ten minutes."""

from __future__ import annotations

import hmac
import logging
from datetime import timedelta
from typing import Any

from flask import abort, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from collateral.accounts import single_sign_on, throttle
from collateral.accounts.forms import SignInForm
from collateral.accounts.guard import public
from collateral.accounts.models import SignInAttempt
from collateral.accounts.rules import safe_next
from collateral.accounts.throttle import Attempted
from collateral.accounts.views import bp
from collateral.accounts.views.browser import HOME, base_url, enter
from collateral.accounts.views.sign_in import page
from collateral.clock import now
from collateral.config import Settings
from collateral.config_rules import IdentityProvider
from collateral.db import db
from collateral.errors import TooMany

KEPT = timedelta(minutes=10)
AT_ONCE = 3
"""Sign-ins that one browser may have begun: all of them are in its cookie."""
LONGEST_NEXT = 600
BEGUN = "single_sign_on"

log = logging.getLogger(__name__)


@bp.get("/sign-in/single-sign-on")
@public
def begin_single_sign_on() -> ResponseReturnValue:
    provider = _provider()
    from collateral.accounts import provider as way

    next_page = safe_next(request.args.get("next", "")[: LONGEST_NEXT + 1])
    if next_page and len(next_page) > LONGEST_NEXT:
        next_page = None  # it would not fit into the cookie
    if current_user.is_authenticated:
        return redirect(next_page or HOME)
    try:
        address, made = way.begin(provider, _answer_to())
    except way.Away as error:
        return _away(provider, error, next_page)
    kept = {**made, "at": now().timestamp(), "next": next_page or ""}
    session[BEGUN] = [*_begun(), kept][-AT_ONCE:]
    return redirect(address)


@bp.get("/sign-in/single-sign-on/answer")
@public
def single_sign_on_answer() -> ResponseReturnValue:
    """The browser comes back: whoever the provider vouches for is let in, or told why not."""
    provider, begun = _provider(), _taken(request.args.get("state", ""))
    try:
        attempt = throttle.begin(
            Attempted.SINGLE_SIGN_ON,
            request.args.get("state", "")[:100],
            address=request.remote_addr,
            device=None,
            secret=current_app.extensions["settings"].secret_key,
            at=now(),
        )
    except TooMany as error:
        db.session.rollback()
        return _told(error.sentence, 429, retry_after=error.retry_after)
    db.session.commit()
    if begun is None:
        return _refused(
            "state",
            _("This sign-in was begun in another browser, too long ago, or is over. Begin again."),
        )
    return _let_in(provider, begun, attempt)


def _let_in(
    provider: IdentityProvider, begun: dict[str, Any], attempt: SignInAttempt
) -> ResponseReturnValue:
    """Ask the provider for the code whom it means; commits, however it ends."""
    from collateral.accounts import provider as way

    try:
        found = way.claims(provider, request.args, begun, _answer_to())
        person = single_sign_on.known(found.issuer, found.subject, found.email)
    except way.Away as error:
        throttle.forgive(attempt)
        db.session.commit()
        return _away(provider, error, begun["next"])
    except way.Refused as error:
        sentence = _(
            "%(name)s did not confirm who you are. Try again, or ask an admin of your library.",
            name=provider.name,
        )
        return _refused(str(error), sentence, next_page=begun["next"])
    except single_sign_on.Unknown as error:
        db.session.rollback()
        sentence = _(
            "Nobody here is known by your account at %(name)s. Ask an admin of your library to "
            "invite you.",
            name=provider.name,
        )
        return _refused(error.reason, sentence, 403, person_id=error.person_id)
    throttle.forgive(attempt)
    return enter(person, how=single_sign_on.HOW, next_page=begun["next"])


def _provider() -> IdentityProvider:
    settings: Settings = current_app.extensions["settings"]
    return settings.identity_provider or abort(404)


def _answer_to() -> str:
    """The address that the provider was told, whatever host a request named."""
    return base_url() + url_for("accounts.single_sign_on_answer")


def _begun() -> list[dict[str, Any]]:
    """What this browser began and may still end."""
    since = (now() - KEPT).timestamp()
    return [each for each in session.get(BEGUN, []) if each["at"] > since]


def _taken(state: str) -> dict[str, Any] | None:
    """What belongs to the state, once: it is gone from the browser, however this ends."""
    begun = _begun()
    found = [each for each in begun if hmac.compare_digest(each["state"].encode(), state.encode())]
    session[BEGUN] = [each for each in begun if each not in found]
    return found[0] if found else None


def _away(
    provider: IdentityProvider, error: Exception, next_page: str | None
) -> ResponseReturnValue:
    log.warning("identity_provider_away", extra={"reason": str(error)})
    sentence = _(
        "%(name)s cannot be reached just now. Try again in a minute, or use your password.",
        name=provider.name,
    )
    return _told(sentence, 503, next_page=next_page, retry_after=60)


def _refused(
    reason: str,
    sentence: str,
    status: int = 400,
    *,
    person_id: int | None = None,
    next_page: str | None = None,
) -> ResponseReturnValue:
    single_sign_on.refused(reason, person_id=person_id)
    db.session.commit()
    return _told(sentence, status, next_page=next_page)


def _told(
    sentence: str, status: int, *, next_page: str | None = None, retry_after: int | None = None
) -> ResponseReturnValue:
    form = SignInForm(formdata=None, next=next_page or "")
    form.form_errors.append(sentence)
    return page(form, status, retry_after)

"""The gates of a link: the passcode, and a code by mail. Many tries are slowed down."""

from __future__ import annotations

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from collateral.accounts.guard import public
from collateral.accounts.rules import network_of
from collateral.clock import now
from collateral.db import db
from collateral.limits import Limit, spend
from collateral.queue import send
from collateral.sharing import copies, rules
from collateral.sharing.gates import KEPT, Pass
from collateral.sharing.jobs import send_code
from collateral.sharing.views import buyers
from collateral.sharing.views.buyer import Entered, enter, gate, keep_cookie, pass_name

TRIES = Limit("share-try", 10, 600)
"""Of one network at one link; what is tried is the passcode or a code."""
ALL_TRIES = Limit("share-tries", 100, 3600)
"""Of everybody at one link."""
CODES = Limit("share-codes", 5, 900)
"""Codes that one network has sent for one link."""
ALL_CODES = Limit("share-all-codes", 40, 3600)


@buyers.post("/<token>/passcode")
@public
def passcode(token: str) -> ResponseReturnValue:
    """Open with the passcode."""
    entered = enter(token)
    if entered.wanted != "passcode":
        return _on(entered, None)
    _try(entered)
    if not entered.gates.opens_with(request.form.get("passcode", "")[:200]):
        return gate(entered, error=_("This is not the passcode.")), 400
    return _on(entered, Pass(passcode=True, email=entered.shown.email))


@buyers.post("/<token>/email")
@public
def email(token: str) -> ResponseReturnValue:
    """Ask for a code. The answer is the same whether or not the address may come in."""
    entered = enter(token)
    if entered.wanted != "email":
        return _on(entered, None)
    address = rules.normal_email(request.form.get("email", "")[:300])
    if not address:
        typed = request.form.get("email", "")[:254]
        return gate(entered, error=_("This is no e-mail address."), email=typed), 400
    network = network_of(request.remote_addr)
    spend(CODES, f"share:{entered.share.id}:{network}")
    spend(ALL_CODES, f"share:{entered.share.id}")
    send(send_code, entered.share.id, address, str(get_locale() or "en"))
    return gate(entered, sent_to=address)


@buyers.post("/<token>/code")
@public
def code(token: str) -> ResponseReturnValue:
    """Open with the code that came by mail."""
    entered = enter(token)
    if entered.wanted != "email":
        return _on(entered, None)
    _try(entered)
    address = rules.normal_email(request.form.get("email", "")[:300])
    right = entered.gates.proves(address, request.form.get("code", "")[:20], now())
    db.session.commit()
    if not right:
        sentence = _("This code does not fit, or it is too old. Have another sent.")
        return gate(entered, error=sentence, sent_to=address), 400
    if entered.share.watermark:
        copies.prepare(entered.share, address, at=now())
        db.session.commit()
    return _on(entered, Pass(passcode=entered.shown.passcode, email=address))


def _try(entered: Entered) -> None:
    spend(TRIES, f"share:{entered.share.id}:{network_of(request.remote_addr)}")
    spend(ALL_TRIES, f"share:{entered.share.id}")


def _on(entered: Entered, shown: Pass | None) -> Response:
    """To the link itself, with what was shown in a cookie."""
    answer = make_response(redirect(entered.address("open_link"), 303))
    if shown is not None:
        keep_cookie(
            answer, pass_name(entered.share), entered.gates.write(shown), KEPT.total_seconds()
        )
    return answer

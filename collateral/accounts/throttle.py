"""Guessing is slowed down, never answered with a lock.

Failures count for an account from one network, and for a network over all accounts; the
longer they go on, the longer the next try waits. A browser that once signed in as this
person is counted by itself, so an attack from anywhere, even from the same office, leaves
it alone; and a link by mail always works.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import LazyString, lazy_ngettext
from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.orm.exc import ObjectDeletedError

from collateral.accounts.models import KnownDevice, SignInAttempt
from collateral.accounts.rules import Patience, network_of
from collateral.db import db, is_sqlite
from collateral.errors import TooMany

REMEMBERED = timedelta(hours=1)
ACCOUNT = Patience(free=5, longest=timedelta(minutes=5))
NETWORK = Patience(free=30, longest=timedelta(minutes=1))


class Attempted(StrEnum):
    """What is tried; each has its own count."""

    SIGN_IN = "sign_in"
    RESET = "reset"
    SINGLE_SIGN_ON = "single_sign_on"
    PASSWORD = "password"  # noqa: S105 - the name of a kind, the old one asked for at a change


def begin(
    what: Attempted,
    email: str,
    *,
    address: str | None,
    device: KnownDevice | None,
    secret: str,
    at: datetime,
) -> SignInAttempt:
    """Note a try before it is judged, so that many at once count, too. Commit before judging.

    Raises:
        TooMany: it comes too early; nothing is noted when the edge rolls back.
    """
    account = _account(what, email, secret)
    network = f"{what}/device {device.id}" if device else f"{what}/{network_of(address)}"
    _one_at_a_time(network)
    attempt = SignInAttempt(account=account, network=network, at=at)
    db.session.add(attempt)
    db.session.flush()  # SQLite's write lock is taken here, before the count is read
    mine = [_left(ACCOUNT, attempt, SignInAttempt.account == account)]
    if device is None:
        mine.append(_left(NETWORK, attempt))
    seconds = -(-max(mine) // timedelta(seconds=1))
    if seconds > 0:
        raise TooMany(_spoken(seconds), retry_after=seconds)
    return attempt


def forgive(attempt: SignInAttempt) -> None:
    """It was the right person: forget her tries from here."""
    try:
        account, network = attempt.account, attempt.network
    except ObjectDeletedError:
        return  # she signed in twice at once: the other one has forgotten them all
    db.session.execute(
        delete(SignInAttempt).where(
            SignInAttempt.account == account, SignInAttempt.network == network
        )
    )


def sweep(at: datetime) -> None:
    """Remove what no longer slows anybody down."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < at - REMEMBERED))


def _left(patience: Patience, attempt: SignInAttempt, *only: ColumnElement[bool]) -> timedelta:
    failures, last = db.session.execute(
        select(func.count(), func.max(SignInAttempt.at)).where(
            SignInAttempt.network == attempt.network,
            SignInAttempt.at > attempt.at - REMEMBERED,
            SignInAttempt.id != attempt.id,
            *only,
        )
    ).one()
    return patience.left(failures, last, attempt.at)


def _one_at_a_time(network: str) -> None:
    if not is_sqlite():
        db.session.execute(
            text("select pg_advisory_xact_lock(7210002, hashtext(:network))"), {"network": network}
        )


def _account(what: Attempted, email: str, secret: str) -> str:
    """A keyed hash: the table must not tell which addresses were tried."""
    message = f"{what}:{email.strip().casefold()}".encode(errors="replace")
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _spoken(seconds: int) -> LazyString:
    if seconds < 60:
        return lazy_ngettext(
            "Too many tries from here. Wait a second, then try again.",
            "Too many tries from here. Wait %(num)s seconds, then try again.",
            seconds,
        )
    return lazy_ngettext(
        "Too many tries from here. Wait a minute, then try again.",
        "Too many tries from here. Wait %(num)s minutes, then try again.",
        -(-seconds // 60),
    )

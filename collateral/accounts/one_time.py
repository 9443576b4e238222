"""Links that work once: set-up, first sign-in, password reset.

Opening one changes nothing (mail programs open links, too); the form behind it uses it up.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, func, or_, select, update

from collateral.accounts.models import OneTimeToken, Person, TokenPurpose
from collateral.accounts.sessions import hash_token
from collateral.db import db
from collateral.errors import NotFound

LIFETIME = {
    TokenPurpose.SETUP: timedelta(hours=24),
    TokenPurpose.SIGN_IN: timedelta(days=7),
    TokenPurpose.RESET: timedelta(hours=1),
}
_PATHS = {
    TokenPurpose.SETUP: "/setup/",
    TokenPurpose.SIGN_IN: "/sign-in/link/",
    TokenPurpose.RESET: "/reset/",
}
GONE = _("This link has been used, has expired, or never was one.")


def issue(purpose: TokenPurpose, person: Person | None, *, at: datetime) -> str:
    """A new token. It is nowhere else to be had: the database keeps its hash."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        OneTimeToken(
            token_hash=hash_token(token),
            purpose=purpose,
            person_id=person.id if person else None,
            created_at=at,
            expires_at=at + LIFETIME[purpose],
        )
    )
    return token


def address(base_url: str, purpose: TokenPurpose, token: str) -> str:
    """What to open. Always under the configured address, whatever host a request named."""
    return base_url + _PATHS[purpose] + token


def find(purpose: TokenPurpose, token: str, *, at: datetime) -> OneTimeToken:
    """The token's row while it works. Raises NotFound, with the same words for every reason."""
    row = db.session.scalar(
        select(OneTimeToken).where(
            OneTimeToken.token_hash == hash_token(token),
            OneTimeToken.purpose == purpose,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > at,
        )
    )
    if row is None:
        raise NotFound(GONE)
    return row


def person_of(row: OneTimeToken) -> Person:
    """Whom the link is for. Raises NotFound for somebody who was switched off."""
    person = db.session.get(Person, row.person_id) if row.person_id else None
    if person is None or not person.active:
        raise NotFound(GONE)
    return person


def use(row: OneTimeToken, *, at: datetime) -> None:
    """Use it up. Raises NotFound when somebody else was faster."""
    changed = db.session.execute(
        update(OneTimeToken)
        .where(OneTimeToken.id == row.id, OneTimeToken.used_at.is_(None))
        .values(used_at=at)
        .returning(OneTimeToken.id)
    )
    if changed.scalar() is None:
        raise NotFound(GONE)


def revoke_all(person: Person) -> None:
    """Links that lie in the person's mail stop working."""
    db.session.execute(
        delete(OneTimeToken).where(
            OneTimeToken.person_id == person.id, OneTimeToken.used_at.is_(None)
        )
    )


def issued_since(purpose: TokenPurpose, person: Person, since: datetime) -> int:
    """How many were made for the person since then."""
    return (
        db.session.scalar(
            select(func.count()).where(
                OneTimeToken.person_id == person.id,
                OneTimeToken.purpose == purpose,
                OneTimeToken.created_at > since,
            )
        )
        or 0
    )


def sweep(at: datetime) -> None:
    """Remove what has been used or has expired."""
    db.session.execute(
        delete(OneTimeToken).where(
            or_(OneTimeToken.expires_at < at, OneTimeToken.used_at < at - timedelta(days=1))
        )
    )

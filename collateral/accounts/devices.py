"""Browsers that once signed in as somebody. See `throttle`.

The cookie holds 256 random bits and the database their hash; that cannot be forged, so a
signature would add nothing, and a row, unlike a signature, can be taken back.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from collateral.accounts.models import KnownDevice, Person
from collateral.accounts.sessions import hash_token
from collateral.db import db

KEPT = timedelta(days=180)


def cookie_name(*, secure: bool) -> str:
    """What the cookie is called."""
    return "__Host-device" if secure else "device"


def is_known(token: str) -> bool:
    """Whether somebody of ours ever signed in at this browser."""
    if not token:
        return False
    row = select(KnownDevice.id).where(KnownDevice.token_hash == hash_token(token))
    return db.session.scalar(row) is not None


def known(token: str, email: str) -> KnownDevice | None:
    """The device, when it is known for the account of that address."""
    if not token:
        return None
    return db.session.scalar(
        select(KnownDevice)
        .join(Person, Person.id == KnownDevice.person_id)
        .where(
            KnownDevice.token_hash == hash_token(token),
            Person.email == email.strip().lower(),
        )
    )


def remember(person: Person, device: KnownDevice | None, *, at: datetime) -> str | None:
    """Know this browser from now on; the token for its cookie, None when it has one."""
    if device is not None and device.person_id == person.id:
        device.seen_at = at
        return None
    token = secrets.token_urlsafe(32)
    db.session.add(KnownDevice(token_hash=hash_token(token), person_id=person.id, seen_at=at))
    return token


def forget_all(person: Person) -> None:
    """Whoever knew the old password may have made a device known."""
    db.session.execute(delete(KnownDevice).where(KnownDevice.person_id == person.id))


def sweep(at: datetime) -> None:
    """Forget browsers that have not been seen for long."""
    db.session.execute(delete(KnownDevice).where(KnownDevice.seen_at < at - KEPT))

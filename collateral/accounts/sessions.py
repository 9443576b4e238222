"""Signed-in browsers: a random token in the cookie, its hash in the database.

The session rotates at sign-in (Flask's session is emptied and a new token made),
expires when idle and absolutely, and ends when the password changes because its
row goes.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from flask import Flask, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person, SignInSession
from collateral.clock import now
from collateral.db import db

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
NOTE_AFTER = timedelta(minutes=1)

login_manager = LoginManager()
login_manager.session_protection = None


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login calls the user: one browser in which a person is signed in."""

    def __init__(self, person: Person, token: str, row_id: int) -> None:
        self.person = person
        self.token = token
        self.row_id = row_id

    def get_id(self) -> str:
        return self.token


def hash_token(token: str) -> str:
    """SHA-256 in hex; tokens are 256 bits of randomness, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def start(person: Person, user_agent: str) -> None:
    """Sign the person in on this browser under a new session; the one it had is over."""
    if current_user and current_user.is_authenticated:
        _remove(current_user.row_id)
    session.clear()
    token = secrets.token_urlsafe(32)
    row = SignInSession(token_hash=hash_token(token), person=person, user_agent=user_agent[:300])
    db.session.add(row)
    db.session.flush()  # its id is needed
    login_user(SignedIn(person, token, row.id))


def end(signed_in: SignedIn) -> None:
    """Sign this browser out."""
    _remove(signed_in.row_id)
    logout_user()
    session.clear()


def end_all(person: Person) -> None:
    """Sign the person out everywhere: password or roles changed, or she was switched off."""
    db.session.execute(delete(SignInSession).where(SignInSession.person_id == person.id))


def end_one(person: Person, row_id: int) -> None:
    """Sign one of the person's browsers out. Nothing happens when it is not hers."""
    db.session.execute(
        delete(SignInSession).where(
            SignInSession.id == row_id, SignInSession.person_id == person.id
        )
    )


def sweep(at: datetime) -> None:
    """Remove sessions that have expired."""
    db.session.execute(
        delete(SignInSession).where(
            or_(SignInSession.seen_at < at - IDLE, SignInSession.created_at < at - ABSOLUTE)
        )
    )


def live(person: Person, at: datetime) -> list[SignInSession]:
    """The browsers in which the person is signed in now, the last seen first."""
    return list(
        db.session.scalars(
            select(SignInSession)
            .where(
                SignInSession.person_id == person.id,
                SignInSession.seen_at >= at - IDLE,
                SignInSession.created_at >= at - ABSOLUTE,
            )
            .order_by(SignInSession.seen_at.desc())
        )
    )


def _remove(row_id: int) -> None:
    db.session.execute(delete(SignInSession).where(SignInSession.id == row_id))


# Each request begins with this: made once, and with roles and teams instead of by two more queries.
_PERSON = joinedload(SignInSession.person)
_SIGNED_IN = (
    select(SignInSession)
    .where(SignInSession.token_hash == bindparam("token_hash"))
    .options(_PERSON.joinedload(Person.role_rows), _PERSON.joinedload(Person.teams))
)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    row = db.session.scalars(_SIGNED_IN, {"token_hash": hash_token(token)}).unique().one_or_none()
    moment = now()
    if row is None or not row.person.active:
        return None
    if moment - row.seen_at > IDLE or moment - row.created_at > ABSOLUTE:
        return None
    if moment - row.seen_at > NOTE_AFTER:
        db.session.execute(
            update(SignInSession).where(SignInSession.id == row.id).values(seen_at=moment)
        )
        db.session.commit()
    return SignedIn(row.person, token, row.id)


def init_app(app: Flask) -> None:
    login_manager.init_app(app)

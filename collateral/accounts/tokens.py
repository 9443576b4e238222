"""API tokens: shown once, kept as their SHA-256, limited by scopes and a date."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from collateral.accounts import audit
from collateral.accounts.models import ApiToken, Person, Role
from collateral.accounts.sessions import hash_token
from collateral.db import db
from collateral.errors import Invalid, NotFound

# Those who search code for leaked secrets know a token by it.
PREFIX = "collateral_"
LONGEST = timedelta(days=366)
NOTE_AFTER = timedelta(minutes=5)


class Scope(StrEnum):
    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


def create(
    person: Person,
    name: str,
    scopes: Iterable[str],
    *,
    by: Person | None,
    at: datetime,
    lifetime: timedelta = timedelta(days=90),
) -> tuple[ApiToken, str]:
    """A new token of the person's, and its text, which is nowhere else to be had.

    Raises:
        Invalid: an unknown scope, one that the person may not have, or a date too far off.
    """
    wanted = _some_scopes(person, scopes)
    if not timedelta(0) < lifetime <= LONGEST:
        raise Invalid(
            _("A token holds for a year at most."), fields={"days": _("A year is the longest.")}
        )
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        person_id=person.id,
        name=name.strip()[:100] or "Token",
        token_hash=hash_token(text),
        scopes=wanted,
        created_at=at,
        expires_at=at + lifetime,
    )
    db.session.add(token)
    db.session.flush()  # the trail needs its id
    audit.record("token.created", by=by, kind="token", id=token.id, scopes=wanted, of=person.id)
    return token, text


def _some_scopes(person: Person, scopes: Iterable[str]) -> list[str]:
    wanted, choose = sorted(set(scopes)), _("Choose among read, write and admin.")
    unknown = [scope for scope in wanted if scope not in list(Scope)]
    if unknown:
        sentence = _("Scopes are read, write and admin, not “%(value)s”.", value=", ".join(unknown))
        raise Invalid(sentence, fields={"scopes": choose})
    if not wanted:
        raise Invalid(choose, fields={"scopes": choose})
    if Scope.ADMIN in wanted and Role.ADMIN not in person.roles:
        sentence = _("Only an admin's token may have the scope “admin”.")
        raise Invalid(sentence, fields={"scopes": sentence})
    return wanted


def find(text: str, *, at: datetime) -> ApiToken | None:
    """The token with its person, while it holds and she may sign in."""
    return db.session.scalar(
        select(ApiToken)
        .join(ApiToken.person)
        .where(
            ApiToken.token_hash == hash_token(text),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > at,
            Person.active.is_(True),
        )
        .options(joinedload(ApiToken.person))
    )


def note_use(token: ApiToken, *, at: datetime) -> bool:
    """Write down that it was used, at most once in five minutes; whether there is to commit."""
    if token.last_used_at and at - token.last_used_at < NOTE_AFTER:
        return False
    db.session.execute(update(ApiToken).where(ApiToken.id == token.id).values(last_used_at=at))
    return True


def get_own(person: Person, token_id: int) -> ApiToken:
    """One of the person's own tokens. Raises NotFound for anybody else's."""
    token = db.session.scalar(
        select(ApiToken).where(ApiToken.id == token_id, ApiToken.person_id == person.id)
    )
    if token is None:
        raise NotFound(_("There is no such token."))
    return token


def revoke(token: ApiToken, *, by: Person, at: datetime) -> None:
    """From now on it opens nothing."""
    if token.revoked_at is None:
        token.revoked_at = at
        audit.record("token.revoked", by=by, kind="token", id=token.id, of=token.person_id)

"""Whom somebody is that an identity provider vouches for. Nobody is made by it: see decision 9."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from collateral.accounts import audit, queries
from collateral.accounts.models import Identity, Person
from collateral.db import db

HOW = "single sign-on"


class Unknown(Exception):
    """Nobody may come in by this. Which of the reasons it is, stands in the trail alone."""

    def __init__(self, reason: str, person: Person | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.person_id = person.id if person else None


def known(issuer: str, subject: str, email: str) -> Person:
    """The person of that subject; the first time, the one who has the address.

    Args:
        email: an address that the provider calls verified, or nothing.

    Raises:
        Unknown: nobody here, or nobody who may sign in.
    """
    identity = db.session.scalar(
        select(Identity)
        .where(Identity.issuer == issuer, Identity.subject == subject)
        .options(joinedload(Identity.person))
    )
    if identity is None:
        return _linked(issuer, subject, email)
    if not identity.person.active:
        raise Unknown("switched off", identity.person)
    return identity.person


def _linked(issuer: str, subject: str, email: str) -> Person:
    if not email:
        raise Unknown("no verified e-mail")
    person = queries.by_email(email) if email.isprintable() else None
    if person is None:
        raise Unknown("nobody has this e-mail")
    if not person.active:
        raise Unknown("switched off", person)
    if any(each.issuer == issuer for each in of(person)):
        # The address has gone to somebody else there, who is not her.
        raise Unknown("another subject has this e-mail", person)
    db.session.add(Identity(person_id=person.id, issuer=issuer, subject=subject))
    try:
        db.session.flush()  # of two at once, the database knows who was first
    except IntegrityError as error:
        raise Unknown("linked a moment ago") from error
    audit.record("person.linked", by=person, kind="person", id=person.id, issuer=issuer)
    return person


def of(person: Person) -> list[Identity]:
    """By whom the provider knows the person, the first first."""
    rows = select(Identity).where(Identity.person_id == person.id).order_by(Identity.id)
    return list(db.session.scalars(rows))


def forget_all(person: Person) -> None:
    """Whoever had the account at the provider has it no more, as far as we know."""
    db.session.execute(delete(Identity).where(Identity.person_id == person.id))


def refused(reason: str, *, person_id: int | None = None) -> None:
    """Note in the trail that somebody did not come in."""
    audit.record(
        "person.sign_in_refused", by=None, kind="person", id=person_id, how=HOW, why=reason
    )

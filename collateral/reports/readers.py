"""Whom a person may have reports sent: found by name or address, for no page can list a company."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from collateral.accounts.models import Person, TeamMember
from collateral.accounts.permissions import Permission, can
from collateral.assets.queries import NAME_ONLY
from collateral.db import db, holds, lowered

OFFERED = 12


def _choosable(owner: Person) -> ColumnElement[bool]:
    """Everybody active where she reads all reports, else herself and the people of her teams."""
    if can(owner, Permission.REPORT_READ_ALL):
        among: ColumnElement[bool] = true()
    else:
        mates = select(TeamMember.person_id).where(TeamMember.team_id.in_(owner.team_ids))
        among = or_(Person.id == owner.id, Person.id.in_(mates))
    return and_(Person.active, among)


def choosable(owner: Person, ids: Collection[int]) -> list[Person]:
    """Those of these people whom she may choose, by name."""
    return _people(_choosable(owner), Person.id.in_(ids))


def find(owner: Person, text: str) -> list[Person]:
    """The first dozen whom she may choose that have every word of the text in the name, or at the
    beginning of the address: what stands behind it is the same for a whole company."""
    words = text.split()
    return _people(
        _choosable(owner),
        *(
            or_(
                holds(Person.name, word),
                func.lower(Person.email).startswith(word.lower(), autoescape=True),
            )
            for word in words
        ),
        limit=OFFERED,
    )


def named(owner: Person, text: str) -> list[Person]:
    """Whom the text names: those of exactly that name or address, else those that `find` finds."""
    exact = " ".join(text.split()).lower()
    return _people(
        _choosable(owner),
        or_(lowered(Person.name) == exact, func.lower(Person.email) == exact),
        limit=OFFERED,
    ) or find(owner, text)


def _people(*wanted: ColumnElement[bool], limit: int | None = None) -> list[Person]:
    query: Select[Person] = (
        select(Person)
        .where(*wanted)
        .options(*NAME_ONLY)
        .order_by(func.lower(Person.name), Person.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))

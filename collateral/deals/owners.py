"""Whose a deal is: the CRM's e-mail or name, and the person here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select, update

from collateral.accounts.models import Person
from collateral.db import db
from collateral.deals.models import Deal


@dataclass
class People:
    """Who may own a deal, by e-mail and by a name that only one has."""

    by_email: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, int] = field(default_factory=dict)

    def find(self, email: str, name: str) -> int | None:
        return self.by_email.get(email) if email else self.by_name.get(name.casefold())


def all_people() -> People:
    """Everybody here. One query."""
    people, shared = People(), set()
    for person_id, email, name in db.session.execute(select(Person.id, Person.email, Person.name)):
        people.by_email[email] = person_id
        key = name.casefold()
        if key in people.by_name:
            shared.add(key)
        people.by_name[key] = person_id
    for key in shared:
        del people.by_name[key]
    return people


def match_owners(source: str) -> int:
    """Give deals of the source to people who came after them, by e-mail; how many."""
    person = select(Person.id).where(Person.email == Deal.owner_email).scalar_subquery()
    matched = db.session.execute(
        update(Deal)
        .where(
            Deal.source == source,
            Deal.owner_id.is_(None),
            Deal.owner_email != "",
            Deal.owner_email.in_(select(Person.email)),
        )
        .values(owner_id=person)
        .returning(Deal.id),
        execution_options={"synchronize_session": False},
    )
    return len(matched.all())


@dataclass(frozen=True)
class Unmatched:
    """An owner whom the CRM names and who is nobody here, with how many deals."""

    email: str
    name: str
    deals: int


def unmatched(source: str, limit: int = 200) -> Sequence[Unmatched]:
    """Those of the source's deals, the most deals first."""
    count = func.count(Deal.id)
    rows = db.session.execute(
        select(Deal.owner_email, Deal.owner_name, count)
        .where(
            Deal.source == source,
            Deal.owner_id.is_(None),
            (Deal.owner_email != "") | (Deal.owner_name != ""),
        )
        .group_by(Deal.owner_email, Deal.owner_name)
        .order_by(count.desc(), Deal.owner_email)
        .limit(limit)
    )
    return [Unmatched(*row) for row in rows]

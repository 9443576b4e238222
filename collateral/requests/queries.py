"""Reads of requests. A request is for everybody; the deals that wait for it are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, Subquery, case, func, or_, select
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person, PersonRole, Role
from collateral.assets.models import Asset
from collateral.assets.queries import NAME_ONLY
from collateral.assets.queries import visible as visible_asset
from collateral.db import db, lowered
from collateral.deals.models import Deal
from collateral.deals.queries import visible as visible_deal
from collateral.errors import NotFound
from collateral.requests.models import Request, RequestState, RequestWaiting

PAGE = 50
MOST_WAITING = 200
LIVE = (RequestState.OPEN, RequestState.TAKEN_ON)
MINE = "mine"

_WITH_NAMES = (
    joinedload(Request.by).options(*NAME_ONLY),
    joinedload(Request.maker).options(*NAME_ONLY),
)


def get(request_id: int) -> Request:
    """One request with its names. Raises NotFound."""
    found = db.session.scalar(select(Request).where(Request.id == request_id).options(*_WITH_NAMES))
    if found is None:
        raise NotFound(_("There is no such request."))
    return found


@dataclass(frozen=True)
class RequestRow:
    """A request of a list: how many wait, whether the person does, which deals she may know of."""

    request: Request
    waiting: int
    mine: bool
    deals: tuple[str, ...] = ()


@dataclass(frozen=True)
class RequestPage:
    rows: Sequence[RequestRow]
    total: int
    counts: dict[str, int]
    """How many there are in each state; MINE for those that the person waits for or makes."""


def page(
    person: Person, state: RequestState, *, mine: bool, limit: int, offset: int = 0
) -> RequestPage:
    """Requests in a state, or the person's own in every state; four queries.

    Those taken on come by their day, open ones with the most who wait first, all others with the
    ones changed last first.
    """
    own = _own(person)
    counts = _counts(own)
    waiting = _waiting_counts()
    count = func.coalesce(waiting.c.waiting, 0)
    query = (
        select(Request, count)
        .outerjoin(waiting, waiting.c.request_id == Request.id)
        .options(*_WITH_NAMES)
        .where(own if mine else Request.state == state)
    )
    if state is RequestState.TAKEN_ON and not mine:
        query = query.order_by(Request.due_on, Request.id)
    elif state is RequestState.OPEN and not mine:
        query = query.order_by(count.desc(), Request.at.desc(), Request.id.desc())
    else:
        query = query.order_by(Request.changed_at.desc(), Request.id.desc())
    found = db.session.execute(query.limit(limit).offset(offset)).all()
    total = counts[MINE] if mine else counts[state.value]
    return RequestPage(_rows(person, found), total, counts)


def _own(person: Person) -> ColumnElement[bool]:
    """Those that she waits for, and those that she makes."""
    return or_(Request.id.in_(_waited_for(person)), Request.maker_id == person.id)


def _waited_for(person: Person) -> Select[int]:
    return select(RequestWaiting.request_id).where(RequestWaiting.person_id == person.id)


def _counts(own: ColumnElement[bool]) -> dict[str, int]:
    counted = dict(
        db.session.execute(select(Request.state, func.count()).group_by(Request.state)).all()
    )
    counts = {each.value: counted.get(each, 0) for each in RequestState}
    counts[MINE] = db.session.scalar(select(func.count()).select_from(Request).where(own)) or 0
    return counts


def _waiting_counts() -> Subquery:
    return (
        select(RequestWaiting.request_id, func.count().label("waiting"))
        .group_by(RequestWaiting.request_id)
        .subquery()
    )


def _rows(person: Person, found: Sequence[tuple[Request, int]]) -> list[RequestRow]:
    ids = [request.id for request, _count in found]
    mine: set[int] = set()
    deals: dict[int, list[str]] = {}
    for request_id, person_id, deal in db.session.execute(
        select(RequestWaiting.request_id, RequestWaiting.person_id, Deal.name)
        .outerjoin(Deal, (Deal.id == RequestWaiting.deal_id) & visible_deal(person))
        .where(
            RequestWaiting.request_id.in_(ids),
            or_(Deal.id.is_not(None), RequestWaiting.person_id == person.id),
        )
        .order_by(RequestWaiting.id)
    ):
        if person_id == person.id:
            mine.add(request_id)
        if deal is not None:
            deals.setdefault(request_id, []).append(deal)
    return [
        RequestRow(request, count, request.id in mine, tuple(deals.get(request.id, ())))
        for request, count in found
    ]


def of_person(person: Person, limit: int) -> list[Request]:
    """What the person waits for and has not got yet, the ones changed last first."""
    return list(
        db.session.scalars(
            select(Request)
            .where(Request.id.in_(_waited_for(person)), Request.state.in_(LIVE))
            .options(joinedload(Request.maker).options(*NAME_ONLY))
            .order_by(Request.changed_at.desc(), Request.id.desc())
            .limit(limit)
        )
    )


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits; the deal is None also where the reader may not see it."""

    person: Person
    deal: Deal | None


def waiting(request: Request, person: Person) -> list[Waiting]:
    """Who waits, first come first."""
    rows = db.session.execute(
        select(RequestWaiting, Deal)
        .outerjoin(Deal, (Deal.id == RequestWaiting.deal_id) & visible_deal(person))
        .where(RequestWaiting.request_id == request.id)
        .options(joinedload(RequestWaiting.person).options(*NAME_ONLY))
        .order_by(RequestWaiting.id)
        .limit(MOST_WAITING)
    )
    return [Waiting(row.person, deal) for row, deal in rows]


def answering(request: Request, person: Person) -> Asset | None:
    """The asset that answers it, where the person may see it."""
    if request.asset_id is None:
        return None
    return db.session.scalar(
        select(Asset).where(Asset.id == request.asset_id, visible_asset(person))
    )


def alike(text: str, limit: int = 3) -> list[Request]:
    """Live requests whose title shares a longer word with the text: perhaps the same gap."""
    words = {word for word in text.lower().split() if len(word) >= 4}
    if not words:
        return []
    titles = lowered(Request.title)
    hits = [titles.contains(word, autoescape=True) for word in sorted(words)[:8]]
    return list(
        db.session.scalars(
            select(Request)
            .where(Request.state.in_(LIVE), or_(*hits))
            .order_by(Request.at.desc(), Request.id.desc())
            .limit(limit)
        )
    )


def makers() -> list[Person]:
    """Who can be asked to make it: those who can add assets by their role, by name."""
    return list(
        db.session.scalars(
            select(Person)
            .where(
                Person.active.is_(True),
                Person.id.in_(
                    select(PersonRole.person_id).where(
                        PersonRole.role.in_((Role.MARKETER, Role.ADMIN))
                    )
                ),
            )
            .order_by(func.lower(Person.name))
        )
    )


def to_answer(person: Person) -> tuple[int, int]:
    """How many requests nobody has taken on, and how many the person makes. One query."""
    unanswered = func.count(case((Request.state == RequestState.OPEN, 1)))
    hers = func.count(case((Request.state == RequestState.TAKEN_ON, 1)))
    row = db.session.execute(
        select(unanswered, hers).where(
            or_(
                Request.state == RequestState.OPEN,
                (Request.state == RequestState.TAKEN_ON) & (Request.maker_id == person.id),
            )
        )
    ).one()
    return row[0], row[1]

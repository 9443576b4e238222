"""Reads of the steps of requests, which are for everybody, as requests are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, case, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from collateral.accounts.models import Person
from collateral.assets.queries import NAME_ONLY
from collateral.db import db, read
from collateral.requests.models import Request, RequestState, RequestWaiting
from collateral.requests.models_steps import ProductionStep, StepKind

CARDS = 50

_EARLIER = aliased(ProductionStep)
_IS_CURRENT = (
    ProductionStep.done_at.is_(None),
    Request.state == RequestState.TAKEN_ON,
    ~exists().where(
        _EARLIER.request_id == ProductionStep.request_id,
        _EARLIER.number < ProductionStep.number,
        _EARLIER.done_at.is_(None),
    ),
)


def of_request(request: Request) -> Sequence[ProductionStep]:
    """All of them in order, with names; none where it was never taken on. One query."""
    return db.session.scalars(
        select(ProductionStep)
        .where(ProductionStep.request_id == request.id)
        .options(
            joinedload(ProductionStep.assignee).options(*NAME_ONLY),
            joinedload(ProductionStep.done_by).options(*NAME_ONLY),
        )
        .order_by(ProductionStep.number)
    ).all()


@dataclass(frozen=True)
class Card:
    """A request at its current step, and how many wait for it."""

    step: ProductionStep
    waiting: int


@dataclass(frozen=True)
class Column:
    """The requests at one step: the first of them, and how many there are."""

    kind: StepKind
    cards: Sequence[Card]
    total: int


def board(
    person: Person, today: date, *, mine: bool = False, overdue: bool = False, limit: int = CARDS
) -> list[Column]:
    """What is being made, by its current step, what is due first at the top of each.

    `mine`: steps of the person's; `overdue`: those whose day is before `today`. At most `limit`
    a column. One query.
    """
    step = ProductionStep
    place = func.row_number().over(
        partition_by=step.number, order_by=(step.due_on, step.request_id)
    )
    total = func.count().over(partition_by=step.number)
    ranked = select(step.id, place.label("place"), total.label("total"))
    ranked = ranked.join(Request, Request.id == step.request_id).where(*_IS_CURRENT)
    if mine:
        ranked = ranked.where(step.assignee_id == person.id)
    if overdue:
        ranked = ranked.where(step.due_on < today)
    first = ranked.subquery()
    waiting = (
        select(func.count()).where(RequestWaiting.request_id == step.request_id).scalar_subquery()
    )
    rows = db.session.execute(
        select(step, waiting, first.c.total)
        .join(first, first.c.id == step.id)
        .where(first.c.place <= limit)
        .options(joinedload(step.request), joinedload(step.assignee).options(*NAME_ONLY))
        .order_by(step.number, first.c.place)
    ).all()
    columns = []
    for kind in StepKind:
        of_kind = [row for row in rows if row[0].number == kind]
        cards = [Card(row[0], row[1]) for row in of_kind]
        columns.append(Column(kind, cards, of_kind[0][2] if of_kind else 0))
    return columns


@dataclass(frozen=True)
class Assigned:
    """How many steps are a person's and current, and how many of those are overdue."""

    steps: int
    overdue: int


def assigned(person: Person, today: date) -> Assigned:
    """One query, by an index of the steps that are not done."""
    return Assigned(*read(_ASSIGNED, {"person_id": person.id, "today": today}).one())


_ASSIGNED = (
    select(func.count(), func.count(case((ProductionStep.due_on < bindparam("today"), 1))))
    .select_from(ProductionStep)
    .join(Request, Request.id == ProductionStep.request_id)
    .where(ProductionStep.assignee_id == bindparam("person_id"), *_IS_CURRENT)
)

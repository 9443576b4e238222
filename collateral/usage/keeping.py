"""Which events of a day count, said of all of them at once, in the database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Interval,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    update,
)

from collateral.db import db, is_sqlite
from collateral.usage import rules
from collateral.usage.models import Event


def _microseconds(column: Any) -> ColumnElement[int]:
    """A moment in SQLite as a whole number: its own arithmetic of days is not exact."""
    return cast(func.strftime("%s", column), Integer) * 1_000_000 + cast(
        func.substr(column, 21, 6), Integer
    )


def _is_over(at: Any, following: Any) -> ColumnElement[bool]:
    """Whether the following moment is more than 30 seconds later."""
    if is_sqlite():
        limit = rules.DOUBLE_CLICK // timedelta(microseconds=1)
        return _microseconds(following) - _microseconds(at) > limit
    return cast(following > at + literal(rules.DOUBLE_CLICK, Interval()), Boolean)


def mark_kept(day: date) -> None:
    """Say of each event of the day whether it counts, where that is not said already."""
    last = db.session.scalar(select(func.max(Event.at)).where(Event.day == day))
    if last is None:
        return
    following = (
        func.lead(Event.at)
        .over(partition_by=(Event.who, Event.version_id, Event.kind), order_by=(Event.at, Event.id))
        .label("following")
    )
    clicks = (
        select(Event.id, Event.day, Event.at, Event.kept, following)
        .where(
            Event.left_out.is_(None),
            Event.kind.in_(rules.DOUBLE_CLICKED),
            or_(
                Event.day == day,
                and_(Event.day == day + timedelta(days=1), Event.at <= last + rules.DOUBLE_CLICK),
            ),
        )
        .subquery()
    )
    counts = case(
        (clicks.c.following.is_(None), True),
        else_=_is_over(clicks.c.at, clicks.c.following),
    )
    wrong = select(clicks.c.id).where(clicks.c.day == day, clicks.c.kept != counts)
    plain = and_(Event.left_out.is_(None), Event.kind.not_in(rules.DOUBLE_CLICKED))
    for condition, value in (
        (Event.id.in_(wrong), ~Event.kept),
        (and_(plain, ~Event.kept), True),
        (and_(Event.left_out.is_not(None), Event.kept), False),
    ):
        db.session.execute(
            update(Event)
            .where(Event.day == day, condition)
            .values(kept=value)
            .execution_options(synchronize_session=False)
        )

"""Raw events that are older than one wants to keep: they go, the sums stay."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, func, select

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.db import db, upsert
from collateral.usage import partitions
from collateral.usage.models import Event, Retention


def dropped_before() -> date | None:
    """The first day whose raw events are kept; None while none were ever dropped."""
    return db.session.scalar(select(Retention.dropped_before))


def announce(before: date, *, by: Person | None) -> None:
    """From now on nothing older can be counted or recounted. Never goes back."""
    statement = upsert(Retention).values(id=1, dropped_before=before)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={"dropped_before": before},
            where=Retention.dropped_before < before,
        )
    )
    audit.record("event.dropped", by=by, kind="event", before=before.isoformat())


def drop_oldest() -> int:
    """Remove the oldest events that are no longer kept; how many. The caller commits.

    Of a month that is over altogether the table is dropped; else it is the oldest day's
    events that go, as they do where the table is in use just now.
    """
    before = dropped_before()
    if before is None:
        return 0
    if dropped := partitions.drop_before(before):
        return dropped
    oldest = db.session.scalar(select(func.min(Event.day)))
    if oldest is None or oldest >= before:
        return 0
    result = db.session.execute(delete(Event).where(Event.day == oldest).returning(Event.id))
    return len(result.all())

"""Sums of a day or a month, counted anew, in the place of those that stand there.

Where none stand, as when past events were brought in, they are written once, straight to
their place. Else they are counted aside, in a table of this connection, and written only
where they differ: most of a recount finds sums that are right, and spares the disk.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Integer,
    MetaData,
    Table,
    and_,
    delete,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.schema import CreateTable

from collateral.db import db, table
from collateral.usage.models import METRICS, DailySum, Level, MonthlySum
from collateral.usage.running import reopen

log = logging.getLogger(__name__)

Sums = type[DailySum | MonthlySum]
COLUMNS = ("level", "day", "ref", "team_set_id", *METRICS)
"""Of either table in which sums are counted anew."""
_ASIDE = Table(
    "recounted",
    MetaData(),
    Column("level", DailySum.level.type, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("ref", Integer, primary_key=True, autoincrement=False),
    Column("team_set_id", Integer, primary_key=True, autoincrement=False),
    *(Column(metric, Integer, nullable=False) for metric in METRICS),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
    sqlite_with_rowid=False,
)


def place_for(model: Sums, levels: Sequence[Level], day: date) -> Table:
    """The table, with COLUMNS, in which to count the day or month anew before `put`."""
    standing = select(literal(1)).where(_here(model, levels, day)).limit(1)
    if db.session.scalar(standing) is None:
        return table(model)
    db.session.execute(CreateTable(_ASIDE, if_not_exists=True))
    db.session.execute(delete(_ASIDE))
    return _ASIDE


def put(model: Sums, levels: Sequence[Level], day: date, counted: Table) -> bool:
    """Put what was counted into the place of the sums that stand there.

    Args:
        counted: what `place_for` said.

    Returns:
        Whether the sums that stood there were not the same.
    """
    here = _here(model, levels, day)
    if counted is not _ASIDE:
        changed = db.session.scalar(select(literal(1)).where(here).limit(1)) is not None
    elif changed := _differ(model, here):
        db.session.execute(delete(model).where(here))
        db.session.execute(
            insert(model).from_select(
                COLUMNS,
                select(*(_ASIDE.c[name] for name in COLUMNS)).order_by(
                    _ASIDE.c.level, _ASIDE.c.ref, _ASIDE.c.team_set_id
                ),
            )
        )
    if changed:
        reopen(day)  # the job may have summed it since the recount began
        span = "month" if model is MonthlySum else "day"
        log.info("sums_corrected", extra={"span": span, "day": day.isoformat()})
    return changed


def _here(model: Sums, levels: Sequence[Level], day: date) -> ColumnElement[bool]:
    return and_(model.level.in_(levels), model.day == day)


def _differ(model: Sums, here: ColumnElement[bool]) -> bool:
    """Whether a sum is wrong or missing, or one stands that should be nothing."""
    something = or_(*(getattr(model, metric) != 0 for metric in METRICS))
    counted = select(*(_ASIDE.c[name] for name in COLUMNS))
    stands = select(*(getattr(model, name) for name in COLUMNS)).where(here)
    wrong, stale = counted.except_(stands), stands.where(something).except_(counted)
    return any(db.session.execute(rows.limit(1)).first() for rows in (wrong, stale))

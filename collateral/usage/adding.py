"""Adding to the sums by day and month, in the transaction that appends the event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache

from sqlalchemy.dialects.postgresql import Insert

from collateral.db import Model, db, is_sqlite, table, upsert
from collateral.usage import rules
from collateral.usage.deltas import Change, Deltas, Place
from collateral.usage.models import (
    METRICS,
    OF_PEOPLE,
    DailySum,
    Level,
    MonthlySum,
    PersonSum,
    Span,
)
from collateral.usage.models_running import RUNNING
from collateral.usage.running import reopen


def add_up(found: Deltas) -> None:
    """Add to the sums of the days and, for assets, of the months.

    The rows are written in one order everywhere, so that two writers never wait for each
    other.
    """
    days: list[dict[str, object]] = []
    months: dict[Place, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for place in sorted(found, key=_order):
        row = {metric: n for metric, n in found[place].items() if n}
        if not row:
            continue
        days.append(_row(place, row))
        level, ref, day, team_set = place
        if level is not Level.VERSION:
            for metric, n in row.items():
                months[level, ref, day.replace(day=1), team_set][metric] += n
    if any(n for numbers in found.values() for metric, n in numbers.items() if metric in RUNNING):
        reopen(min(place[2] for place in found))
    _add(DailySum, days)
    _add(MonthlySum, [_row(place, months[place]) for place in sorted(months, key=_order)])


def _order(place: Place) -> tuple[str, date, int, int]:
    level, ref, day, team_set = place
    return level.value, day, ref, team_set


def _row(place: Place, numbers: dict[str, int]) -> dict[str, object]:
    level, ref, day, team_set = place
    row: dict[str, object] = {"level": level, "ref": ref, "day": day, "team_set_id": team_set}
    return row | {metric: numbers.get(metric, 0) for metric in METRICS}


def _add(model: type[Model], rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    db.session.execute(_adding(model, is_sqlite()), rows)


@cache
def _adding(model: type[Model], _sqlite: bool) -> Insert:
    """Made once for each database: every view of an asset adds to the sums of days and months."""
    # Of the bare table: as objects the rows of a page of results would take as long again.
    statement = upsert(table(model))
    columns = table(model).c
    return statement.on_conflict_do_update(
        index_elements=["level", "day", "ref", "team_set_id"],
        set_={metric: columns[metric] + statement.excluded[metric] for metric in METRICS},
    )


def add_of_people(changes: Iterable[Change]) -> None:
    """Add to the sums of who did it; buyers have none."""
    found: dict[tuple[str, date, int, int], dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(OF_PEOPLE, 0)
    )
    for change in changes:
        event = change.event
        if not event.who.startswith("p"):
            continue
        for span, day in ((Span.DAY, event.day), (Span.MONTH, event.day.replace(day=1))):
            for metric in set(OF_PEOPLE) & set(rules.TOTALS[event.kind]):
                found[span.value, day, int(event.who[1:]), event.team_set_id][metric] += change.step
    rows: list[dict[str, object]] = [
        {"span": Span(span), "day": day, "person_id": person, "team_set_id": team_set, **numbers}
        for (span, day, person, team_set), numbers in sorted(found.items())
        if any(numbers.values())
    ]
    if rows:
        statement = upsert(PersonSum)
        columns = PersonSum.__table__.c
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["span", "day", "person_id", "team_set_id"],
                set_={name: columns[name] + statement.excluded[name] for name in OF_PEOPLE},
            ),
            rows,
        )

"""The sums, kept as events arrive: what one insertion or leaving out changes, and no more.

An event counts when the next one of the same person, version and action is more than 30
seconds away. So an insertion can change only itself and the one before it, whenever it
comes, and the order of arrival never matters. Whether it is the session's first of its
kind is asked of that person's own events of that day.

Concurrent writers: the write comes before the first read, so that SQLite's one writer
holds the lock; on PostgreSQL an advisory lock holds the person's events together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import Row, Select, Update, bindparam, select, text, update

from collateral.db import db, is_sqlite, read, table
from collateral.usage import partitions, rules
from collateral.usage.adding import add_of_people, add_up
from collateral.usage.deltas import Change, Deltas, deltas
from collateral.usage.models import Event, EventKind, Level

_A_DAY = timedelta(hours=26)
_DAY = timedelta(days=1)
_event = table(Event).c


def zone() -> ZoneInfo:
    """The time zone in which days are counted: the installation's."""
    return ZoneInfo(current_app.extensions["settings"].time_zone)


def hold_together(who: str) -> None:
    """Until the transaction ends, nobody else counts this person's events, nor recounts."""
    if is_sqlite():
        return
    db.session.execute(
        text(
            "select pg_advisory_xact_lock_shared(7210003),"
            " pg_advisory_xact_lock(7210004, hashtext(:who))"
        ),
        {"who": who},
    )


def click(event: Event) -> rules.Click:
    """The event as the rules need it."""
    return rules.Click(
        event.id,
        event.at,
        event.kind,
        event.who,
        event.asset_id,
        event.version_id,
        event.session,
        event.day,
        event.team_set_id,
        event.left_out is not None,
    )


def count_in(event: Event) -> bool:
    """Count an event that was just inserted and flushed, with `kept` false.

    Returns:
        What its row now says: whether it is kept.
    """
    new = click(event)
    if new.left_out:
        return False
    before, after = _neighbours(new)
    keeps = not rules.is_double_click(new.kind, new.at, after.at if after else None)
    changes = [Change(new, False, keeps)]
    if before is not None and before.kept and rules.is_double_click(new.kind, before.at, new.at):
        changes.append(Change(_click_of(before, new), True, False))
    _apply(changes)
    return keeps


def count_out(event: Event) -> None:
    """Cease to count an event that was just left out; its `kept` still says what it was."""
    old = replace(click(event), left_out=False)
    before, after = _neighbours(old)
    changes = [Change(old, event.kept, False)]
    if before is not None:
        keeps = not rules.is_double_click(old.kind, before.at, after.at if after else None)
        if keeps != before.kept:
            changes.append(Change(_click_of(before, old), before.kept, keeps))
    _apply(changes)


_Neighbour = Row[int, datetime, bool, str, date, int]


@cache
def _around(_sqlite: bool) -> Select[int, datetime, bool, str, date, int]:
    """Made once for each database, as the others here: every view of an asset asks it."""
    return (
        select(Event.id, Event.at, Event.kept, Event.session, Event.day, Event.team_set_id)
        .where(
            Event.who == bindparam("who"),
            Event.kind == bindparam("kind"),
            Event.at.between(bindparam("first"), bindparam("last")),
            partitions.near(Event.day, bindparam("first_day"), bindparam("last_day")),
            Event.left_out.is_(None),
            Event.version_id == bindparam("version_id"),
            Event.id != bindparam("id"),
        )
        .order_by(Event.at, Event.id)
    )


def _neighbours(event: rules.Click) -> tuple[_Neighbour | None, _Neighbour | None]:
    """The events of the same person, version and action around this one, within 30 seconds."""
    if event.kind not in rules.DOUBLE_CLICKED:
        return None, None
    rows = read(
        _around(is_sqlite()),
        {
            "who": event.who,
            "kind": event.kind,
            "first": event.at - rules.DOUBLE_CLICK,
            "last": event.at + rules.DOUBLE_CLICK,
            **_days(event.day - _DAY, event.day + _DAY),
            "version_id": event.version_id,
            "id": event.id,
        },
    ).all()
    place = (event.at, event.id)
    before = [row for row in rows if (row.at, row.id) < place]
    after = [row for row in rows if (row.at, row.id) > place]
    return (before[-1] if before else None), (after[0] if after else None)


def _click_of(row: _Neighbour, like: rules.Click) -> rules.Click:
    return replace(
        like,
        id=row.id,
        at=row.at,
        session=row.session,
        day=row.day,
        team_set_id=row.team_set_id,
    )


@cache
def _keeping(_sqlite: bool) -> Update:
    # Of the bare table: the rows of events are not at hand as objects, but for the new one.
    return (
        update(table(Event))
        .where(
            _event.id == bindparam("of_event"),
            partitions.near(_event.day, bindparam("first_day"), bindparam("last_day")),
        )
        .values(kept=bindparam("to_keep"))
    )


def _days(first: date, last: date) -> dict[str, date]:
    """The values for `partitions.near`, of which only PostgreSQL is told."""
    return {} if is_sqlite() else {"first_day": first, "last_day": last}


def _apply(changes: Sequence[Change]) -> None:
    changes = [change for change in changes if change.before != change.after]
    if not changes:
        return
    for change in changes:
        day = change.event.day
        db.session.execute(
            _keeping(is_sqlite()),
            {"of_event": change.event.id, "to_keep": change.after, **_days(day, day)},
        )
    add_up(deltas(changes, _others(changes)))
    add_of_people(changes)


@cache
def _counting_too(_sqlite: bool) -> Select[EventKind, int, str]:
    # One of each will do: a session is counted once, however often she looked in it.
    return (
        select(Event.kind, Event.version_id, Event.session)
        .where(
            Event.who == bindparam("who"),
            Event.kind.in_(bindparam("kinds", expanding=True)),
            Event.at.between(bindparam("first"), bindparam("last")),
            Event.left_out.is_(None),
            Event.kept,
            Event.asset_id == bindparam("asset_id"),
            partitions.near(Event.day, bindparam("first_day"), bindparam("last_day")),
            Event.session.in_(bindparam("sessions", expanding=True)),
            Event.id.not_in(bindparam("ids", expanding=True)),
        )
        .distinct()
    )


def _others(changes: Sequence[Change]) -> list[rules.Click]:
    """What else counts in the sessions that are touched, one event of each kind: this person's,
    that day."""
    kinds = {kind for kinds in rules.UNIQUES.values() for kind in kinds}
    touched = [change.event for change in changes if change.event.kind in kinds]
    if not touched:
        return []
    one = touched[0]
    rows = read(
        _counting_too(is_sqlite()),
        {
            "who": one.who,
            "kinds": kinds,
            "first": min(event.at for event in touched) - _A_DAY,
            "last": max(event.at for event in touched) + _A_DAY,
            "asset_id": one.asset_id,
            **_days(
                min(event.day for event in touched) - 2 * _DAY,
                max(event.day for event in touched) + 2 * _DAY,
            ),
            "sessions": {event.session for event in touched},
            "ids": [event.id for event in touched],
        },
    ).all()
    return [replace(one, kind=kind, version_id=of, session=name) for kind, of, name in rows]


def count_uses(
    asset_id: int, version_id: int | None, day: date, team_set_id: int, step: int
) -> None:
    """Add `step` uses (1, or -1 when one is retracted)."""
    places = [(Level.ASSET, asset_id)]
    if version_id is not None:
        places.append((Level.VERSION, version_id))
    add_up({(level, ref, day, team_set_id): {"uses": step} for level, ref in places})


def count_shown(pairs: Iterable[tuple[int, int]], day: date, team_set_id: int) -> None:
    """Add one appearance for each asset and version."""
    found: Deltas = defaultdict(lambda: defaultdict(int))
    for asset_id, version_id in pairs:
        for level, ref in rules.refs(asset_id, version_id):
            found[level, ref, day, team_set_id][rules.TOTALS[EventKind.SHOWN][0]] += 1
    add_up(found)

"""What counts, and how often: the rules of COUNTER 5.1 as pure functions.

A literal walk over a stream (`walk`) stands beside what the database keeps up to date;
the tests hold the two against each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from collateral.usage.models import EventKind, Level

DOUBLE_CLICK = timedelta(seconds=30)
"""Up to and with this, a repetition is a double click: at 30 s two are one, at 31 s two."""

DOUBLE_CLICKED = frozenset({EventKind.VIEWED, EventKind.DOWNLOADED, EventKind.OPENED})
"""The actions that can be a double click. Results shown and shares each stand for themselves."""

TOTALS: Mapping[EventKind, tuple[str, ...]] = {
    EventKind.SHOWN: ("shown",),
    EventKind.VIEWED: ("views",),
    # A download is also a view.
    EventKind.DOWNLOADED: ("views", "downloads"),
    EventKind.SHARED: ("shares",),
    EventKind.OPENED: ("opens",),
}
UNIQUES: Mapping[str, tuple[EventKind, ...]] = {
    "unique_views": (EventKind.VIEWED, EventKind.DOWNLOADED),
    "unique_downloads": (EventKind.DOWNLOADED,),
    "unique_opens": (EventKind.OPENED,),
}
FOUND: Mapping[str, tuple[EventKind, ...]] = {
    "shown": (EventKind.SHOWN,),
    "views": (EventKind.VIEWED, EventKind.DOWNLOADED),
    "downloads": (EventKind.DOWNLOADED,),
    "shares": (EventKind.SHARED,),
    "opens": (EventKind.OPENED,),
    **UNIQUES,
}
"""The kinds of events that a number is made of."""


def counting_day(at: datetime, zone: tzinfo) -> date:
    """The day on which a moment counts, in the installation's time zone."""
    return at.astimezone(zone).date()


def session_key(who: str, session: str | None, at: datetime, zone: tzinfo, team_set: int) -> str:
    """The session that an event is unique in.

    That is the session id and the date; without an id, the login with date and clock hour.
    The hour bears its offset, so that the two hours that an autumn night calls by one name
    are two. Who and the teams are part of it: a session never spans two people, and one
    who changes teams begins anew, so that the uniques of teams add up.
    """
    local = at.astimezone(zone)
    part = f"{session}/{local:%Y-%m-%d}" if session else f"{local:%Y-%m-%dT%H%z}"
    return f"{who}/{part}/{team_set}"


def refs(asset_id: int, version_id: int) -> tuple[tuple[Level, int], ...]:
    """What an event counts for; the family's sums are those of its asset."""
    return ((Level.VERSION, version_id), (Level.ASSET, asset_id))


def is_double_click(kind: EventKind, at: datetime, successor: datetime | None) -> bool:
    """Whether the next event of the same person, version and action makes this one void."""
    return kind in DOUBLE_CLICKED and successor is not None and successor - at <= DOUBLE_CLICK


@dataclass(frozen=True)
class Click:
    """An event as the walk needs it."""

    id: int
    at: datetime
    kind: EventKind
    who: str
    asset_id: int
    version_id: int
    session: str
    day: date
    team_set_id: int = 0
    left_out: bool = False


Sums = dict[tuple[Level, int, date, int], dict[str, int]]
"""By level, its id, day and set of teams: metric to number, without zeros."""


def walk(events: Iterable[Click]) -> tuple[set[int], Sums]:
    """The ids that count and their sums, found by walking through the events in order."""
    kept: dict[int, Click] = {}
    last: dict[tuple[str, int, EventKind], Click] = {}
    for event in sorted(events, key=lambda event: (event.at, event.id)):
        if event.left_out:
            continue
        place = (event.who, event.version_id, event.kind)
        before = last.get(place)
        if before is not None and is_double_click(event.kind, before.at, event.at):
            kept.pop(before.id, None)
        kept[event.id] = event
        last[place] = event
    return set(kept), sums_of(kept.values())


def sums_of(kept: Iterable[Click]) -> Sums:
    """Totals and uniques of the events that count."""
    sums: dict[tuple[Level, int, date, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    sessions: set[tuple[Level, int, str, str]] = set()
    for event in kept:
        for level, ref in refs(event.asset_id, event.version_id):
            row = sums[level, ref, event.day, event.team_set_id]
            for metric in TOTALS[event.kind]:
                row[metric] += 1
            for metric, kinds in UNIQUES.items():
                place = (level, ref, metric, event.session)
                if event.kind in kinds and place not in sessions:
                    sessions.add(place)
                    row[metric] += 1
    return {place: dict(row) for place, row in sums.items()}

"""From a sign-in to the first download in that browser, where it came within an hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select

from collateral.accounts.models import SignInSession
from collateral.db import db, table
from collateral.deals.values import at_midnight
from collateral.reports.models import WayToDownload
from collateral.reports.tallies import TeamSets
from collateral.usage.counting import zone
from collateral.usage.models import Event, EventKind

LONGEST = timedelta(hours=1)


@dataclass(frozen=True)
class Way:
    """The lower median of seconds, and of how many ways. None without any."""

    seconds: int | None = None
    count: int = 0


NONE = Way()


def medians(query: Any) -> dict[int, Way]:
    """From rows of a key, seconds and how many ways took so long."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for key, seconds, count in db.session.execute(query):
        found[key][seconds] = count
    return {key: median_of(counts) for key, counts in found.items()}


def median_of(counts: Mapping[int, int]) -> Way:
    """The lower median of seconds that came so many times each. Pure."""
    total = sum(counts.values())
    place = 0
    for seconds, count in sorted(counts.items()):
        place += count
        if place * 2 >= total:
            return Way(seconds, total)
    return NONE


def sum_day(day: date, sets: TeamSets) -> None:
    """Find the ways that began on that day anew."""
    first, after = at_midnight(day, zone()), at_midnight(day + timedelta(days=1), zone())
    begun = {
        row.id: row
        for row in db.session.execute(
            select(SignInSession.id, SignInSession.person_id, SignInSession.created_at).where(
                SignInSession.created_at >= first, SignInSession.created_at < after
            )
        )
    }
    reached = _first_downloads(day, begun) if begun else {}
    team_sets = sets.of({begun[number].person_id for number in reached})
    rows = [
        {
            "session_id": number,
            "day": day,
            "person_id": begun[number].person_id,
            "team_set_id": team_sets[begun[number].person_id],
            "seconds": round((at - begun[number].created_at).total_seconds()),
        }
        for number, at in reached.items()
        if timedelta(0) <= at - begun[number].created_at <= LONGEST
    ]
    db.session.execute(delete(WayToDownload).where(WayToDownload.day == day))
    if rows:
        db.session.execute(insert(table(WayToDownload)), rows)


def _first_downloads(day: date, begun: Mapping[int, Any]) -> dict[int, datetime]:
    """By signed-in browser of those, the moment of the first download."""
    reached: dict[int, datetime] = {}
    for session, at in db.session.execute(
        select(Event.session, func.min(Event.at))
        .where(
            Event.day.between(day, day + timedelta(days=1)),
            Event.kind == EventKind.DOWNLOADED,
            Event.left_out.is_(None),
            Event.person_id.in_({row.person_id for row in begun.values()}),
        )
        .group_by(Event.session)
    ):
        # "p12/s34/2026-11-20/5": the signed-in browser is the second part.
        part = session.split("/")[1]
        if part[:1] == "s" and part[1:].isdecimal() and int(part[1:]) in begun:
            number = int(part[1:])
            reached[number] = min(at, reached.get(number, at))
    return reached

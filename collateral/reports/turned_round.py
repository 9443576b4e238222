"""What came back to sales: hours of re-creating, reviews of adaptations, requests made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median_low

from sqlalchemy import Select, exists, select, true

from collateral.adaptations.models import Adaptation
from collateral.adaptations.models import Status as AdaptationStatus
from collateral.assets.models import Asset
from collateral.db import db, read
from collateral.deals.values import at_midnight
from collateral.reports.once import made_once
from collateral.reports.parts import Asked, in_report, made_by, members_of
from collateral.reports.worth import Hours, quartiles
from collateral.requests.models import Request, RequestState
from collateral.usage.counting import zone
from collateral.usage.rules import counting_day

Stretch = tuple[date, date]
"""From the first to the last day, both within."""


@dataclass(frozen=True)
class HandedIn:
    """An adaptation that is not private: the days on which it was handed in and decided on."""

    mine: bool
    """Whether its maker is in the team asked for; others say how long the silent took."""
    created: date
    minutes: int | None
    decided: date | None
    took: timedelta | None
    """From its submission to the decision."""


@dataclass(frozen=True)
class Answered:
    """A request that was made: the day, and how long it took."""

    day: date
    took: timedelta


@dataclass(frozen=True)
class TurnedRound:
    """Over some days. Hours as in the report of worth; the medians are None without any."""

    hours: Hours
    reviewed: timedelta | None
    reviews: int
    made: timedelta | None
    requests: int


def handed_in(asked: Asked, last: date) -> list[HandedIn]:
    """Adaptations of the report's assets up to that day, the earliest too, since they say how
    long the silent took. One query over adaptations, which are few beside events."""
    rows = read(_handed_in(asked, last))
    return [
        HandedIn(
            bool(mine),
            counting_day(created, zone()),
            minutes,
            counting_day(decided, zone()) if decided else None,
            decided - submitted if decided and submitted else None,
        )
        for mine, created, minutes, submitted, decided in rows
    ]


@made_once
def _handed_in(
    asked: Asked, last: date
) -> Select[bool, datetime, int | None, datetime | None, datetime | None]:
    return (
        select(
            made_by(asked).label("mine"),
            Adaptation.created_at,
            Adaptation.minutes,
            Adaptation.submitted_at,
            Adaptation.decided_at,
        )
        # Adaptations are few beside assets: each is looked up rather than joined.
        .where(
            Adaptation.status != AdaptationStatus.PRIVATE,
            Adaptation.created_at < _after(last),
            exists().where(Asset.id == Adaptation.asset_id, in_report(asked)),
        )
    )


def answered(asked: Asked, first: date, last: date) -> list[Answered]:
    """Requests that were made between these days, of those who are in the request's team."""
    members = members_of(asked)
    rows = db.session.execute(
        select(Request.at, Request.changed_at).where(
            Request.state == RequestState.MADE,
            Request.changed_at >= at_midnight(first, zone()),
            Request.changed_at < _after(last),
            true() if members is None else Request.by_id.in_(members),
        )
    )
    return [Answered(counting_day(made, zone()), made - at) for at, made in rows]


def _after(day: date) -> datetime:
    return at_midnight(day + timedelta(days=1), zone())


def turned_round(
    adaptations: Sequence[HandedIn], requests: Sequence[Answered], stretch: Stretch, until: date
) -> TurnedRound:
    """What there is of these days. Pure.

    Args:
        until: the last day whose reports say how long the silent ones took.
    """
    first, last = stretch
    low, high = quartiles(
        float(one.minutes)
        for one in adaptations
        if one.minutes is not None and one.created <= until
    )
    mine = [one for one in adaptations if one.mine and first <= one.created <= last]
    said = sum(one.minutes or 0 for one in mine) / 60
    silent = sum(one.minutes is None for one in mine)
    reviews = [
        one.took
        for one in adaptations
        if one.mine and one.took is not None and one.decided and first <= one.decided <= last
    ]
    made = [one.took for one in requests if first <= one.day <= last]
    return TurnedRound(
        Hours(said + silent * low / 60, said + silent * high / 60),
        median_low(reviews) if reviews else None,
        len(reviews),
        median_low(made) if made else None,
        len(made),
    )

"""Waste and worth: hours spent re-creating, and what retiring and merging saved, as ranges.

Every figure is a sum over the rows that stand beside it. What nobody reported is estimated
from what others reported, low and high; the suppositions are named on the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, select

from collateral.accounts.models import Person
from collateral.adaptations.families import credits_by_day
from collateral.adaptations.models import Adaptation, AdaptationUse
from collateral.adaptations.models import Status as AdaptationStatus
from collateral.assets.models import Asset, Status
from collateral.db import db
from collateral.deals.values import at_midnight
from collateral.reports.asking import ReportRequest
from collateral.reports.parts import Asked, ask, in_report, made_by
from collateral.usage.counting import zone
from collateral.usage.models import DailySum, Level, Use
from collateral.usage.periods import Period
from collateral.usage.rules import counting_day

LOOK_MINUTES = (1.0, 5.0)
"""How long somebody looks at an asset that she then does not use: a supposition."""
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Hours:
    """A range of hours."""

    low: float
    high: float

    def __add__(self, other: Hours) -> Hours:
        return Hours(self.low + other.low, self.high + other.high)


NONE = Hours(0.0, 0.0)


@dataclass(frozen=True)
class RemadeRow:
    """The adaptations of one asset: how many, and the hours that their makers reported."""

    asset_id: int
    title: str
    adaptations: int
    reported: int
    hours: Hours


@dataclass(frozen=True)
class RetiredRow:
    """A retired asset: views in the year before that led to no use, and the hours in them."""

    asset_id: int
    title: str
    retired_at: datetime
    views: int
    hours: Hours


@dataclass(frozen=True)
class MergedRow:
    """An asset into which adaptations were merged: uses of it as it is since, by people who had
    not adapted it, the share of uses for which it was adapted before, and the hours of that."""

    asset_id: int
    title: str
    merged_at: datetime
    uses: int
    share: float
    hours: Hours


@dataclass(frozen=True)
class Worth:
    remade: Sequence[RemadeRow]
    retired: Sequence[RetiredRow]
    merged: Sequence[MergedRow]

    @property
    def remade_hours(self) -> Hours:
        return sum((row.hours for row in self.remade), NONE)

    @property
    def retired_hours(self) -> Hours:
        return sum((row.hours for row in self.retired), NONE)

    @property
    def merged_hours(self) -> Hours:
        return sum((row.hours for row in self.merged), NONE)


def worth(reader: Person, request: ReportRequest) -> Worth:
    """All of it for the period. Six queries. Raises NotFound for a team not hers to ask for."""
    asked = ask(reader, request)
    usual = quartiles(_minutes(asked))
    return Worth(_remade(asked, usual), _retired(asked), _merged(asked, usual))


def _bounds(asked: Asked) -> tuple[datetime, datetime]:
    after = asked.period.last + timedelta(days=1)
    return at_midnight(asked.period.first, zone()), at_midnight(after, zone())


def _minutes(asked: Asked) -> list[float]:
    """What was reported up to the period's end."""
    _, after = _bounds(asked)
    found = db.session.scalars(
        select(Adaptation.minutes)
        .join(Asset, Adaptation.asset_id == Asset.id)
        .where(
            Adaptation.minutes.is_not(None),
            Adaptation.status != AdaptationStatus.PRIVATE,
            Adaptation.created_at < after,
            in_report(asked),
        )
    )
    return [float(value) for value in found if value is not None]


def quartiles(minutes: Iterable[float]) -> tuple[float, float]:
    """The quarter and three-quarter point of reported minutes; zero where nobody reported any."""
    ranked = sorted(minutes)
    if not ranked:
        return 0.0, 0.0
    return ranked[(len(ranked) - 1) // 4], ranked[3 * (len(ranked) - 1) // 4]


def _remade(asked: Asked, usual: tuple[float, float]) -> list[RemadeRow]:
    first, after = _bounds(asked)
    rows = db.session.execute(
        select(
            Asset.id,
            Asset.title,
            func.count(),
            func.count(Adaptation.minutes),
            func.coalesce(func.sum(Adaptation.minutes), 0),
        )
        .join(Adaptation, Adaptation.asset_id == Asset.id)
        .where(
            Adaptation.status != AdaptationStatus.PRIVATE,
            Adaptation.created_at >= first,
            Adaptation.created_at < after,
            in_report(asked),
            made_by(asked),
        )
        .group_by(Asset.id, Asset.title)
        .order_by(func.count().desc(), Asset.id)
    )
    found = []
    for asset_id, title, count, reported, minutes in rows:
        low = float(minutes or 0) / 60
        silent = count - reported
        hours = Hours(low + silent * usual[0] / 60, low + silent * usual[1] / 60)
        found.append(RemadeRow(asset_id, title, count, reported, hours))
    return found


def _retired(asked: Asked) -> list[RetiredRow]:
    """Assets retired in the period, with the views of the year before beyond their uses."""
    first, after = _bounds(asked)
    retired = db.session.execute(
        select(Asset.id, Asset.title, Asset.retired_at)
        .where(
            Asset.status == Status.RETIRED,
            Asset.retired_at >= first,
            Asset.retired_at < after,
            in_report(asked),
        )
        .order_by(Asset.retired_at.desc(), Asset.id)
    ).all()
    window = Period(counting_day(first - YEAR, zone()), asked.period.last)
    looks = _looks(asked, [row.id for row in retired], window)
    found = []
    for asset_id, title, at in retired:
        if at is None:
            continue
        day = counting_day(at, zone())
        year = [look for look in looks.get(asset_id, ()) if day - YEAR < look.day <= day]
        idle = max(round(sum(look.views for look in year) - sum(look.uses for look in year)), 0)
        hours = Hours(idle * LOOK_MINUTES[0] / 60, idle * LOOK_MINUTES[1] / 60)
        found.append(RetiredRow(asset_id, title, at, idle, hours))
    return found


@dataclass(frozen=True)
class _Looks:
    """The sessions in which an asset was viewed on a day, and the uses that it had."""

    day: date
    views: int
    uses: float


def _looks(asked: Asked, asset_ids: Sequence[int], window: Period) -> dict[int, list[_Looks]]:
    """By asset the days of the window on which it was viewed or used."""
    found: dict[int, list[_Looks]] = defaultdict(list)
    for ref, day, views, uses in db.session.execute(
        select(DailySum.ref, DailySum.day, func.sum(DailySum.unique_views), func.sum(DailySum.uses))
        .where(
            DailySum.level == Level.ASSET,
            DailySum.ref.in_(asset_ids),
            DailySum.day.in_(window.each_day()),
            asked.scope.covers(DailySum.team_set_id),
        )
        .group_by(DailySum.ref, DailySum.day)
    ):
        found[ref].append(_Looks(day, int(views), float(uses)))
    # A look that led to a use of an adaptation led somewhere (decision 51).
    credit = credits_by_day(window, asset_ids, narrowed=asked.scope.covers(Use.team_set_id))
    for ref, days in credit.items():
        found[ref] += [_Looks(day, 0, share) for day, share in days]
    return found


def _merged(asked: Asked, usual: tuple[float, float]) -> list[MergedRow]:
    """Assets with an adaptation merged up to the period's end, and their uses in it since."""
    first, after = _bounds(asked)
    merged = db.session.execute(
        select(Asset.id, Asset.title, func.min(Adaptation.decided_at))
        .join(Adaptation, Adaptation.asset_id == Asset.id)
        .where(
            Adaptation.status == AdaptationStatus.MERGED,
            Adaptation.decided_at < after,
            in_report(asked),
        )
        .group_by(Asset.id, Asset.title)
        .order_by(Asset.title)
    ).all()
    ids = [asset_id for asset_id, _title, _at in merged]
    uses, made = _uses_of(asked, ids), _handed_in(ids)
    found = []
    for asset_id, title, at in merged:
        if at is None:
            continue
        used, adapted = uses.get(asset_id, []), made.get(asset_id, [])
        before = sum(use.at < at for use in used)
        share = min(sum(moment < at for moment, _ in adapted) / before, 1.0) if before else 0.0
        still = {person_id for moment, person_id in adapted if moment >= at}
        since = sum(
            max(at, first) <= use.at < after
            and use.person_id not in still
            and not use.of_an_adaptation
            for use in used
        )
        spared = since * share / 60
        hours = Hours(spared * usual[0], spared * usual[1])
        found.append(MergedRow(asset_id, title, at, since, share, hours))
    return found


@dataclass(frozen=True)
class _Used:
    """One use: when, by whom, and whether of an adaptation in place of the asset."""

    at: datetime
    person_id: int
    of_an_adaptation: bool


def _uses_of(asked: Asked, asset_ids: Sequence[int]) -> dict[int, list[_Used]]:
    """By asset its uses at any time."""
    found: dict[int, list[_Used]] = defaultdict(list)
    of_an_adaptation = exists().where(AdaptationUse.use_id == Use.id)
    for asset_id, at, person_id, adapted in db.session.execute(
        select(Use.asset_id, Use.at, Use.person_id, of_an_adaptation).where(
            Use.asset_id.in_(asset_ids),
            Use.retracted_at.is_(None),
            asked.scope.covers(Use.team_set_id),
        )
    ):
        found[asset_id].append(_Used(at, person_id, bool(adapted)))
    return found


def _handed_in(asset_ids: Sequence[int]) -> dict[int, list[tuple[datetime, int]]]:
    """By asset when an adaptation of it was handed in, and by whom."""
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for asset_id, at, person_id in db.session.execute(
        select(Adaptation.asset_id, Adaptation.created_at, Adaptation.person_id).where(
            Adaptation.asset_id.in_(asset_ids), Adaptation.status != AdaptationStatus.PRIVATE
        )
    ):
        if asset_id is not None:
            found[asset_id].append((at, person_id))
    return found

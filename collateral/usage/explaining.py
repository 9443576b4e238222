"""What a number is made of: the events found, those left out with the reason, what remains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetVersion
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.errors import NotFound
from collateral.usage import rules
from collateral.usage.models import Event, EventKind, LeftOut, Retention, Use
from collateral.usage.periods import Period
from collateral.usage.team_sets import Scope

PAGE = 100


@dataclass(frozen=True)
class Explanation:
    """How a number came about. `counted` is the number on the screen."""

    metric: str
    found: int
    double_clicks: int
    robots: int
    own_team: int
    withdrawn: int
    repeated: int
    """Of a unique: further ones in a session that counts once."""
    counted: int
    dropped_before: date | None
    """Raw events before this day are gone, so that they cannot be shown; their sums remain."""


@dataclass(frozen=True)
class ExplainedEvent:
    """One event and what became of it: "counted", "double_click", "repeated" or a LeftOut."""

    id: int
    at: datetime
    kind: EventKind
    version: int
    person: str
    outcome: str


def explain(asset: Asset, metric: str, scope: Scope, period: Period) -> Explanation:
    """How the metric of the asset in the period came about, for those whose doing counts.

    Raises:
        NotFound: no such metric is made of events.
    """
    condition = _found(asset, metric, scope, period)
    rows = db.session.execute(
        select(
            func.count(),
            _count(and_(Event.left_out.is_(None), ~Event.kept)),
            *(_count(Event.left_out == why) for why in LeftOut),
            _count(Event.kept),
            func.count(case((Event.kept, Event.session)).distinct()),
        ).where(condition)
    ).one()
    found, double, robots, own_team, withdrawn, kept, sessions = (int(n or 0) for n in rows)
    unique = metric in rules.UNIQUES
    dropped = db.session.scalar(select(Retention.dropped_before))
    return Explanation(
        metric,
        found,
        double,
        robots,
        own_team,
        withdrawn,
        kept - sessions if unique else 0,
        sessions if unique else kept,
        dropped if dropped and dropped > period.first else None,
    )


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _found(asset: Asset, metric: str, scope: Scope, period: Period) -> Any:
    kinds = rules.FOUND.get(metric)
    if kinds is None:
        raise NotFound(_("There is no such number."))
    return and_(
        Event.asset_id == asset.id,
        Event.day.between(period.first, period.last),
        Event.kind.in_(kinds),
        scope.covers(Event.team_set_id),
    )


def events(
    asset: Asset,
    metric: str,
    scope: Scope,
    period: Period,
    *,
    page: int = 1,
    limit: int = PAGE,
) -> list[ExplainedEvent]:
    """A page of the events behind the number, the latest first."""
    query = _listed(asset, metric, scope, period).limit(limit).offset((page - 1) * limit)
    return list(_told(query, metric))


def all_events(asset: Asset, metric: str, scope: Scope, period: Period) -> Iterator[ExplainedEvent]:
    """All of them, streamed: for files."""
    return _told(_listed(asset, metric, scope, period), metric)


def _listed(asset: Asset, metric: str, scope: Scope, period: Period) -> Select[Any]:
    first = func.row_number().over(
        partition_by=(Event.session, Event.kept), order_by=(Event.at, Event.id)
    )
    return (
        select(
            Event.id,
            Event.at,
            Event.kind,
            AssetVersion.number,
            func.coalesce(Person.name, "").label("person"),
            Event.left_out,
            Event.kept,
            first.label("place"),
        )
        .join(AssetVersion, AssetVersion.id == Event.version_id)
        .outerjoin(Person, Person.id == Event.person_id)
        .where(_found(asset, metric, scope, period))
        .order_by(Event.at.desc(), Event.id.desc())
    )


def _told(query: Select[Any], metric: str) -> Iterator[ExplainedEvent]:
    for row in db.session.execute(query, execution_options={"yield_per": 500}):
        if row.left_out is not None:
            outcome = row.left_out.value
        elif not row.kept:
            outcome = "double_click"
        elif metric in rules.UNIQUES and row.place > 1:
            outcome = "repeated"
        else:
            outcome = "counted"
        yield ExplainedEvent(row.id, row.at, row.kind, row.number, row.person, outcome)


@dataclass(frozen=True)
class UsesFound:
    """The uses behind a number: all, those that count, and the deals of these."""

    found: int
    counted: int
    deals: int


def uses_found(
    asset: Asset, scope: Scope, period: Period, reader: Person, *, stage: str = ""
) -> UsesFound:
    """How many uses there are behind the number, in deals that the reader may see."""
    kept = Use.retracted_at.is_(None)
    numbers = select(
        func.count(Use.id), _count(kept), func.count(case((kept, Use.deal_id)).distinct())
    )
    row = db.session.execute(_uses(numbers, asset, scope, period, reader, stage)).one()
    return UsesFound(*(int(number or 0) for number in row))


def uses(
    asset: Asset,
    scope: Scope,
    period: Period,
    reader: Person,
    *,
    stage: str = "",
    page: int | None = None,
) -> Sequence[Use]:
    """The uses behind the number, those that were taken back too, the latest first.

    Args:
        page: a page of them; all without it.
    """
    query = _uses(select(Use), asset, scope, period, reader, stage)
    query = query.options(joinedload(Use.deal), joinedload(Use.person))
    query = query.order_by(Use.at.desc(), Use.id.desc())
    if page is not None:
        query = query.limit(PAGE).offset((page - 1) * PAGE)
    return db.session.scalars(query).all()


def _uses(
    query: Select[Any], asset: Asset, scope: Scope, period: Period, reader: Person, stage: str
) -> Select[Any]:
    query = query.join(Deal, Deal.id == Use.deal_id).where(
        Use.asset_id == asset.id,
        Use.day.between(period.first, period.last),
        scope.covers(Use.team_set_id),
        deals.visible(reader),
    )
    return query.where(Use.stage == stage) if stage else query

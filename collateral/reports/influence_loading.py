"""Closed deals read for comparisons: stages, uses and amounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true

from collateral.accounts.models import TeamMember
from collateral.assets.models import Vocabulary
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal, Outcome, StageChange
from collateral.reports.influence_strata import Cases
from collateral.reports.parts import Asked, main_currency
from collateral.retirement.eligible import FITTING
from collateral.usage.models import Use

DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Loaded:
    """Closed deals as arrays, and beside them what hangs on assets."""

    cases: Cases
    ids: Any
    labels: Mapping[Vocabulary, Any]
    """For each vocabulary the deals' slugs, as an array of objects."""
    owners: Any
    stages: Sequence[str]
    used: Mapping[int, Mapping[int, float]]
    """Asset to deal's position to the moment of first use, in days."""
    assets_in: Mapping[int, int]
    """Deal's id to how many assets were used in it."""
    money: Mapping[int, Sequence[tuple[int, Decimal, bool]]]
    """Asset to (deal's id, amount, won) of its won and open deals in the currency."""
    currency: str
    last: float


def day_count(moment: datetime | date) -> float:
    """Days since 1970, with their fractions."""
    if isinstance(moment, datetime):
        return (moment - EPOCH) / DAY
    return float((moment - EPOCH.date()).days)


def _deals(asked: Asked) -> Any:
    """The condition for the deals that a report's influence speaks of, of any outcome."""
    wanted = [deals.visible(asked.reader)]
    if asked.request.team_id is not None:
        members = select(TeamMember.person_id).where(TeamMember.team_id == asked.request.team_id)
        wanted.append(Deal.owner_id.in_(members))
    if asked.request.product:
        wanted.append(Deal.product == asked.request.product)
    if asked.request.region:
        wanted.append(Deal.region == asked.request.region)
    return and_(*wanted)


def load(asked: Asked, among: Collection[int] | None = None) -> Loaded:
    """The closed deals of the request with their stages and uses. Five queries.

    Args:
        among: the uses and amounts of these assets alone; of all for None.
    """
    import numpy as np

    currency, closed = main_currency(asked.reader), _closed(asked)
    rows = _closed_deals(closed)
    visits = _visits(rows, closed)
    if asked.request.stage:
        visits = [visit for visit in visits if visit.stage == asked.request.stage]
    stages = sorted({visit.stage for visit in visits})
    money, assets_in = _money(asked, currency, among)
    return Loaded(
        cases=_cases(rows, visits, stages, currency),
        ids=np.array([row.id for row in rows], dtype=np.int64),
        labels={v: np.array([getattr(r, v.value) for r in rows], dtype=object) for v in FITTING},
        owners=np.array([row.owner_id or 0 for row in rows], dtype=np.int64),
        stages=stages,
        used=_first_uses(rows, closed, among),
        assets_in=assets_in,
        money=money,
        currency=currency,
        last=day_count(asked.period.last) + 1,
    )


def _closed(asked: Asked) -> ColumnElement[bool]:
    """The condition for the deals that are compared: closed within the period."""
    return and_(
        _deals(asked),
        Deal.outcome != Outcome.OPEN,
        Deal.closed_on.between(asked.period.first, asked.period.last),
    )


def _closed_deals(closed: ColumnElement[bool]) -> Sequence[Any]:
    return db.session.execute(
        select(
            Deal.id,
            Deal.owner_id,
            Deal.owner_email,
            Deal.industry,
            Deal.product,
            Deal.region,
            Deal.amount,
            Deal.currency,
            Deal.opened_on,
            Deal.closed_on,
            Deal.outcome,
        ).where(closed)
    ).all()


def _end(row: Any) -> float:
    """When a deal was over, in days: the day on which it closed is over when it ends."""
    return day_count(row.closed_on) + 1


@dataclass(frozen=True)
class _Visit:
    """The stay of a deal, named by its position, in a stage: from when to when, in days."""

    deal: int
    stage: str
    entered: float
    left: float


def _visits(rows: Sequence[Any], closed: ColumnElement[bool]) -> list[_Visit]:
    """The stages that each deal went through; one without a name where none is known."""
    ways: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for deal_id, stage, at in db.session.execute(
        select(StageChange.deal_id, StageChange.stage, StageChange.at)
        .join(Deal, Deal.id == StageChange.deal_id)
        .where(closed)
        .order_by(StageChange.at, StageChange.id)
    ):
        ways[deal_id].append((day_count(at), stage))
    visits: list[_Visit] = []
    for position, row in enumerate(rows):
        way = ways.get(row.id) or [(day_count(row.opened_on or row.closed_on), "")]
        leaves = [moment for moment, _ in way[1:]] + [_end(row)]
        visits += [
            _Visit(position, stage, moment, min(left, _end(row)))
            for (moment, stage), left in zip(way, leaves, strict=True)
        ]
    return visits


def _first_uses(
    rows: Sequence[Any], closed: ColumnElement[bool], among: Collection[int] | None
) -> dict[int, dict[int, float]]:
    """Asset to deal's position to the moment of first use, in days."""
    place = {row.id: position for position, row in enumerate(rows)}
    used: dict[int, dict[int, float]] = defaultdict(dict)
    for asset_id, deal_id, at in db.session.execute(
        select(Use.asset_id, Use.deal_id, func.min(Use.at))
        .join(Deal, Deal.id == Use.deal_id)
        .where(closed, Use.retracted_at.is_(None), _among(among))
        .group_by(Use.asset_id, Use.deal_id)
    ):
        used[asset_id][place[deal_id]] = day_count(at)
    return used


def _cases(
    rows: Sequence[Any], visits: Sequence[_Visit], stages: Sequence[str], currency: str
) -> Cases:
    """The deals and their visits as arrays; an amount in another currency is no size."""
    import numpy as np

    amounts = [float(r.amount) if r.amount and r.currency == currency else 0.0 for r in rows]
    return Cases(
        rep=_codes([row.owner_email or row.owner_id or None for row in rows]),
        industry=_codes([row.industry or None for row in rows]),
        size=np.array(amounts, dtype=float),
        closed=np.array([_end(row) for row in rows], dtype=float),
        won=np.array([row.outcome is Outcome.WON for row in rows], dtype=bool),
        visit_deal=np.array([visit.deal for visit in visits], dtype=np.int64),
        visit_stage=np.array([stages.index(visit.stage) for visit in visits], dtype=np.int64),
        entered=np.array([visit.entered for visit in visits], dtype=float),
        left=np.array([visit.left for visit in visits], dtype=float),
    )


def _among(asset_ids: Collection[int] | None) -> ColumnElement[bool]:
    return true() if asset_ids is None else Use.asset_id.in_(asset_ids)


def _codes(values: Sequence[Any]) -> Any:
    """A number for each distinct value, -1 for None."""
    import numpy as np

    numbers: dict[Any, int] = {}
    coded = [-1 if v is None else numbers.setdefault(v, len(numbers)) for v in values]
    return np.array(coded, dtype=np.int64)


def _money(
    asked: Asked, currency: str, among: Collection[int] | None
) -> tuple[dict[int, list[tuple[int, Decimal, bool]]], dict[int, int]]:
    """Amounts of deals won in the period or open now, by asset; how many assets each had: of the
    deals that had one of `among`."""
    won = and_(
        Deal.outcome == Outcome.WON,
        Deal.closed_on.between(asked.period.first, asked.period.last),
    )
    money: dict[int, list[tuple[int, Decimal, bool]]] = defaultdict(list)
    assets_in: dict[int, int] = defaultdict(int)
    query = (
        select(Use.asset_id, Use.deal_id, Deal.amount, Deal.currency, Deal.outcome)
        .join(Deal, Deal.id == Use.deal_id)
        .where(_deals(asked), won | (Deal.outcome == Outcome.OPEN), Use.retracted_at.is_(None))
        .distinct()
    )
    if asked.request.stage:
        query = query.where(Use.stage == asked.request.stage)
    if among is not None:
        query = query.where(Use.deal_id.in_(select(Use.deal_id).where(_among(among))))
    for asset_id, deal_id, amount, unit, outcome in db.session.execute(query):
        assets_in[deal_id] += 1
        known = amount if amount is not None and unit == currency else Decimal(0)
        money[asset_id].append((deal_id, known, outcome is Outcome.WON))
    return money, assets_in

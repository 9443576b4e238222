"""The overview: what the library did for sales, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select

from collateral.accounts.models import Person, Team, TeamMember
from collateral.assets.models import Asset
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.reports.asking import ReportRequest
from collateral.reports.parts import (
    Asked,
    ask,
    cost_currency,
    counted_uses,
    in_report,
    published_by,
    type_label,
)
from collateral.usage.models import TeamSetMember, Use
from collateral.usage.periods import next_month
from collateral.usage.queries import Counts, by_month
from collateral.usage.team_sets import teams_for


@dataclass(frozen=True)
class Figures:
    """The key figures of one period. Costs are in the report's currency."""

    published: int
    used: int
    cost: Decimal
    cost_never_used: Decimal
    deals: int
    deals_with_use: int
    views: int
    downloads: int
    uses: int


@dataclass(frozen=True)
class MonthRow:
    """One month: what was counted, and the deals open in it with a use until its end."""

    month: date
    counts: Counts
    deals: int
    deals_with_use: int


@dataclass(frozen=True)
class TypeCost:
    """Production cost of a type of asset, used and never used."""

    type: str
    used: Decimal
    never_used: Decimal


@dataclass(frozen=True)
class TeamRow:
    team_id: int
    name: str
    people: int
    uses: int
    deals: int
    deals_with_use: int


@dataclass(frozen=True)
class Overview:
    currency: str
    now: Figures
    before: Figures
    months: Sequence[MonthRow]
    before_months: Sequence[MonthRow]
    costs: Sequence[TypeCost]
    teams: Sequence[TeamRow]


def overview(reader: Person, request: ReportRequest) -> Overview:
    """The whole page in a fixed number of queries, whatever the library holds.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    asked, before = ask(reader, request), ask(reader, request.before)
    currency = cost_currency(reader)
    months, before_months = _months(asked), _months(before)
    return Overview(
        currency,
        _figures(asked, currency, months),
        _figures(before, currency, before_months),
        months,
        before_months,
        _costs(asked, currency),
        teams_of(asked),
    )


def _ever_used(asked: Asked) -> ColumnElement[bool]:
    """Whether the asset was used until the period's end."""
    wanted = [
        Use.asset_id == Asset.id,
        Use.day <= asked.period.last,
        Use.retracted_at.is_(None),
        asked.scope.covers(Use.team_set_id),
    ]
    if asked.request.stage:
        wanted.append(Use.stage == asked.request.stage)
    return select(Use.id).where(*wanted).exists()


def _figures(asked: Asked, currency: str, months: Sequence[MonthRow]) -> Figures:
    used_now = select(Use.id).where(Use.asset_id == Asset.id, counted_uses(asked)).exists()
    cost = case((Asset.cost_currency == currency, Asset.cost_amount), else_=0)
    published, used, whole, never = db.session.execute(
        select(
            func.count(),
            _sum(case((used_now, 1), else_=0)),
            _sum(cost),
            _sum(case((_ever_used(asked), 0), else_=cost)),
        )
        .select_from(Asset)
        .where(in_report(asked), published_by(asked))
    ).one()
    first_use = first_use_of(asked)
    open_then, with_use = db.session.execute(
        select(func.count(), _sum(case((first_use.c.day <= asked.period.last, 1), else_=0)))
        .select_from(Deal)
        .outerjoin(first_use, first_use.c.deal_id == Deal.id)
        .where(deals_of(asked), open_between(asked.period.first, asked.period.last))
    ).one()
    return Figures(
        published,
        int(used),
        Decimal(whole),
        Decimal(never),
        open_then,
        int(with_use),
        sum(month.counts.views for month in months),
        sum(month.counts.downloads for month in months),
        _uses(asked),
    )


def _uses(asked: Asked) -> int:
    """Uses of the report's assets in deals that the reader may see."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Use)
            .join(Asset, Asset.id == Use.asset_id)
            .join(Deal, Deal.id == Use.deal_id)
            .where(counted_uses(asked), in_report(asked), deals.visible(asked.reader))
        )
        or 0
    )


def _sum(value: Any) -> Any:
    return func.coalesce(func.sum(value), 0)


def deals_of(asked: Asked) -> ColumnElement[bool]:
    """The deals of the report: visible, of the team's people where one is chosen."""
    wanted = [deals.visible(asked.reader)]
    if asked.request.team_id is not None:
        members = select(TeamMember.person_id).where(TeamMember.team_id == asked.request.team_id)
        wanted.append(Deal.owner_id.in_(members))
    for column, slug in (
        (Deal.product, asked.request.product),
        (Deal.region, asked.request.region),
    ):
        if slug:
            wanted.append(column == slug)
    return and_(*wanted)


def open_between(first: date, last: date) -> ColumnElement[bool]:
    opened = func.coalesce(Deal.opened_on, Deal.closed_on, first)
    return and_(opened <= last, or_(Deal.closed_on.is_(None), Deal.closed_on >= first))


def first_use_of(asked: Asked) -> Subquery:
    """The day on which each deal first had a use that counts for the reader."""
    wanted = [Use.retracted_at.is_(None), asked.scope.covers(Use.team_set_id)]
    if asked.request.stage:
        wanted.append(Use.stage == asked.request.stage)
    return (
        select(Use.deal_id, func.min(Use.day).label("day"))
        .where(*wanted)
        .group_by(Use.deal_id)
        .subquery()
    )


def _months(asked: Asked) -> list[MonthRow]:
    months = asked.period.months()
    refs = select(Asset.id).where(in_report(asked))
    narrowed = asked.request.product or asked.request.region
    counts = by_month(asked.scope, asked.period, asked.reader, refs=refs if narrowed else None)
    first_use = first_use_of(asked)
    columns = []
    for month in months:
        last = min(next_month(month) - timedelta(days=1), asked.period.last)
        is_open = open_between(month, last)
        columns.append(_sum(case((is_open, 1), else_=0)))
        columns.append(_sum(case((and_(is_open, first_use.c.day <= last), 1), else_=0)))
    numbers = db.session.execute(
        select(*columns)
        .select_from(Deal)
        .outerjoin(first_use, first_use.c.deal_id == Deal.id)
        .where(deals_of(asked), open_between(asked.period.first, asked.period.last))
    ).one()
    return [
        MonthRow(month, counts[month], int(numbers[2 * place]), int(numbers[2 * place + 1]))
        for place, month in enumerate(months)
    ]


def _costs(asked: Asked, currency: str) -> list[TypeCost]:
    each = (
        select(
            type_label().label("type"),
            Asset.cost_amount.label("cost"),
            case((_ever_used(asked), 1), else_=0).label("used"),
        )
        .where(in_report(asked), published_by(asked), Asset.cost_currency == currency)
        .subquery()
    )
    rows = db.session.execute(
        select(
            each.c.type,
            _sum(case((each.c.used == 1, each.c.cost), else_=0)),
            _sum(case((each.c.used == 1, 0), else_=each.c.cost)),
        )
        .group_by(each.c.type)
        .order_by(func.sum(each.c.cost).desc(), each.c.type)
        .limit(8)
    )
    return [TypeCost(label, Decimal(spent), Decimal(never)) for label, spent, never in rows]


def teams_of(asked: Asked) -> list[TeamRow]:
    teams = teams_for(asked.reader)
    if asked.request.team_id is not None:
        teams = [team for team in teams if team.id == asked.request.team_id]
    ids = [team.id for team in teams]
    people = _by_team(
        select(TeamMember.team_id, func.count())
        .where(TeamMember.team_id.in_(ids))
        .group_by(TeamMember.team_id)
    )
    uses = _by_team(
        select(TeamSetMember.team_id, func.count())
        .join(Use, Use.team_set_id == TeamSetMember.team_set_id)
        .where(TeamSetMember.team_id.in_(ids), counted_uses(asked))
        .group_by(TeamSetMember.team_id)
    )
    first_use = first_use_of(asked)
    deal_rows = db.session.execute(
        select(
            TeamMember.team_id,
            func.count(),
            _sum(case((first_use.c.day <= asked.period.last, 1), else_=0)),
        )
        .join(Deal, Deal.owner_id == TeamMember.person_id)
        .outerjoin(first_use, first_use.c.deal_id == Deal.id)
        .where(
            TeamMember.team_id.in_(ids),
            deals_of(asked),
            open_between(asked.period.first, asked.period.last),
        )
        .group_by(TeamMember.team_id)
    )
    deal_counts = {team_id: (int(count), int(used)) for team_id, count, used in deal_rows}
    return [_team_row(team, people, uses, deal_counts) for team in teams]


def _by_team(query: Any) -> dict[int, int]:
    return {team_id: int(count) for team_id, count in db.session.execute(query)}


def _team_row(
    team: Team, people: dict[int, int], uses: dict[int, int], found: dict[int, tuple[int, int]]
) -> TeamRow:
    count, used = found.get(team.id, (0, 0))
    return TeamRow(team.id, team.name, people.get(team.id, 0), uses.get(team.id, 0), count, used)

"""The overview: what the library did for sales, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from collateral.accounts.models import Person, TeamMember
from collateral.assets.models import Asset
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.reports import deals_open, standing
from collateral.reports.asking import ReportRequest
from collateral.reports.deals_open import Span
from collateral.reports.parts import Asked, ask, cost_currency, counted_uses, in_report
from collateral.reports.standing import Standing
from collateral.usage.models import TeamSetMember, Use
from collateral.usage.months import by_month
from collateral.usage.periods import next_month
from collateral.usage.summed import Counts
from collateral.usage.team_sets import teams_for


@dataclass(frozen=True)
class Figures:
    """The key figures of one period. Costs are in the report's currency; what was never used
    was not used in the period, as in the report of what is ignored."""

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
    types = standing.by_type(asked, currency)
    found = deals_open.spans(
        asked,
        min(asked.period.first, before.period.first),
        max(asked.period.last, before.period.last),
    )
    months, before_months = _months(asked, found), _months(before, found)
    return Overview(
        currency,
        _figures(asked, standing.whole(types), found, months),
        _figures(before, standing.together(before, currency), found, before_months),
        months,
        before_months,
        _costs(types),
        teams_of(asked, found),
    )


def _figures(
    asked: Asked, stands: Standing, found: Sequence[Span], months: Sequence[MonthRow]
) -> Figures:
    count = deals_open.count(found, asked.period.first, asked.period.last)
    return Figures(
        stands.published,
        stands.used,
        stands.cost,
        stands.cost_unused,
        count.deals,
        count.with_use,
        sum(month.counts.views for month in months),
        sum(month.counts.downloads for month in months),
        _uses(asked),
    )


def _uses(asked: Asked) -> int:
    """Uses of the report's assets in deals that the reader may see."""
    hidden = select(Asset.id).where(~in_report(asked))
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Use)
            .join(Deal, Deal.id == Use.deal_id)
            .where(counted_uses(asked), Use.asset_id.not_in(hidden), deals.visible(asked.reader))
        )
        or 0
    )


def _months(asked: Asked, found: Sequence[Span]) -> list[MonthRow]:
    months = asked.period.months()
    narrowed = asked.request.product or asked.request.region
    counts = by_month(
        asked.scope,
        asked.period,
        asked.reader,
        narrowed=in_report(asked) if narrowed else None,
    )
    stretches = [
        (month, min(next_month(month) - timedelta(days=1), asked.period.last)) for month in months
    ]
    return [
        MonthRow(month, counts[month], count.deals, count.with_use)
        for month, count in zip(months, deals_open.by_stretch(found, stretches), strict=True)
    ]


def _costs(types: Sequence[Standing]) -> list[TypeCost]:
    return [TypeCost(t.type, t.cost - t.cost_unused, t.cost_unused) for t in types if t.cost][:8]


def teams_of(asked: Asked, found: Sequence[Span]) -> list[TeamRow]:
    """The teams that the reader may choose from. `found` are the deals of the period."""
    teams = teams_for(asked.reader)
    if asked.request.team_id is not None:
        teams = [team for team in teams if team.id == asked.request.team_id]
    ids = [team.id for team in teams]
    members: dict[int, set[int]] = {team_id: set() for team_id in ids}
    for team_id, person_id in db.session.execute(
        select(TeamMember.team_id, TeamMember.person_id).where(TeamMember.team_id.in_(ids))
    ):
        members[team_id].add(person_id)
    uses = {
        team_id: int(count)
        for team_id, count in db.session.execute(
            select(TeamSetMember.team_id, func.count())
            .join(Use, Use.team_set_id == TeamSetMember.team_set_id)
            .where(TeamSetMember.team_id.in_(ids), counted_uses(asked))
            .group_by(TeamSetMember.team_id)
        )
    }
    owned = deals_open.by_owner(found, asked.period.first, asked.period.last)
    return [
        TeamRow(
            team.id,
            team.name,
            len(members[team.id]),
            uses.get(team.id, 0),
            sum(owned[person].deals for person in members[team.id] & owned.keys()),
            sum(owned[person].with_use for person in members[team.id] & owned.keys()),
        )
        for team in teams
    ]

"""The scorecard of one asset: its use over time, by team, stage and version, and its deals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetVersion
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal, Outcome
from collateral.reports.asking import ReportRequest
from collateral.reports.parts import Asked, ask, counted_uses, main_currency
from collateral.usage.counting import zone
from collateral.usage.models import Level, Use
from collateral.usage.models_teams import TeamSetMember
from collateral.usage.periods import next_month
from collateral.usage.rules import counting_day
from collateral.usage.summed import Counts, counts, sums
from collateral.usage.team_sets import teams_for


@dataclass(frozen=True)
class Split:
    """The deals of one team or stage by outcome."""

    key: str
    name: str
    won: int
    open: int
    lost: int

    @property
    def deals(self) -> int:
        return self.won + self.open + self.lost


@dataclass(frozen=True)
class VersionRow:
    number: int
    since: date
    views: int
    downloads: int
    deals: int


@dataclass(frozen=True)
class Scorecard:
    """Amounts are in `currency`; `months` are pairs of month and deals first used in it then."""

    currency: str
    counts: Counts
    deals: int
    before: int
    won: int
    open: int
    lost: int
    won_amount: Decimal
    open_amount: Decimal
    months: Sequence[tuple[date, int]]
    teams: Sequence[Split]
    stages: Sequence[Split]
    versions: Sequence[VersionRow]


def scorecard(reader: Person, asset: Asset, request: ReportRequest) -> Scorecard:
    """All of the page but influence; a fixed number of queries, from sums and the asset's uses.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    asked = ask(reader, request)
    currency = main_currency(reader)
    uses = _uses(asked, asset)
    each = {use.deal_id: use for use in uses}
    first: dict[int, date] = {}
    for use in uses:
        first[use.deal_id] = min(use.day, first.get(use.deal_id, use.day))
    outcome = [use.outcome for use in each.values()]
    amount = {
        wanted: sum(
            (u.amount for u in each.values() if u.outcome is wanted and u.currency == currency),
            Decimal(0),
        )
        for wanted in (Outcome.WON, Outcome.OPEN)
    }
    earlier = {use.deal_id for use in _uses(ask(reader, request.before), asset)}
    return Scorecard(
        currency,
        counts([asset.id], asked.scope, asked.period).get(asset.id, Counts()),
        len(each),
        len(earlier),
        outcome.count(Outcome.WON),
        outcome.count(Outcome.OPEN),
        outcome.count(Outcome.LOST),
        amount[Outcome.WON],
        amount[Outcome.OPEN],
        [
            (month, sum(month <= day < next_month(month) for day in first.values()))
            for month in asked.period.months()
        ],
        _by_team(asked, uses),
        _by_stage(uses),
        _versions(asked, asset, uses),
    )


def _uses(asked: Asked, asset: Asset) -> Sequence[Any]:
    return db.session.execute(
        select(
            Use.deal_id,
            Use.day,
            Use.stage,
            Use.team_set_id,
            Use.version_id,
            Deal.outcome,
            func.coalesce(Deal.amount, 0).label("amount"),
            Deal.currency,
        )
        .join(Deal, Deal.id == Use.deal_id)
        .where(Use.asset_id == asset.id, counted_uses(asked), deals.visible(asked.reader))
    ).all()


def _split(key: str, name: str, uses: Sequence[Any]) -> Split:
    each = {use.deal_id: use.outcome for use in uses}
    found = list(each.values())
    return Split(
        key,
        name,
        *(found.count(outcome) for outcome in (Outcome.WON, Outcome.OPEN, Outcome.LOST)),
    )


def _by_team(asked: Asked, uses: Sequence[Any]) -> list[Split]:
    teams = teams_for(asked.reader)
    sets: dict[int, set[int]] = {}
    for team_set_id, team_id in db.session.execute(
        select(TeamSetMember.team_set_id, TeamSetMember.team_id).where(
            TeamSetMember.team_set_id.in_({use.team_set_id for use in uses})
        )
    ):
        sets.setdefault(team_id, set()).add(team_set_id)
    rows = [
        _split(
            str(team.id),
            team.name,
            [use for use in uses if use.team_set_id in sets.get(team.id, ())],
        )
        for team in teams
    ]
    return sorted((row for row in rows if row.deals), key=lambda row: -row.deals)


def _by_stage(uses: Sequence[Any]) -> list[Split]:
    stages = {use.stage for use in uses}
    rows = [_split(stage, stage, [use for use in uses if use.stage == stage]) for stage in stages]
    return sorted(rows, key=lambda row: (-row.deals, row.name))


def _versions(asked: Asked, asset: Asset, uses: Sequence[Any]) -> list[VersionRow]:
    versions = db.session.execute(
        select(AssetVersion.id, AssetVersion.number, AssetVersion.created_at)
        .where(AssetVersion.asset_id == asset.id)
        .order_by(AssetVersion.number.desc())
    ).all()
    summed = sums(
        asked.scope,
        asked.period,
        level=Level.VERSION,
        refs=[version.id for version in versions],
        metrics=("views", "downloads"),
    )
    seen = {row.ref: (row.views, row.downloads) for row in db.session.execute(select(summed))}
    return [
        VersionRow(
            version.number,
            counting_day(version.created_at, zone()),
            *seen.get(version.id, (0, 0)),
            deals=len({use.deal_id for use in uses if use.version_id == version.id}),
        )
        for version in versions
    ]

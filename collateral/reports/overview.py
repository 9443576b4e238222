"""The overview: what the library did for sales, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from collateral.accounts.models import Person
from collateral.reports import deals_open, searches, standing
from collateral.reports.asking import ReportRequest
from collateral.reports.parts import (
    Asked,
    Stretch,
    ask,
    cost_currency,
    in_report,
    stretches,
)
from collateral.reports.standing import Standing
from collateral.reports.teams import TeamRow, teams_of
from collateral.reports.turned_round import (
    TurnedRound,
    answered,
    handed_in,
    turned_round,
)
from collateral.usage.months import by_month
from collateral.usage.summed import Counts


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
    uses: int
    turned: TurnedRound


@dataclass(frozen=True)
class DealMonth:
    """The deals open in a month, and those with a use until its end."""

    month: date
    deals: int
    deals_with_use: int


@dataclass(frozen=True)
class MonthRow(DealMonth):
    """The same with what was counted in it."""

    counts: Counts
    standing: Standing
    turned: TurnedRound


@dataclass(frozen=True)
class TypeCost:
    """Production cost of a type of asset, used and never used."""

    type: str
    used: Decimal
    never_used: Decimal


@dataclass(frozen=True)
class KeyFigures:
    """What leads the overview, and the homes of marketers and managers."""

    currency: str
    now: Figures
    before: Figures
    deals: Sequence[DealMonth]
    before_deals: Sequence[DealMonth]
    teams: Sequence[TeamRow]


@dataclass(frozen=True)
class Looks:
    """Views and downloads in a period."""

    views: int
    downloads: int


@dataclass(frozen=True)
class Overview:
    currency: str
    now: Figures
    before: Figures
    looks: Looks
    looks_before: Looks
    months: Sequence[MonthRow]
    before_months: Sequence[MonthRow]
    costs: Sequence[TypeCost]
    teams: Sequence[TeamRow]


class _Found:
    """What both are made of: standing, the deals of both periods, and what was turned round."""

    def __init__(self, reader: Person, request: ReportRequest, *, detailed: bool) -> None:
        self.asked, self.before = ask(reader, request), ask(reader, request.before)
        now, then = self.asked.period, self.before.period
        first, last = min(now.first, then.first), max(now.last, then.last)
        self.currency = cost_currency(reader)
        self.stands = standing.stood(self.asked, self.before, self.currency, detailed=detailed)
        self.spans = deals_open.spans(self.asked, first, last)
        self.handed_in = handed_in(self.asked, last)
        self.answered = answered(self.asked, first, last)

    def figures(self) -> tuple[Figures, Figures]:
        return (
            self._figures(self.asked, self.stands.now, self.stands.uses),
            self._figures(self.before, self.stands.before, self.stands.uses_before),
        )

    def _figures(self, asked: Asked, stands: Standing, uses: int) -> Figures:
        period = asked.period
        count = deals_open.count(self.spans, period.first, period.last)
        return Figures(
            stands.published,
            stands.used,
            stands.cost,
            stands.cost_unused,
            count.deals,
            count.with_use,
            uses,
            self.turned((period.first, period.last), asked),
        )

    def turned(self, stretch: Stretch, asked: Asked) -> TurnedRound:
        return turned_round(self.handed_in, self.answered, stretch, asked.period.last)

    def deals(self, asked: Asked) -> list[DealMonth]:
        months = stretches(asked.period)
        return [
            DealMonth(first.replace(day=1), count.deals, count.with_use)
            for (first, _), count in zip(
                months, deals_open.by_stretch(self.spans, months), strict=True
            )
        ]

    def months(self, asked: Asked, stands: Sequence[Standing]) -> list[MonthRow]:
        narrowed = asked.request.product or asked.request.region
        counts = by_month(
            asked.scope,
            asked.period,
            asked.reader,
            narrowed=in_report(asked) if narrowed else None,
        )
        return [
            MonthRow(
                row.month,
                row.deals,
                row.deals_with_use,
                counts[row.month],
                stand,
                self.turned(stretch, asked),
            )
            for row, stretch, stand in zip(
                self.deals(asked), stretches(asked.period), stands, strict=True
            )
        ]


def key_figures(reader: Person, request: ReportRequest) -> KeyFigures:
    """The leading figures alone, in a fixed number of queries.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    found = _Found(reader, request, detailed=False)
    return KeyFigures(
        found.currency,
        *found.figures(),
        found.deals(found.asked),
        found.deals(found.before),
        teams_of(found.asked, found.spans),
    )


def overview(reader: Person, request: ReportRequest) -> Overview:
    """The whole page in a fixed number of queries, whatever the library holds.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    found = _Found(reader, request, detailed=True)
    months = found.months(found.asked, found.stands.months)
    before_months = found.months(found.before, found.stands.before_months)
    return Overview(
        found.currency,
        *found.figures(),
        _looks(months),
        _looks(before_months),
        months,
        before_months,
        _costs(found.stands.types),
        teams_of(found.asked, found.spans, searches.searchers(found.asked), found.before),
    )


def _looks(months: Sequence[MonthRow]) -> Looks:
    return Looks(
        sum(month.counts.views for month in months),
        sum(month.counts.downloads for month in months),
    )


def _costs(types: Sequence[Standing]) -> list[TypeCost]:
    return [TypeCost(t.type, t.cost_used, t.cost_unused) for t in types if t.cost][:8]

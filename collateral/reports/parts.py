"""What several reports are made of: the assets they speak of, uses by asset, the currency."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
)

from collateral.accounts.models import Person, TeamMember
from collateral.accounts.permissions import Permission, can
from collateral.adaptations.models import Adaptation
from collateral.assets import queries as assets
from collateral.assets.models import Asset, AssetTerm, Status, Term, Vocabulary
from collateral.db import db, read
from collateral.deals import gone
from collateral.deals import queries as deals
from collateral.deals.models import Deal, Outcome
from collateral.deals.values import at_midnight
from collateral.reports.asking import ReportRequest
from collateral.usage.counting import zone
from collateral.usage.models import Use
from collateral.usage.periods import Period, next_month
from collateral.usage.team_sets import Scope, scope_of


@dataclass(frozen=True)
class Asked:
    """A request with who asks: whose doing counts for her."""

    reader: Person
    request: ReportRequest
    scope: Scope

    @property
    def period(self) -> Period:
        return self.request.period

    @property
    def key(self) -> Hashable:
        """Who asks for what, by value: all that the conditions in here are made of."""
        reader = self.reader
        return (
            (reader.id, reader.email, reader.team_ids),
            can(reader, Permission.ASSET_READ_ALL),
            can(reader, Permission.DEAL_READ_ALL),
            self.request,
            self.scope,
            zone(),
        )

    @property
    def begins(self) -> datetime:
        """The first moment of the period."""
        return at_midnight(self.period.first, zone())

    @property
    def ends(self) -> datetime:
        """The first moment after the period."""
        return at_midnight(self.period.last + timedelta(days=1), zone())


def ask(reader: Person, request: ReportRequest) -> Asked:
    """Settle what the reader may count. Raises NotFound for a team that is not hers to ask for."""
    return Asked(reader, request, scope_of(reader, request.team_id))


def seen(reader: Person) -> ColumnElement[bool]:
    """The condition for the assets that she may see, for a look at all of them.

    It says the same as `assets.visible`, which asks of each asset for its teams; the few that
    are hidden are found once here.
    """
    if can(reader, Permission.ASSET_READ_ALL):
        return true()
    return Asset.id.not_in(assets.hidden(reader))


def in_report(asked: Asked) -> ColumnElement[bool]:
    """The condition for the assets that a report speaks of, whatever their status."""
    wanted = [seen(asked.reader)]
    for vocabulary, slug in (
        (Vocabulary.PRODUCT, asked.request.product),
        (Vocabulary.REGION, asked.request.region),
    ):
        if slug:
            wanted.append(assets.carries(vocabulary, slug))
    return and_(*wanted)


def outside(asked: Asked) -> Select[int]:
    """The ids of the assets that a report does not speak of."""
    if asked.request.product or asked.request.region:
        return select(Asset.id).where(~in_report(asked))
    return assets.hidden(asked.reader)


def published_by(asked: Asked) -> ColumnElement[bool]:
    """The condition that an asset is published, and was so before the period's end."""
    return and_(
        Asset.status == Status.PUBLISHED,
        or_(Asset.published_at.is_(None), Asset.published_at < asked.ends),
    )


def happened(asked: Asked, moment: Any) -> ColumnElement[bool]:
    """The condition that a moment lies within the period."""
    return and_(moment >= asked.begins, moment < asked.ends)


def made_by(asked: Asked) -> ColumnElement[bool]:
    """The condition for adaptations by people who are in the request's team now."""
    members = members_of(asked)
    return true() if members is None else Adaptation.person_id.in_(members)


def members_of(asked: Asked) -> Select[int] | None:
    """A query of the people in the request's team; None where none is asked for."""
    if asked.request.team_id is None:
        return None
    return select(TeamMember.person_id).where(TeamMember.team_id == asked.request.team_id)


def type_label() -> Any:
    """The label of an asset's type as a column; "" where it has none."""
    label = (
        select(Term.label)
        .join(AssetTerm, AssetTerm.term_id == Term.id)
        .where(AssetTerm.asset_id == Asset.id, Term.vocabulary == Vocabulary.TYPE)
        .order_by(Term.position, Term.label)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(label, "")


_TYPES = (
    select(AssetTerm.asset_id, Term.label)
    .join(Term, Term.id == AssetTerm.term_id)
    .where(
        AssetTerm.asset_id.in_(bindparam("ids", expanding=True)),
        Term.vocabulary == Vocabulary.TYPE,
    )
    .order_by(Term.position, Term.label)
)


def types_of(asset_ids: Collection[int]) -> dict[int, str]:
    """The same for these assets, by id; those without a type are not in it."""
    found: dict[int, str] = {}
    for asset_id, label in read(_TYPES, {"ids": list(asset_ids)}).all():
        found.setdefault(asset_id, label)
    return found


def counted_uses(asked: Asked) -> ColumnElement[bool]:
    """The condition for the uses that count: within period, scope and stage."""
    return and_(Use.day.between(asked.period.first, asked.period.last), within_scope(asked))


def within_scope(asked: Asked) -> ColumnElement[bool]:
    """The same without the period."""
    wanted = [Use.retracted_at.is_(None), asked.scope.covers(Use.team_set_id)]
    if asked.request.stage:
        wanted.append(Use.stage == asked.request.stage)
    return and_(*wanted)


def in_seen_deals(asked: Asked) -> ColumnElement[bool]:
    """The condition that a use is in a deal that the reader may see, for a look at many uses.

    It says the same as a join with `deals.visible`; where she may see all, the few that went are
    found once instead of each use's deal.
    """
    if can(asked.reader, Permission.DEAL_READ_ALL):
        return Use.deal_id.not_in(gone.ids())
    here = Deal.gone_at.is_(None)  # said, for statements that are read past the session
    return Use.deal_id.in_(select(Deal.id).where(here, deals.visible(asked.reader)))


def uses_by_asset(asked: Asked, currency: str, among: Collection[int] | None = None) -> Subquery:
    """For each asset: uses, the deals they were in by outcome, and their amounts in `currency`.

    Each deal counts once for an asset, however often it was used there. Only deals that the
    reader may see.

    Args:
        among: these assets alone.
    """
    pairs = (
        select(Use.asset_id, Use.deal_id, func.count().label("uses"))
        .where(counted_uses(asked), true() if among is None else Use.asset_id.in_(among))
        .group_by(Use.asset_id, Use.deal_id)
        .subquery()
    )
    in_currency = Deal.currency == currency
    return (
        select(
            pairs.c.asset_id,
            func.sum(pairs.c.uses).label("uses"),
            func.count().label("deals"),
            _sum_where(Deal.outcome == Outcome.WON, 1).label("won"),
            _sum_where(Deal.outcome == Outcome.OPEN, 1).label("open"),
            _sum_where(Deal.outcome == Outcome.LOST, 1).label("lost"),
            _sum_where(and_(Deal.outcome == Outcome.WON, in_currency), Deal.amount).label(
                "won_amount"
            ),
            _sum_where(and_(Deal.outcome == Outcome.OPEN, in_currency), Deal.amount).label(
                "open_amount"
            ),
        )
        .join(Deal, Deal.id == pairs.c.deal_id)
        .where(Deal.gone_at.is_(None), deals.visible(asked.reader))
        .group_by(pairs.c.asset_id)
        .subquery()
    )


def _sum_where(condition: Any, value: Any) -> Any:
    return func.coalesce(func.sum(case((condition, value), else_=0)), 0)


def main_currency(reader: Person) -> str:
    """The currency that most of the deals the reader may see are in; EUR where none is."""
    return (
        db.session.scalar(
            select(Deal.currency)
            .where(Deal.currency.is_not(None), deals.visible(reader))
            .group_by(Deal.currency)
            .order_by(func.count().desc(), Deal.currency)
            .limit(1)
        )
        or "EUR"
    )


def cost_currency(reader: Person) -> str:
    """The currency that most production costs are in; EUR where none is."""
    return (
        db.session.scalar(
            select(Asset.cost_currency)
            .where(Asset.cost_amount.is_not(None), seen(reader))
            .group_by(Asset.cost_currency)
            .order_by(func.count().desc(), Asset.cost_currency)
            .limit(1)
        )
        or "EUR"
    )


def people_of(asked: Asked, person_id: Any) -> ColumnElement[bool]:
    """The condition that a column names somebody in the scope: in its teams now, or the reader."""
    scope = asked.scope
    if scope.everybody:
        return true()
    members = select(TeamMember.person_id).where(TeamMember.team_id.in_(scope.team_ids))
    return or_(person_id.in_(members), person_id == (scope.person_id or 0))


Stretch = tuple[date, date]
"""From the first to the last day, both within."""


def stretches(period: Period) -> list[Stretch]:
    """Its months, each from its first to its last day within the period. Pure."""
    return [
        (max(month, period.first), min(next_month(month) - timedelta(days=1), period.last))
        for month in period.months()
    ]

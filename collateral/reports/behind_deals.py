"""The uses and deals behind adoption, coverage and worth: of a person, a team, a cell, an asset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from collateral.accounts.models import Person
from collateral.adaptations.models import Adaptation, AdaptationUse
from collateral.adaptations.models import Status as AdaptationStatus
from collateral.assets.models import Asset
from collateral.deals import queries as deals
from collateral.deals.models import Deal, Outcome
from collateral.reports.behind_listing import Of, listing, titled
from collateral.reports.deals_open import deals_of
from collateral.reports.parts import Asked, in_report
from collateral.usage.models import Use

Why = tuple[ColumnElement[bool], str]
"""A condition, and why what meets it is left out."""
_TAKEN_BACK: Why = (Use.retracted_at.is_not(None), "taken_back")


def _of_uses(asked: Asked, what: Any, *left_out: Why) -> Select[Any]:
    """Uses by the reader's scope, those that were taken back too; the deal is named where she may
    see it."""
    return (
        listing(
            Use.id,
            Use.at,
            what,
            titled("deal", Deal, Deal.name, deals.visible(asked.reader)),
            left_out=(_TAKEN_BACK, *left_out),
        )
        .join(Deal, Deal.id == Use.deal_id)
        .join(Person, Person.id == Use.person_id)
        .where(asked.scope.covers(Use.team_set_id))
    )


def _of_period(asked: Asked) -> ColumnElement[bool]:
    """The condition for uses of the period, at the stage where one is chosen."""
    within = Use.day.between(asked.period.first, asked.period.last)
    return and_(within, Use.stage == asked.request.stage) if asked.request.stage else within


def _of_deals(asked: Asked, left_out: ColumnElement[bool], why: str) -> Select[Any]:
    """The report's deals by the day they opened."""
    return (
        listing(
            Deal.id,
            Deal.opened_on,
            Deal.stage,
            titled("deal", Deal, Deal.name, true()),
            left_out=((left_out, why),),
        )
        .outerjoin(Person, Person.id == Deal.owner_id)
        .where(deals_of(asked))
    )


def _column(of: Of) -> InstrumentedAttribute[str]:
    """What a deal's column of coverage is."""
    return Deal.industry if of.across == "industry" else Deal.product


def _uses(asked: Asked, of: Of) -> Select[Any]:
    """The uses of a person or a team."""
    query = _of_uses(asked, Use.stage).where(_of_period(asked))
    return query if of.person_id is None else query.where(Use.person_id == of.person_id)


def _uses_of_cell(asked: Asked, of: Of) -> Select[Any]:
    """The uses of a cell of coverage, with the assets that were used."""
    query = (
        _of_uses(asked, Asset.title)
        .join(Asset, Asset.id == Use.asset_id)
        .where(_of_period(asked), in_report(asked), deals.visible(asked.reader))
    )
    return query.where(_column(of) == of.column) if of.column else query


def _deals_with_use(asked: Asked, of: Of) -> Select[Any]:
    """Deals open in the period; without a use until its end they are left out."""
    used = [
        Use.deal_id == Deal.id,
        Use.retracted_at.is_(None),
        Use.day <= asked.period.last,
        asked.scope.covers(Use.team_set_id),
    ]
    if asked.request.stage:
        used.append(Use.stage == asked.request.stage)
    opened = func.coalesce(Deal.opened_on, Deal.closed_on)
    query = _of_deals(asked, ~exists().where(and_(*used)), "no_use").where(
        or_(opened.is_(None), opened <= asked.period.last),
        or_(Deal.closed_on.is_(None), Deal.closed_on >= asked.period.first),
    )
    return query if of.person_id is None else query.where(Deal.owner_id == of.person_id)


def _open_deals_of_cell(asked: Asked, of: Of) -> Select[Any]:
    """The deals of a cell of coverage; those that are closed are left out."""
    query = _of_deals(asked, Deal.outcome != Outcome.OPEN, "closed")
    if asked.request.stage:
        query = query.where(Deal.stage == asked.request.stage)
    return query.where(_column(of) == of.column) if of.column else query


def _merged(asked: Asked, of: Of) -> Select[Any]:
    """Uses of assets into which an adaptation was merged: those since, by people who adapt it no
    more; those before say how often it was adapted."""
    made, merged = aliased(Adaptation), aliased(Adaptation)
    since = (
        select(func.min(merged.decided_at))
        .where(merged.asset_id == Use.asset_id, merged.status == AdaptationStatus.MERGED)
        .correlate(Use)
        .scalar_subquery()
    )
    still = exists().where(
        made.asset_id == Use.asset_id,
        made.person_id == Use.person_id,
        made.status != AdaptationStatus.PRIVATE,
        made.created_at >= since,
    )
    query = (
        _of_uses(
            asked,
            Use.stage,
            (Use.at < since, "before_merge"),
            (Use.at < asked.begins, "before_period"),
            (exists().where(AdaptationUse.use_id == Use.id), "made_over"),
            (still, "still_adapts"),
        )
        .join(Asset, Asset.id == Use.asset_id)
        .where(in_report(asked), since < asked.ends, Use.at < asked.ends)
    )
    return query if of.asset_id is None else query.where(Use.asset_id == of.asset_id)


METRICS: Mapping[str, Callable[[Asked, Of], Any]] = {
    "uses": _uses,
    "deals_with_use": _deals_with_use,
    "coverage_uses": _uses_of_cell,
    "coverage_deals": _open_deals_of_cell,
    "merged": _merged,
}

"""What the numbers of coverage, of what reps change, and of worth are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, String, and_, case, cast, exists, func, select, true
from sqlalchemy.orm import aliased

from collateral.accounts.models import Person
from collateral.adaptations import queries as adaptations
from collateral.adaptations.models import Adaptation, AdaptationUse
from collateral.adaptations.models import Status as AdaptationStatus
from collateral.assets.models import Asset, AssetTerm, Status, Term, Vocabulary
from collateral.deals import queries as deals
from collateral.deals.models import Deal, Outcome
from collateral.deals.values import at_midnight
from collateral.reports.behind_listing import Of, listing, titled
from collateral.reports.coverage import ACROSS
from collateral.reports.deals_open import deals_of
from collateral.reports.parts import Asked, in_report, made_by, published_by
from collateral.usage.counting import zone
from collateral.usage.models import Use


def _of_deal(of: Of) -> Any:
    return Deal.industry if of.across == "industry" else Deal.product


def _carries(vocabulary: Vocabulary, slug: str) -> Any:
    return exists().where(
        AssetTerm.asset_id == Asset.id,
        AssetTerm.term_id == Term.id,
        Term.vocabulary == vocabulary,
        Term.slug == slug,
    )


def _covering(asked: Asked, of: Of) -> Select[Any]:
    """The assets of a cell; drafts, retired and later ones are left out."""
    wanted = [in_report(asked)]
    if asked.request.stage:
        wanted.append(_carries(Vocabulary.STAGE, asked.request.stage))
    if of.column:
        wanted.append(_carries(ACROSS.get(of.across, Vocabulary.PRODUCT), of.column))
    return (
        listing(
            Asset.id,
            func.coalesce(Asset.published_at, Asset.created_at),
            Asset.status,
            titled("asset", Asset, Asset.title, true()),
            left_out=(
                (Asset.status != Status.PUBLISHED, cast(Asset.status, String)),
                (~published_by(asked), "later"),
            ),
        )
        .outerjoin(Person, Person.id == Asset.owner_id)
        .where(*wanted)
    )


def _uses_of_cell(asked: Asked, of: Of) -> Select[Any]:
    """The uses of a cell, and those that were taken back."""
    wanted = [
        Use.day.between(asked.period.first, asked.period.last),
        asked.scope.covers(Use.team_set_id),
        in_report(asked),
        deals.visible(asked.reader),
    ]
    if asked.request.stage:
        wanted.append(Use.stage == asked.request.stage)
    if of.column:
        wanted.append(_of_deal(of) == of.column)
    return (
        listing(
            Use.id,
            Use.at,
            Asset.title,
            titled("deal", Deal, Deal.name, true()),
            left_out=((Use.retracted_at.is_not(None), "taken_back"),),
        )
        .join(Asset, Asset.id == Use.asset_id)
        .join(Deal, Deal.id == Use.deal_id)
        .join(Person, Person.id == Use.person_id)
        .where(*wanted)
    )


def _open_deals_of_cell(asked: Asked, of: Of) -> Select[Any]:
    """The deals of a cell; those that are closed are left out."""
    wanted = [deals_of(asked)]
    if asked.request.stage:
        wanted.append(Deal.stage == asked.request.stage)
    if of.column:
        wanted.append(_of_deal(of) == of.column)
    return (
        listing(
            Deal.id,
            Deal.opened_on,
            Deal.stage,
            titled("deal", Deal, Deal.name, true()),
            left_out=((Deal.outcome != Outcome.OPEN, "closed"),),
        )
        .outerjoin(Person, Person.id == Deal.owner_id)
        .where(*wanted)
    )


def _handed_in(asked: Asked, of: Of, *more: Any) -> tuple[Any, ...]:
    """The conditions for adaptations of the period; of an asset where one is asked for."""
    wanted = [
        in_report(asked),
        made_by(asked),
        Adaptation.created_at >= at_midnight(asked.period.first, zone()),
        Adaptation.created_at < at_midnight(asked.period.last + timedelta(days=1), zone()),
        *more,
    ]
    if of.asset_id is not None:
        wanted.append(Adaptation.asset_id == of.asset_id)
    return tuple(wanted)


def _maker(asked: Asked) -> Any:
    """The name of who made it, where the reader may see the adaptation."""
    return case((adaptations.visible(asked.reader), Person.name), else_="")


def _adaptations(asked: Asked, of: Of) -> Select[Any]:
    """Adaptations as the report of changes counts them, private ones too: their minutes."""
    return (
        listing(
            Adaptation.id,
            Adaptation.created_at,
            func.coalesce(cast(Adaptation.minutes, String), ""),
            titled("asset", Asset, Asset.title, true()),
            who=_maker(asked),
            left_out=((~adaptations.counted(), "not_confirmed"),),
        )
        .join(Asset, Asset.id == Adaptation.asset_id)
        .join(Person, Person.id == Adaptation.person_id)
        .where(*_handed_in(asked, of))
    )


def _hours(asked: Asked, of: Of) -> Select[Any]:
    """Adaptations whose minutes make the hours of re-creating; the silent ones are estimated."""
    return (
        listing(
            Adaptation.id,
            Adaptation.created_at,
            func.coalesce(cast(Adaptation.minutes, String), ""),
            titled("asset", Asset, Asset.title, true()),
            who=_maker(asked),
            left_out=((Adaptation.minutes.is_(None), "estimated"),),
        )
        .join(Asset, Asset.id == Adaptation.asset_id)
        .join(Person, Person.id == Adaptation.person_id)
        .where(*_handed_in(asked, of, Adaptation.status != AdaptationStatus.PRIVATE))
    )


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
    wanted = [
        in_report(asked),
        asked.scope.covers(Use.team_set_id),
        since < at_midnight(asked.period.last + timedelta(days=1), zone()),
        Use.at < at_midnight(asked.period.last + timedelta(days=1), zone()),
    ]
    if of.asset_id is not None:
        wanted.append(Use.asset_id == of.asset_id)
    return (
        listing(
            Use.id,
            Use.at,
            Use.stage,
            titled("deal", Deal, Deal.name, deals.visible(asked.reader)),
            left_out=(
                (Use.retracted_at.is_not(None), "taken_back"),
                (Use.at < since, "before_merge"),
                (Use.at < at_midnight(asked.period.first, zone()), "before_period"),
                (exists().where(AdaptationUse.use_id == Use.id), "made_over"),
                (still, "still_adapts"),
            ),
        )
        .join(Asset, Asset.id == Use.asset_id)
        .join(Deal, Deal.id == Use.deal_id)
        .join(Person, Person.id == Use.person_id)
        .where(and_(*wanted))
    )


METRICS: Mapping[str, Callable[[Asked, Of], Any]] = {
    "coverage_assets": _covering,
    "coverage_uses": _uses_of_cell,
    "coverage_deals": _open_deals_of_cell,
    "adaptations": _adaptations,
    "hours": _hours,
    "merged": _merged,
}

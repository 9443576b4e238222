"""Families: an asset with its variants and adaptations, and what their use counts for it.

A use of an adaptation counts for its family by the share of its pages that came from there: of
two decks merged into one each gets its part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, literal, select, union_all

from collateral.accounts.models import Person
from collateral.adaptations.heat import counted
from collateral.adaptations.models import Adaptation, AdaptationSource, AdaptationUse
from collateral.adaptations.queries import Credit, Origin, Variant, credits, origins, variants
from collateral.assets.models import Asset, AssetVersion
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.usage.models import Use
from collateral.usage.periods import Period


@dataclass(frozen=True)
class FamilyUses:
    """Uses of an asset as it is, of its adaptations, and what both count for the family."""

    own: int = 0
    adapted: int = 0
    credited: float = 0.0
    """The adapted ones, each by its share of pages."""

    @property
    def total(self) -> float:
        return self.own + self.credited


def family_uses(asset_ids: Collection[int], person: Person) -> dict[int, FamilyUses]:
    """By asset the uses in deals that the person may see. One query whatever their number."""
    if not asset_ids:
        return {}
    parts = union_all(
        _own(asset_ids, person), _marked(asset_ids, person), _variants(asset_ids, person)
    )
    rows = parts.subquery()
    own: dict[int, int] = defaultdict(int)
    adapted: dict[int, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    for asset_id, kind, count, share in db.session.execute(
        select(rows.c.asset_id, rows.c.kind, func.count(), func.sum(rows.c.share)).group_by(
            rows.c.asset_id, rows.c.kind
        )
    ):
        if kind == "own":
            own[asset_id] = count
        else:
            before = adapted[asset_id]
            adapted[asset_id] = (before[0] + count, before[1] + float(share or 0.0))
    return {
        asset_id: FamilyUses(own[asset_id], *adapted[asset_id]) for asset_id in {*own, *adapted}
    }


def _counted_uses(person: Person) -> Select[int]:
    return (
        select(Use.id)
        .join(Deal, Deal.id == Use.deal_id)
        .where(Use.retracted_at.is_(None), deals.visible(person))
    )


def _own(asset_ids: Collection[int], person: Person) -> Select[int, str, float]:
    """Uses of the asset that were no adaptation's."""
    marked = select(AdaptationUse.use_id).where(AdaptationUse.use_id == Use.id).exists()
    return select(
        Use.asset_id.label("asset_id"), literal("own").label("kind"), literal(1.0).label("share")
    ).where(Use.asset_id.in_(asset_ids), ~marked, Use.id.in_(_counted_uses(person)))


def _marked(asset_ids: Collection[int], person: Person) -> Select[int, str, float]:
    """Uses that were noted at a source as one of its adaptations'."""
    return (
        select(AdaptationSource.asset_id, literal("adapted"), AdaptationSource.share)
        .join(AdaptationUse, AdaptationUse.adaptation_id == AdaptationSource.adaptation_id)
        .where(
            AdaptationSource.asset_id.in_(asset_ids),
            AdaptationUse.use_id.in_(_counted_uses(person)),
        )
    )


def _variants(asset_ids: Collection[int], person: Person) -> Select[int, str, float]:
    """Uses of adaptations that were accepted, which are assets with counts of their own."""
    return (
        select(AdaptationSource.asset_id, literal("adapted"), AdaptationSource.share)
        .join(Adaptation, Adaptation.id == AdaptationSource.adaptation_id)
        .join(Use, Use.asset_id == Adaptation.variant_id)
        .where(AdaptationSource.asset_id.in_(asset_ids), Use.id.in_(_counted_uses(person)))
    )


def credits_beyond_sums(period: Period) -> dict[int, float]:
    """By asset what uses of adaptations add to its family's uses in the sums, or take from them.

    In the sums a use of an adaptation stands wholly for its source, and one of an accepted
    adaptation for the variant. Here each counts for every family by the share of its pages.
    """
    counted = (Use.day.between(period.first, period.last), Use.retracted_at.is_(None))
    shares = select(AdaptationSource.asset_id.label("asset_id"), AdaptationSource.share)
    marked = (
        shares.join(AdaptationUse, AdaptationUse.adaptation_id == AdaptationSource.adaptation_id)
        .join(Use, Use.id == AdaptationUse.use_id)
        .where(*counted)
    )
    whole = (
        select(Use.asset_id, literal(-1.0))
        .join(AdaptationUse, AdaptationUse.use_id == Use.id)
        .where(*counted)
    )
    of_variants = (
        shares.join(Adaptation, Adaptation.id == AdaptationSource.adaptation_id)
        .join(Use, Use.asset_id == Adaptation.variant_id)
        .where(*counted)
    )
    rows = union_all(marked, whole, of_variants).subquery()
    found = db.session.execute(select(rows.c.asset_id, func.sum(rows.c.share)).group_by("asset_id"))
    return {asset_id: float(beyond) for asset_id, beyond in found}


@dataclass(frozen=True)
class About:
    """What an asset's page says of adaptations."""

    variants: list[Variant]
    origin: Origin | None
    """What it was adapted from, where it is a variant itself."""
    credits: dict[int, list[Credit]]
    """By the version's number those whose pages are in it."""
    adaptations: int
    uses: FamilyUses


def about(asset: Asset, versions: Collection[AssetVersion], person: Person) -> About:
    """All of it in a fixed number of queries."""
    numbers = {version.id: version.number for version in versions}
    by_version: dict[int, list[Credit]] = defaultdict(list)
    for credit in credits(numbers):
        by_version[numbers[credit.version_id]].append(credit)
    made = db.session.scalar(select(func.count()).where(Adaptation.asset_id == asset.id, counted()))
    return About(
        variants=variants(asset.id, person),
        origin=origins([asset.id], person).get(asset.id),
        credits=dict(by_version),
        adaptations=made or 0,
        uses=family_uses([asset.id], person).get(asset.id, FamilyUses()),
    )

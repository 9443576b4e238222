"""Families: an asset with its variants and adaptations, and what their use counts for it.

A use of an adaptation counts for its family by the share of its pages that came from there: of
two decks merged into one each gets its part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from collateral.accounts.models import Person
from collateral.adaptations.models import Adaptation, AdaptationSource, AdaptationUse
from collateral.adaptations.queries import (
    Credit,
    Origin,
    Variant,
    counted,
    credits,
    origins,
    variants,
)
from collateral.assets.models import Asset, AssetVersion
from collateral.db import db, read
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.usage.models import Use
from collateral.usage.periods import Period

Name = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
"""The column that names an asset, or a version."""


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
    return _uses(Use.asset_id, AdaptationSource.asset_id, asset_ids, person)


def version_uses(asset_id: int, person: Person) -> dict[int, FamilyUses]:
    """The same by version of one asset: an adaptation's uses count for the one it came from."""
    return _uses(Use.version_id, AdaptationSource.version_id, [asset_id], person)


def _uses(
    of_use: Name, of_source: Name, asset_ids: Collection[int], person: Person
) -> dict[int, FamilyUses]:
    """Uses of these assets and of their adaptations, by what the columns name."""
    if not asset_ids:
        return {}
    rows = union_all(
        _own(of_use, asset_ids, person),
        _marked(of_source, asset_ids, person),
        _variants(of_source, asset_ids, person),
    ).subquery()
    own: dict[int, int] = defaultdict(int)
    adapted: dict[int, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    for named, kind, count, share in db.session.execute(
        select(rows.c.named, rows.c.kind, func.count(), func.sum(rows.c.share))
        .where(rows.c.named.is_not(None))
        .group_by(rows.c.named, rows.c.kind)
    ):
        if kind == "own":
            own[named] = count
        else:
            before = adapted[named]
            adapted[named] = (before[0] + count, before[1] + float(share or 0.0))
    return {named: FamilyUses(own[named], *adapted[named]) for named in {*own, *adapted}}


def _counted_uses(person: Person) -> Select[int]:
    return (
        select(Use.id)
        .join(Deal, Deal.id == Use.deal_id)
        .where(Use.retracted_at.is_(None), deals.visible(person))
    )


def _own(of: Name, asset_ids: Collection[int], person: Person) -> Select[int | None, str, float]:
    """Uses of the assets as they are: those that were no adaptation's."""
    marked = select(AdaptationUse.use_id).where(AdaptationUse.use_id == Use.id).exists()
    return select(
        of.label("named"), literal("own").label("kind"), literal(1.0).label("share")
    ).where(Use.asset_id.in_(asset_ids), ~marked, Use.id.in_(_counted_uses(person)))


def _marked(of: Name, asset_ids: Collection[int], person: Person) -> Select[int | None, str, float]:
    """Uses that were noted at a source as one of its adaptations'."""
    return (
        select(of, literal("adapted"), AdaptationSource.share)
        .join(AdaptationUse, AdaptationUse.adaptation_id == AdaptationSource.adaptation_id)
        .where(
            AdaptationSource.asset_id.in_(asset_ids),
            AdaptationUse.use_id.in_(_counted_uses(person)),
        )
    )


def _variants(
    of: Name, asset_ids: Collection[int], person: Person
) -> Select[int | None, str, float]:
    """Uses of adaptations that were accepted, which are assets with counts of their own."""
    return (
        select(of, literal("adapted"), AdaptationSource.share)
        .join(Adaptation, Adaptation.id == AdaptationSource.adaptation_id)
        .join(Use, Use.asset_id == Adaptation.variant_id)
        .where(AdaptationSource.asset_id.in_(asset_ids), Use.id.in_(_counted_uses(person)))
    )


def credits_beyond_sums(
    period: Period,
    *,
    narrowed: ColumnElement[bool] | None = None,
    among: Collection[int] | None = None,
) -> dict[int, float]:
    """By asset what uses of adaptations add to its family's uses in the sums, or take from them.

    In the sums a use of an adaptation stands wholly for its source, and one of an accepted
    adaptation for the variant. Here each counts for every family by the share of its pages.

    Args:
        narrowed: a further condition on Use.
        among: these assets alone.
    """
    rows = _beyond(period, narrowed, among)
    found = db.session.execute(select(rows.c.asset_id, func.sum(rows.c.share)).group_by("asset_id"))
    return {asset_id: float(beyond) for asset_id, beyond in found}


def credits_by_day(
    period: Period,
    among: Collection[int],
    *,
    narrowed: ColumnElement[bool] | None = None,
) -> dict[int, list[tuple[date, float]]]:
    """The same by the days of the uses, for these assets."""
    rows = _beyond(period, narrowed, among)
    found: dict[int, list[tuple[date, float]]] = defaultdict(list)
    for asset_id, day, beyond in db.session.execute(
        select(rows.c.asset_id, rows.c.day, func.sum(rows.c.share)).group_by(
            rows.c.asset_id, rows.c.day
        )
    ):
        found[asset_id].append((day, float(beyond)))
    return found


def _beyond(
    period: Period, narrowed: ColumnElement[bool] | None, among: Collection[int] | None
) -> Subquery:
    """Rows of asset_id, day and the share that counts (or counts no more) for its family."""
    counted: list[ColumnElement[bool]] = [
        # Found by their adaptations, which are few, and not by the day.
        func.coalesce(Use.day, None).between(period.first, period.last),
        Use.retracted_at.is_(None),
    ]
    if narrowed is not None:
        counted.append(narrowed)
    of_source, of_use = list(counted), list(counted)
    if among is not None:
        of_source.append(AdaptationSource.asset_id.in_(among))
        of_use.append(Use.asset_id.in_(among))
    shares = select(AdaptationSource.asset_id.label("asset_id"), Use.day, AdaptationSource.share)
    marked = (
        shares.join(AdaptationUse, AdaptationUse.adaptation_id == AdaptationSource.adaptation_id)
        .join(Use, Use.id == AdaptationUse.use_id)
        .where(*of_source)
    )
    whole = (
        select(Use.asset_id, Use.day, literal(-1.0))
        .join(AdaptationUse, AdaptationUse.use_id == Use.id)
        .where(*of_use)
    )
    of_variants = (
        shares.join(Adaptation, Adaptation.id == AdaptationSource.adaptation_id)
        .join(Use, Use.asset_id == Adaptation.variant_id)
        .where(*of_source)
    )
    return union_all(marked, whole, of_variants).subquery()


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
    """Nothing, also of its own, for an asset that no adaptation has to do with."""


def about(asset: Asset, versions: Collection[AssetVersion], person: Person) -> About:
    """All of it in a fixed number of queries; in one for the many that nobody ever adapted."""
    if not _adapted(asset, versions):
        return About([], None, {}, 0, FamilyUses())
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


_ADAPTED = select(
    or_(
        exists().where(AdaptationSource.asset_id == bindparam("asset_id")),
        exists().where(Adaptation.asset_id == bindparam("asset_id")),
        exists().where(Adaptation.variant_id == bindparam("asset_id")),
        exists().where(Adaptation.merged_version_id.in_(bindparam("version_ids", expanding=True))),
    )
)


def _adapted(asset: Asset, versions: Collection[AssetVersion]) -> bool:
    """Whether any adaptation came from the asset, went into it, or is it. By indexes alone."""
    asked = {"asset_id": asset.id, "version_ids": [version.id for version in versions]}
    return bool(read(_ADAPTED, asked).scalar())

"""Reads of adaptations. Everything starts from what the person may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.adaptations.models import (
    Adaptation,
    AdaptationComment,
    AdaptationPage,
    AdaptationSource,
    AdaptationStep,
    Status,
)
from collateral.adaptations.relations import Change
from collateral.assets.models import Asset
from collateral.assets.models import Status as AssetStatus
from collateral.assets.queries import NAME_ONLY, select_visible
from collateral.assets.queries import visible as asset_visible
from collateral.db import db, holds, read
from collateral.errors import NotFound

LIST = 50


def visible(person: Person) -> ColumnElement[bool]:
    """The condition under which an adaptation exists for the person.

    Her own always; what was submitted for those who review. An accepted one others find as the
    asset that it became, by the rules of assets.
    """
    own = Adaptation.person_id == person.id
    if not can(person, Permission.ADAPTATION_REVIEW):
        return own
    return or_(own, Adaptation.status != Status.PRIVATE)


def counted() -> ColumnElement[bool]:
    """The condition under which an adaptation counts: its source was confirmed."""
    return Adaptation.confirmed_at.is_not(None) & Adaptation.traced_at.is_not(None)


def get_visible(person: Person, adaptation_id: int) -> Adaptation:
    """One adaptation with its makers, source and deal. Raises NotFound."""
    found = db.session.scalar(
        select(Adaptation)
        .where(Adaptation.id == adaptation_id, visible(person))
        .options(
            joinedload(Adaptation.person).options(*NAME_ONLY),
            joinedload(Adaptation.decided_by).options(*NAME_ONLY),
            joinedload(Adaptation.asset),
            joinedload(Adaptation.source_version),
            joinedload(Adaptation.merged_version),
            joinedload(Adaptation.deal),
            selectinload(Adaptation.sources).joinedload(AdaptationSource.asset),
        )
    )
    if found is None:
        raise NotFound(_("There is no such adaptation."))
    return found


def sees_source(person: Person, adaptation: Adaptation) -> bool:
    """Whether the source still exists for the person; its pages are shown to nobody else."""
    if adaptation.asset_id is None:
        return False
    found = select(Asset.id).where(Asset.id == adaptation.asset_id, asset_visible(person))
    return db.session.scalar(found) is not None


def possible_sources(person: Person, q: str, limit: int = 10) -> Sequence[Asset]:
    """Assets that may have been adapted, with all these words in their title."""
    query = select_visible(person).where(Asset.status != AssetStatus.DRAFT)
    for word in q.split()[:8]:
        query = query.where(holds(Asset.title, word))
    return db.session.scalars(query.order_by(func.lower(Asset.title)).limit(limit)).all()


def preview_of(person: Person, adaptation_id: int, page: int, width: int) -> str:
    """The SHA-256 of a page's picture. Raises NotFound."""
    column = AdaptationPage.preview_320 if width == 320 else AdaptationPage.preview_1280
    sha256 = db.session.scalar(
        select(column)
        .join(Adaptation, Adaptation.id == AdaptationPage.adaptation_id)
        .where(visible(person), Adaptation.id == adaptation_id, AdaptationPage.number == page)
    )
    if sha256 is None:
        raise NotFound(_("There is no such preview."))
    return sha256


@dataclass(frozen=True)
class Listed:
    """An adaptation in a list, with how many of its pages became what."""

    adaptation: Adaptation
    same: int
    edited: int
    new: int
    dropped: int


def own(person: Person, limit: int = LIST) -> list[Listed]:
    """The person's own, the latest first."""
    return _listed(
        _list().where(Adaptation.person_id == person.id).order_by(Adaptation.id.desc()), limit
    )


def to_review(person: Person, *, decided: bool = False, limit: int = LIST) -> list[Listed]:
    """What waits for a decision, the longest first; or what was decided, the latest first."""
    query = _list().where(visible(person))
    if decided:
        states = (Status.ACCEPTED, Status.MERGED, Status.DECLINED)
        query = query.where(Adaptation.status.in_(states)).order_by(
            Adaptation.decided_at.desc(), Adaptation.id.desc()
        )
    else:
        query = query.where(Adaptation.status == Status.SUBMITTED).order_by(
            Adaptation.submitted_at, Adaptation.id
        )
    return _listed(query, limit)


def waiting(person: Person) -> int:
    """How many wait for a decision that the person may take."""
    if not can(person, Permission.ADAPTATION_REVIEW):
        return 0
    return db.session.scalar(select(func.count()).where(Adaptation.status == Status.SUBMITTED)) or 0


def _list() -> Select[Adaptation]:
    return select(Adaptation).options(
        joinedload(Adaptation.person).options(*NAME_ONLY),
        joinedload(Adaptation.asset),
        joinedload(Adaptation.source_version),
        joinedload(Adaptation.deal),
        selectinload(Adaptation.sources),
    )


def _listed(query: Select[Adaptation], limit: int) -> list[Listed]:
    rows = db.session.scalars(query.limit(limit)).all()
    counts = page_counts([row.id for row in rows])
    return [Listed(row, *counts.get(row.id, (0, 0, 0)), dropped=len(dropped(row))) for row in rows]


def page_counts(ids: Collection[int]) -> dict[int, tuple[int, int, int]]:
    """By adaptation how many pages are the same, edited and new. One query."""
    found: dict[int, dict[Change, int]] = {}
    for adaptation_id, change, count in db.session.execute(
        select(AdaptationPage.adaptation_id, AdaptationPage.change, func.count())
        .where(AdaptationPage.adaptation_id.in_(ids), AdaptationPage.change.is_not(None))
        .group_by(AdaptationPage.adaptation_id, AdaptationPage.change)
    ):
        if change is not None:
            found.setdefault(adaptation_id, {})[change] = count
    return {
        key: (c.get(Change.SAME, 0), c.get(Change.EDITED, 0), c.get(Change.NEW, 0))
        for key, c in found.items()
    }


def dropped(adaptation: Adaptation) -> list[int]:
    """The pages of its source that are not in it."""
    for source in adaptation.sources:
        if source.version_id == adaptation.source_version_id:
            return [int(number) for number in source.dropped]
    return []


def comments(adaptation: Adaptation) -> Sequence[AdaptationComment]:
    """All that was said, in order."""
    return db.session.scalars(
        select(AdaptationComment)
        .where(AdaptationComment.adaptation_id == adaptation.id)
        .options(joinedload(AdaptationComment.person).options(*NAME_ONLY))
        .order_by(AdaptationComment.at, AdaptationComment.id)
    ).all()


def steps(adaptation: Adaptation) -> Sequence[AdaptationStep]:
    """All that happened, in order."""
    return db.session.scalars(
        select(AdaptationStep)
        .where(AdaptationStep.adaptation_id == adaptation.id)
        .options(joinedload(AdaptationStep.person).options(*NAME_ONLY))
        .order_by(AdaptationStep.at, AdaptationStep.id)
    ).all()


@dataclass(frozen=True)
class Variant:
    """An accepted adaptation, found as an asset of its own."""

    asset: Asset
    maker: Person
    share: float
    """Of its pages those that came from the asset."""


def variants(asset_id: int, person: Person) -> list[Variant]:
    """The variants of an asset that exist for the person."""
    rows = db.session.execute(
        select(Asset, Person, AdaptationSource.share)
        .join(Adaptation, Adaptation.variant_id == Asset.id)
        .join(AdaptationSource, AdaptationSource.adaptation_id == Adaptation.id)
        .join(Person, Person.id == Adaptation.person_id)
        .where(AdaptationSource.asset_id == asset_id, asset_visible(person))
        .options(*NAME_ONLY)
        .order_by(Asset.id.desc())
    )
    return [Variant(*row) for row in rows]


@dataclass(frozen=True)
class Origin:
    """What a variant was adapted from, and by whom."""

    asset: Asset
    maker: Person


_ANY_VARIANT = (
    select(Adaptation.id)
    .where(Adaptation.variant_id.in_(bindparam("ids", expanding=True)))
    .limit(1)
)


def origins(asset_ids: Collection[int], person: Person) -> dict[int, Origin]:
    """By variant the asset that it belongs to, where the person may see that.

    One query over an index where none of them is a variant, as mostly; else one more.
    """
    if read(_ANY_VARIANT, {"ids": list(asset_ids)}).first() is None:
        return {}
    rows = db.session.execute(
        select(Adaptation.variant_id, Asset, Person)
        .join(Asset, Asset.id == Adaptation.asset_id)
        .join(Person, Person.id == Adaptation.person_id)
        .where(Adaptation.variant_id.in_(asset_ids), asset_visible(person))
        .options(*NAME_ONLY)
    )
    return {v: Origin(asset, maker) for v, asset, maker in rows if v is not None}


@dataclass(frozen=True)
class Credit:
    """Whose pages a version has."""

    version_id: int
    maker: str
    pages: list[int]


def credits(version_ids: Collection[int]) -> list[Credit]:
    """Those whose adaptations were merged into these versions."""
    rows = db.session.execute(
        select(Adaptation.merged_version_id, Person.name, Adaptation.merged_pages)
        .join(Person, Person.id == Adaptation.person_id)
        .where(Adaptation.merged_version_id.in_(version_ids))
        .order_by(Adaptation.decided_at)
    )
    return [Credit(version, name, [int(p) for p in pages]) for version, name, pages in rows]

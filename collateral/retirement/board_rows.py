"""What the docket is narrowed to, and the rows that remain."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from collateral.accounts.models import Person, TeamMember
from collateral.assets import queries as assets
from collateral.assets.models import (
    Asset,
    AssetTeam,
    AssetVersion,
    Page,
    Status,
    Vocabulary,
)
from collateral.db import db
from collateral.deals.models import Deal, Outcome
from collateral.retirement.models import (
    Decision,
    DocketItem,
    Standing,
    Stopped,
)
from collateral.usage.models import Use

PAGE = 40


class Show(StrEnum):
    """Which part of the docket."""

    OPEN = "open"
    DECIDED = "decided"
    PEACE = "peace"


@dataclass(frozen=True)
class BoardRequest:
    """What the docket is narrowed to."""

    show: Show = Show.OPEN
    stopped: Stopped | None = None
    type: str = ""
    product: str = ""
    team_id: int | None = None
    owner_id: int | None = None
    sort: str = "surest"
    page: int = 1
    limit: int = PAGE


@dataclass(frozen=True)
class Row:
    """An asset of the docket with its first page, what it is in, and what was decided."""

    item: DocketItem
    asset: Asset
    version: AssetVersion | None
    first_page: Page | None
    decision: Decision | None
    open_deals: int
    successor: Asset | None = None
    """What is used in its place since it was dropped, where the person may see it."""


SORTS: dict[str, Any] = {
    "surest": (DocketItem.wrong, DocketItem.asset_id),
    "cost": (Asset.cost_amount.desc().nulls_last(), DocketItem.wrong, DocketItem.asset_id),
    "deals": (DocketItem.deals.desc(), DocketItem.wrong, DocketItem.asset_id),
    "oldest": (Asset.published_at, DocketItem.asset_id),
}


LISTED = DocketItem.standing.in_((Standing.PROPOSED, Standing.ASKED))
HOLDING = aliased(Decision)
HOLDS = and_(HOLDING.asset_id == DocketItem.asset_id, HOLDING.ended_at.is_(None))


def which_of(show: Show) -> ColumnElement[bool]:
    """The condition for what is shown: still to be decided, decided, or left in peace."""
    if show is Show.PEACE:
        return DocketItem.standing == Standing.UNDECIDED
    if show is Show.DECIDED:
        return HOLDING.id.is_not(None)
    return and_(LISTED, HOLDING.id.is_(None))


def narrowed_to(person: Person, request: BoardRequest) -> ColumnElement[bool]:
    """The condition for published assets that the person may see and that the request names."""
    wanted = [assets.visible(person), Asset.status == Status.PUBLISHED]
    for vocabulary, slug in (
        (Vocabulary.TYPE, request.type),
        (Vocabulary.PRODUCT, request.product),
    ):
        if slug:
            wanted.append(assets.carries(vocabulary, slug))
    if request.team_id is not None:
        wanted.append(
            or_(
                exists().where(
                    AssetTeam.asset_id == Asset.id, AssetTeam.team_id == request.team_id
                ),
                exists().where(
                    TeamMember.person_id == Asset.owner_id, TeamMember.team_id == request.team_id
                ),
            )
        )
    if request.owner_id is not None:
        wanted.append(Asset.owner_id == request.owner_id)
    return and_(*wanted)


def joined(*columns: Any) -> Select[Any]:
    """A query over the docket with its assets and the decisions that hold."""
    return (
        select(*columns)
        .select_from(DocketItem)
        .join(Asset, Asset.id == DocketItem.asset_id)
        .outerjoin(HOLDING, HOLDS)
    )


def rows_of(
    person: Person, which: ColumnElement[bool], sort: str, limit: int, offset: int
) -> list[Row]:
    """A page of the docket. Three queries more: terms, open deals and successors."""
    found = db.session.execute(
        joined(DocketItem, Asset, AssetVersion, Page, HOLDING)
        .outerjoin(AssetVersion, AssetVersion.id == Asset.current_version_id)
        .outerjoin(Page, and_(Page.version_id == AssetVersion.id, Page.number == 1))
        .where(which)
        .options(selectinload(Asset.terms), joinedload(Asset.owner), joinedload(HOLDING.by))
        .order_by(*SORTS.get(sort, SORTS["surest"]))
        .limit(limit)
        .offset(offset)
    ).all()
    carried = _open_deals([item.asset_id for item, *_ in found])
    ids = sorted({item.facts["successor"] for item, *_ in found if "successor" in item.facts})
    named = assets.get_many(person, ids) if ids else []
    successors = {asset.id: asset for asset in named}
    return [
        Row(
            item,
            asset,
            version,
            page,
            decision,
            carried.get(item.asset_id, 0),
            successors.get(item.facts.get("successor", 0)),
        )
        for item, asset, version, page, decision in found
    ]


def _open_deals(asset_ids: Collection[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Use.asset_id, func.count(Use.deal_id.distinct()))
        .join(Deal, Deal.id == Use.deal_id)
        .where(
            Use.asset_id.in_(asset_ids),
            Use.retracted_at.is_(None),
            Deal.outcome == Outcome.OPEN,
        )
        .group_by(Use.asset_id)
    )
    return dict(rows.all())

"""Reads of the docket for somebody who works it: what she may see of it, narrowed and sorted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from collateral.accounts.models import Person, TeamMember
from collateral.assets import queries as assets
from collateral.assets.models import (
    Asset,
    AssetTeam,
    AssetTerm,
    AssetVersion,
    Page,
    Status,
    Term,
    Vocabulary,
)
from collateral.db import db
from collateral.deals.models import Deal, Outcome
from collateral.errors import NotFound
from collateral.retirement.models import (
    Decision,
    DocketItem,
    DocketRun,
    Standing,
    Stopped,
)
from collateral.usage.models import Use

PAGE = 50
PEACE = 5


class Show(StrEnum):
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


@dataclass(frozen=True)
class Tile:
    """Assets that stopped at one place; `cost` is in the board's currency."""

    stopped: Stopped | None
    count: int
    cost: Decimal


@dataclass(frozen=True)
class Board:
    """A page of the docket. `wrong` is the expected number of wrong ones among `open`."""

    run: DocketRun | None
    currency: str
    open: int
    wrong: float
    decided: int
    peace: int
    retired: int
    tiles: Sequence[Tile]
    rows: Sequence[Row]
    total: int
    page: int
    pages: int
    in_peace: Sequence[Row]


SORTS: dict[str, Any] = {
    "surest": (DocketItem.wrong, DocketItem.asset_id),
    "cost": (Asset.cost_amount.desc().nulls_last(), DocketItem.wrong, DocketItem.asset_id),
    "deals": (DocketItem.deals.desc(), DocketItem.wrong, DocketItem.asset_id),
    "oldest": (Asset.published_at, DocketItem.asset_id),
}
LISTED = DocketItem.standing.in_((Standing.PROPOSED, Standing.ASKED))
_holds = aliased(Decision)
HOLDS = and_(_holds.asset_id == DocketItem.asset_id, _holds.ended_at.is_(None))


def latest() -> DocketRun | None:
    """The working-out that the docket shows."""
    return db.session.scalar(select(DocketRun).order_by(DocketRun.at.desc()).limit(1))


def board(person: Person, request: BoardRequest) -> Board:
    """The docket as the person sees it. A fixed number of queries."""
    narrowed = _narrowed(person, request)
    currency = _currency(person)
    cost = case((Asset.cost_currency == currency, Asset.cost_amount), else_=0)
    counted = db.session.execute(
        _joined(
            DocketItem.stopped,
            func.count(),
            func.coalesce(func.sum(cost), 0),
            func.coalesce(func.sum(DocketItem.wrong), 0.0),
        )
        .where(narrowed, _which(Show.OPEN))
        .group_by(DocketItem.stopped)
    ).all()
    by_stop = {stop: (number, Decimal(money)) for stop, number, money, _ in counted}
    tiles = [
        Tile(stop, *by_stop.get(stop, (0, Decimal(0))))
        for stop in Stopped
        if stop is not Stopped.NOT_CLEAR or stop in by_stop
    ]
    decided, peace = (_number(narrowed, show) for show in (Show.DECIDED, Show.PEACE))
    number = sum(count for _, count, _, _ in counted)
    whole = Tile(None, number, sum((tile.cost for tile in tiles), Decimal(0)))
    which = and_(narrowed, _which(request.show))
    if request.stopped is not None and request.show is Show.OPEN:
        which = and_(which, DocketItem.stopped == request.stopped)
    total = {
        Show.OPEN: by_stop.get(request.stopped, (0, 0))[0] if request.stopped else number,
        Show.DECIDED: decided,
        Show.PEACE: peace,
    }[request.show]
    pages = max(1, -(-total // request.limit))
    page = min(max(1, request.page), pages)
    rows = _rows(which, request.sort, request.limit, (page - 1) * request.limit)
    return Board(
        latest(),
        currency,
        number,
        sum(float(wrong) for *_, wrong in counted),
        decided,
        peace,
        retired_count(person),
        [whole, *tiles],
        rows,
        total,
        page,
        pages,
        _rows(and_(narrowed, _which(Show.PEACE)), "surest", PEACE, 0)
        if request.show is Show.OPEN
        else [],
    )


def all_rows(person: Person, request: BoardRequest) -> list[Row]:
    """Every asset of the docket so narrowed, for files."""
    which = and_(_narrowed(person, request), _which(request.show))
    if request.stopped is not None:
        which = and_(which, DocketItem.stopped == request.stopped)
    return _rows(which, request.sort, 100_000, 0)


def of_asset(person: Person, asset_id: int) -> Row:
    """What the docket says of one asset. Raises NotFound where it says nothing."""
    found = _rows(and_(assets.visible(person), DocketItem.asset_id == asset_id), "surest", 1, 0)
    if not found:
        raise NotFound("The docket does not speak of this asset.")
    return found[0]


def get_decision(person: Person, decision_id: int) -> Decision:
    """A decision on an asset that the person may see. Raises NotFound."""
    found = db.session.scalar(
        select(Decision)
        .join(Asset, Asset.id == Decision.asset_id)
        .where(Decision.id == decision_id, assets.visible(person))
        .options(contains_eager(Decision.asset))
    )
    if found is None:
        raise NotFound("There is no such decision.")
    return found


def retired(person: Person, *, page: int = 1, limit: int = PAGE) -> list[Asset]:
    """Retired assets that the person may see, the latest first."""
    return list(
        db.session.scalars(
            assets.select_visible(person)
            .where(Asset.status == Status.RETIRED)
            .options(joinedload(Asset.replacement), joinedload(Asset.owner))
            .order_by(Asset.retired_at.desc(), Asset.id.desc())
            .limit(limit)
            .offset((page - 1) * limit)
        )
    )


def retired_count(person: Person) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Asset)
            .where(assets.visible(person), Asset.status == Status.RETIRED)
        )
        or 0
    )


def owners(person: Person) -> list[tuple[int, str]]:
    """Those who own an asset of the docket, by name."""
    rows = db.session.execute(
        select(Person.id, Person.name)
        .join(Asset, Asset.owner_id == Person.id)
        .join(DocketItem, DocketItem.asset_id == Asset.id)
        .where(assets.visible(person), LISTED)
        .distinct()
        .order_by(Person.name)
    )
    return [(id, name) for id, name in rows]


def terms(vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Slug and label of a vocabulary's terms."""
    rows = db.session.execute(
        select(Term.slug, Term.label)
        .where(Term.vocabulary == vocabulary)
        .order_by(Term.position, Term.label)
    )
    return [(slug, label) for slug, label in rows]


def _which(show: Show) -> ColumnElement[bool]:
    if show is Show.PEACE:
        return DocketItem.standing == Standing.UNDECIDED
    if show is Show.DECIDED:
        return _holds.id.is_not(None)
    return and_(LISTED, _holds.id.is_(None))


def _narrowed(person: Person, request: BoardRequest) -> ColumnElement[bool]:
    wanted = [assets.visible(person), Asset.status == Status.PUBLISHED]
    for vocabulary, slug in (
        (Vocabulary.TYPE, request.type),
        (Vocabulary.PRODUCT, request.product),
    ):
        if slug:
            wanted.append(
                exists().where(
                    AssetTerm.asset_id == Asset.id,
                    AssetTerm.term_id == Term.id,
                    Term.vocabulary == vocabulary,
                    Term.slug == slug,
                )
            )
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


def _joined(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(DocketItem)
        .join(Asset, Asset.id == DocketItem.asset_id)
        .outerjoin(_holds, HOLDS)
    )


def _number(narrowed: ColumnElement[bool], show: Show) -> int:
    return db.session.scalar(_joined(func.count()).where(narrowed, _which(show))) or 0


def _rows(which: ColumnElement[bool], sort: str, limit: int, offset: int) -> list[Row]:
    found = db.session.execute(
        _joined(DocketItem, Asset, AssetVersion, Page, _holds)
        .outerjoin(AssetVersion, AssetVersion.id == Asset.current_version_id)
        .outerjoin(Page, and_(Page.version_id == AssetVersion.id, Page.number == 1))
        .where(which)
        .options(selectinload(Asset.terms), joinedload(Asset.owner), joinedload(_holds.by))
        .order_by(*SORTS.get(sort, SORTS["surest"]))
        .limit(limit)
        .offset(offset)
    ).all()
    carried = _open_deals([item.asset_id for item, *_ in found])
    return [
        Row(item, asset, version, page, decision, carried.get(item.asset_id, 0))
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


def _currency(person: Person) -> str:
    """The currency that most production costs are in."""
    return (
        db.session.scalar(
            select(Asset.cost_currency)
            .where(Asset.cost_amount.is_not(None), assets.visible(person))
            .group_by(Asset.cost_currency)
            .order_by(func.count().desc(), Asset.cost_currency)
            .limit(1)
        )
        or "EUR"
    )

"""Reads of the docket for somebody who works it: what she may see of it, narrowed and sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import contains_eager, joinedload

from collateral.accounts.models import Person
from collateral.assets import queries as assets
from collateral.assets.models import Asset, Status
from collateral.db import db
from collateral.errors import NotFound
from collateral.retirement.board_rows import (
    PAGE,
    BoardRequest,
    Row,
    Show,
    joined,
    narrowed_to,
    rows_of,
    which_of,
)
from collateral.retirement.models import Decision, DocketItem, DocketRun, Stopped

PEACE = 5


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


def latest() -> DocketRun | None:
    """The working-out that the docket shows."""
    return db.session.scalar(select(DocketRun).order_by(DocketRun.at.desc()).limit(1))


def board(person: Person, request: BoardRequest) -> Board:
    """The docket as the person sees it. A fixed number of queries."""
    narrowed = narrowed_to(person, request)
    currency = _currency(person)
    tiles, wrong = _open_tiles(narrowed, currency)
    counts = {tile.stopped: tile.count for tile in tiles}
    decided, peace = (_number(narrowed, show) for show in (Show.DECIDED, Show.PEACE))
    total = {
        Show.OPEN: counts.get(request.stopped, 0),
        Show.DECIDED: decided,
        Show.PEACE: peace,
    }[request.show]
    pages = max(1, -(-total // request.limit))
    page = min(max(1, request.page), pages)
    which = and_(narrowed, _asked_for(request))
    return Board(
        run=latest(),
        currency=currency,
        open=counts[None],
        wrong=wrong,
        decided=decided,
        peace=peace,
        retired=retired_count(person),
        tiles=tiles,
        rows=rows_of(person, which, request.sort, request.limit, (page - 1) * request.limit),
        total=total,
        page=page,
        pages=pages,
        in_peace=rows_of(person, and_(narrowed, which_of(Show.PEACE)), "surest", PEACE, 0)
        if request.show is Show.OPEN
        else [],
    )


def _open_tiles(narrowed: ColumnElement[bool], currency: str) -> tuple[list[Tile], float]:
    """What is still to be decided: all of it, then by where it stopped, and how many of it are
    expected to be wrong. "Not clear" has a tile where something is there."""
    cost = case((Asset.cost_currency == currency, Asset.cost_amount), else_=0)
    counted = db.session.execute(
        joined(
            DocketItem.stopped,
            func.count(),
            func.coalesce(func.sum(cost), 0),
            func.coalesce(func.sum(DocketItem.wrong), 0.0),
        )
        .where(narrowed, which_of(Show.OPEN))
        .group_by(DocketItem.stopped)
    ).all()
    by_stop = {stop: Tile(stop, count, Decimal(money)) for stop, count, money, _ in counted}
    tiles = [
        by_stop.get(stop, Tile(stop, 0, Decimal(0)))
        for stop in Stopped
        if stop is not Stopped.NOT_CLEAR or stop in by_stop
    ]
    number = sum(tile.count for tile in tiles)
    whole = Tile(None, number, sum((tile.cost for tile in tiles), Decimal(0)))
    return [whole, *tiles], sum(float(wrong) for *_, wrong in counted)


def _asked_for(request: BoardRequest) -> ColumnElement[bool]:
    """The part of the docket that is asked for. What was decided or left in peace stands in one
    list, wherever it stopped."""
    if request.stopped is not None and request.show is Show.OPEN:
        return and_(which_of(Show.OPEN), DocketItem.stopped == request.stopped)
    return which_of(request.show)


def open_count(person: Person) -> int:
    """How many assets the docket proposes to her, whatever it is narrowed to."""
    return _number(narrowed_to(person, BoardRequest()), Show.OPEN)


def all_rows(person: Person, request: BoardRequest) -> list[Row]:
    """Every asset of the docket so narrowed, for files."""
    which = and_(narrowed_to(person, request), _asked_for(request))
    return rows_of(person, which, request.sort, 100_000, 0)


def of_asset(person: Person, asset_id: int) -> Row:
    """What the docket says of one asset. Raises NotFound where it says nothing."""
    found = rows_of(
        person, and_(assets.visible(person), DocketItem.asset_id == asset_id), "surest", 1, 0
    )
    if not found:
        raise NotFound(_("The docket does not speak of this asset."))
    return found[0]


def successor_of(person: Person, asset_id: int) -> Asset | None:
    """What is used in the place of a dropped asset, where the docket names it."""
    item = db.session.get(DocketItem, asset_id)
    named = item.facts.get("successor") if item else None
    found = assets.get_many(person, [named]) if named else []
    return next((asset for asset in found if asset.status is Status.PUBLISHED), None)


def get_decision(person: Person, decision_id: int) -> Decision:
    """A decision on an asset that the person may see. Raises NotFound."""
    found = db.session.scalar(
        select(Decision)
        .join(Asset, Asset.id == Decision.asset_id)
        .where(Decision.id == decision_id, assets.visible(person))
        .options(contains_eager(Decision.asset))
    )
    if found is None:
        raise NotFound(_("There is no such decision."))
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


def _number(narrowed: ColumnElement[bool], show: Show) -> int:
    return db.session.scalar(joined(func.count()).where(narrowed, which_of(show))) or 0


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

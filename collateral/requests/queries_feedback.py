"""Reads of ratings and flags, of assets that the reader has been found to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, bindparam, case, func, select, true
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.assets.models import Asset, Status
from collateral.assets.queries import NAME_ONLY
from collateral.db import db, read
from collateral.errors import NotFound
from collateral.requests.models_feedback import IS_LOW, IS_OPEN, Flag, Rating, RatingSum
from collateral.requests.rules import FEWEST_RATINGS, LOW_MEAN, Ratings, counted

RECENT = 20


@dataclass(frozen=True)
class Counts:
    """How many people rated an asset, and how many flags of it are open."""

    ratings: int
    flags: int


def counts(asset_id: int) -> Counts:
    """For every opening of the asset page: one query, answered by two indexes alone."""
    return Counts(*read(_COUNTS, {"asset_id": asset_id}).one())


_COUNTS = select(
    select(func.coalesce(func.sum(RatingSum.ratings), 0))
    .where(RatingSum.asset_id == bindparam("asset_id"))
    .scalar_subquery(),
    select(func.count()).where(Flag.asset_id == bindparam("asset_id"), IS_OPEN).scalar_subquery(),
)


@dataclass(frozen=True)
class Standing:
    """What an asset's ratings come to: those counted, of the current version or of all."""

    counted: Ratings
    of_current: bool


def standing(asset: Asset) -> Standing:
    """The mean of an asset, see `rules.counted`. One query."""
    rows = db.session.scalars(select(RatingSum).where(RatingSum.asset_id == asset.id))
    by_version = {row.version_id: Ratings(row.ratings, row.stars) for row in rows}
    current = by_version.get(asset.current_version_id or 0, Ratings())
    every = Ratings(
        sum(each.count for each in by_version.values()),
        sum(each.stars for each in by_version.values()),
    )
    chosen = counted(current, every)
    return Standing(chosen, of_current=chosen == current)


def said(asset: Asset, limit: int = RECENT) -> Sequence[Rating]:
    """The ratings with a sentence, the latest first."""
    return db.session.scalars(
        select(Rating)
        .where(Rating.asset_id == asset.id, Rating.sentence != "")
        .options(joinedload(Rating.person).options(*NAME_ONLY), joinedload(Rating.version))
        .order_by(Rating.at.desc(), Rating.id.desc())
        .limit(limit)
    ).all()


def rating_of(asset: Asset, person: Person) -> Rating | None:
    """Her own."""
    return db.session.scalar(
        select(Rating)
        .where(Rating.asset_id == asset.id, Rating.person_id == person.id)
        .options(joinedload(Rating.version))
    )


def open_flags(asset: Asset, person: Person) -> Sequence[Flag]:
    """Those that wait, first come first: all for who may edit the asset, else her own."""
    query = select(Flag).where(Flag.asset_id == asset.id, IS_OPEN)
    if not can(person, Permission.ASSET_EDIT, asset):
        query = query.where(Flag.by_id == person.id)
    return db.session.scalars(query.options(*_WITH_NAMES).order_by(Flag.at, Flag.id)).all()


def get_flag(asset: Asset, flag_id: int) -> Flag:
    """One flag of this asset, open or not. Raises NotFound."""
    found = db.session.scalar(
        select(Flag).where(Flag.id == flag_id, Flag.asset_id == asset.id).options(*_WITH_NAMES)
    )
    if found is None:
        raise NotFound(_("There is no such flag."))
    return found


_WITH_NAMES = (joinedload(Flag.by).options(*NAME_ONLY), joinedload(Flag.version))


@dataclass(frozen=True)
class Waiting:
    """How much feedback asks for a look: open flags, and assets rated low."""

    flags: int
    low: int


def waiting(person: Person) -> Waiting:
    """Of the assets that the person may edit. One query."""
    everything = can(person, Permission.ASSET_EDIT)
    statement = _WAITING if everything else _WAITING_OWN
    return Waiting(*read(statement, {} if everything else {"person_id": person.id}).one())


def flagged(person: Person, limit: int) -> Sequence[Flag]:
    """Open flags of the assets that the person may edit, the longest waiting first."""
    return db.session.scalars(
        select(Flag)
        .join(Asset, Asset.id == Flag.asset_id)
        .where(IS_OPEN, _edited_by(person))
        .options(joinedload(Flag.asset), *_WITH_NAMES)
        .order_by(Flag.at, Flag.id)
        .limit(limit)
    ).all()


@dataclass(frozen=True)
class LowRated:
    """An asset that marketing should look at, with the ratings that say so."""

    asset: Asset
    ratings: Ratings


def low_rated(person: Person, limit: int) -> list[LowRated]:
    """Published assets that the person may edit and whose mean is low, the lowest first.

    Two queries. What is low is said in SQL as `rules.is_low` says it: the home counts them.
    """
    low = _low(_edited_by(person)).order_by(_MEAN, RatingSum.asset_id).limit(limit)
    rows = db.session.execute(low).all()
    found = select(Asset).where(Asset.id.in_([row[0] for row in rows]))
    assets = {asset.id: asset for asset in db.session.scalars(found)}
    return [LowRated(assets[row[0]], Ratings(int(row[1]), int(row[2]))) for row in rows]


def _edited_by(person: Person) -> ColumnElement[bool]:
    """The assets that she may edit, all of which she sees: every one, or her own."""
    return true() if can(person, Permission.ASSET_EDIT) else Asset.owner_id == person.id


_of_current = RatingSum.version_id == Asset.current_version_id
_current = func.sum(case((_of_current, RatingSum.ratings), else_=0))
_current_stars = func.sum(case((_of_current, RatingSum.stars), else_=0))
_enough = _current >= FEWEST_RATINGS
_COUNT = case((_enough, _current), else_=func.sum(RatingSum.ratings))
_STARS = case((_enough, _current_stars), else_=func.sum(RatingSum.stars))
_MEAN = _STARS * 1.0 / _COUNT
_UNPUBLISHED = [status for status in Status if status is not Status.PUBLISHED]


def _low(scope: ColumnElement[bool]) -> Select[Any]:
    # A low mean of all versions has one of a version in it; of those few there is an index. And
    # by what few assets are: told that it must be published, SQLite begins with all that are.
    some = select(RatingSum.asset_id).where(IS_LOW)
    return (
        select(RatingSum.asset_id, _COUNT, _STARS)
        .join(Asset, Asset.id == RatingSum.asset_id)
        .where(RatingSum.asset_id.in_(some), Asset.status.not_in(_UNPUBLISHED), scope)
        .group_by(RatingSum.asset_id)
        .having(_COUNT >= FEWEST_RATINGS, _STARS < LOW_MEAN * _COUNT)
    )


def _counted(scope: ColumnElement[bool]) -> Select[Any]:
    flags = select(func.count()).select_from(Flag).join(Asset, Asset.id == Flag.asset_id)
    low = select(func.count()).select_from(_low(scope).subquery())
    return select(flags.where(IS_OPEN, scope).scalar_subquery(), low.scalar_subquery())


# Made once, as `db.read` wants it.
_WAITING = _counted(true())
_WAITING_OWN = _counted(Asset.owner_id == bindparam("person_id"))

"""Reads of assets. Everything starts from what the person may see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.assets.models import Asset, AssetTeam, AssetVersion, Status
from collateral.db import db
from collateral.errors import NotFound

OPEN_STATES = (Status.PUBLISHED, Status.RETIRED)


def visible(person: Person) -> ColumnElement[bool]:
    """The condition under which an asset exists for the person.

    Published and retired assets are for everybody, or for their teams alone where they
    have any; drafts are for their owner and for those who may read all.
    """
    if can(person, Permission.ASSET_READ_ALL):
        return true()
    limited = exists().where(AssetTeam.asset_id == Asset.id)
    for_my_team = exists().where(
        AssetTeam.asset_id == Asset.id, AssetTeam.team_id.in_(person.team_ids)
    )
    return or_(
        Asset.owner_id == person.id,
        and_(Asset.status.in_(OPEN_STATES), or_(~limited, for_my_team)),
    )


def select_visible(person: Person) -> Select[Asset]:
    """The assets that the person may see, to be narrowed further."""
    return select(Asset).where(visible(person))


def get_visible(person: Person, asset_id: int, *options: Any) -> Asset:
    """One asset. Raises NotFound when it does not exist for the person."""
    asset = db.session.scalar(select_visible(person).where(Asset.id == asset_id).options(*options))
    if asset is None:
        raise NotFound("There is no such asset.")
    return asset


def get_version(asset: Asset, number: int | None) -> AssetVersion:
    """The version of that number, the current one for None. Raises NotFound."""
    query = select(AssetVersion).where(AssetVersion.asset_id == asset.id)
    if number is None:
        query = query.where(AssetVersion.id == asset.current_version_id)
    else:
        query = query.where(AssetVersion.number == number)
    version = db.session.scalar(query)
    if version is None:
        raise NotFound("There is no such version.")
    return version

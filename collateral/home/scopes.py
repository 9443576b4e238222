"""Which assets and deals a notice may still speak of."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.assets import queries as assets
from collateral.assets.models import Asset
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.notify.kinds import declare_scope


def declare() -> None:
    """Facts named `asset` and `deal` are ids of these."""
    declare_scope("asset", seen_assets)
    declare_scope("deal", seen_deals)


def seen_assets(person: Person, ids: Collection[int]) -> set[int]:
    """Of these assets those that she may see."""
    return set(
        db.session.scalars(select(Asset.id).where(Asset.id.in_(ids), assets.visible(person)))
    )


def seen_deals(person: Person, ids: Collection[int]) -> set[int]:
    """Of these deals those that she may see."""
    return set(db.session.scalars(select(Deal.id).where(Deal.id.in_(ids), deals.visible(person))))

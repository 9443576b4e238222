"""Which assets, deals, links and adaptations may still be spoken of to a person."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.adaptations import queries as adaptations
from collateral.adaptations.models import Adaptation
from collateral.assets import queries as assets
from collateral.assets.models import Asset
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.notify.kinds import declare_scope
from collateral.sharing import queries as sharing
from collateral.sharing.models import Share


def declare() -> None:
    """Facts of these names are ids of these things."""
    declare_scope("asset", seen_assets)
    declare_scope("replacement", seen_assets)
    declare_scope("deal", seen_deals)
    declare_scope("share", seen_shares)
    declare_scope("adaptation", seen_adaptations)


def seen_assets(person: Person, ids: Collection[int]) -> set[int]:
    """Of these assets those that she may see."""
    return set(
        db.session.scalars(select(Asset.id).where(Asset.id.in_(ids), assets.visible(person)))
    )


def seen_deals(person: Person, ids: Collection[int]) -> set[int]:
    """Of these deals those that she may see."""
    return set(db.session.scalars(select(Deal.id).where(Deal.id.in_(ids), deals.visible(person))))


def seen_shares(person: Person, ids: Collection[int]) -> set[int]:
    """Of these links those that she may see."""
    return set(
        db.session.scalars(select(Share.id).where(Share.id.in_(ids), sharing.visible(person)))
    )


def seen_adaptations(person: Person, ids: Collection[int]) -> set[int]:
    """Of these adaptations those that she may see."""
    found = select(Adaptation.id).where(Adaptation.id.in_(ids), adaptations.visible(person))
    return set(db.session.scalars(found))

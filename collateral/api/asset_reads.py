"""One asset with all that belongs to it, in a few queries."""

from __future__ import annotations

from collateral.accounts.models import Person
from collateral.api.asset_shapes import AssetDetail, asset_detail
from collateral.assets.models import Asset
from collateral.assets.queries import get_many, history


def detail(asset: Asset, person: Person) -> AssetDetail:
    """All of the asset; a replacement that the person may not see is not named."""
    wanted = [asset.replacement_id] if asset.replacement_id else []
    replacement = next(iter(get_many(person, wanted)), None)
    return asset_detail(asset, history(asset), replacement)

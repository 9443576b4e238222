"""One asset with all that belongs to it, in a few queries."""

from __future__ import annotations

from collateral.accounts.models import Person
from collateral.api.asset_shapes import AssetDetail, Counts, asset_detail
from collateral.assets.models import Asset
from collateral.assets.queries import get_many, history
from collateral.errors import Invalid
from collateral.usage.queries import DealCounts, deal_counts, totals


def detail(asset: Asset, person: Person) -> AssetDetail:
    """All of the asset; a replacement that the person may not see is not named."""
    wanted = [asset.replacement_id] if asset.replacement_id else []
    replacement = next(iter(get_many(person, wanted)), None)
    return asset_detail(asset, history(asset), _counts(asset, person), replacement)


def _counts(asset: Asset, person: Person) -> Counts:
    counted = totals(person, asset)
    return Counts(
        shown=counted.shown,
        views=counted.views,
        unique_views=counted.unique_views,
        downloads=counted.downloads,
        unique_downloads=counted.unique_downloads,
        uses=counted.uses,
        deals=deal_counts([asset.id], person).get(asset.id, DealCounts()).deals,
    )


def replacement_of(asset_id: int | None, person: Person) -> Asset | None:
    """The asset that shall take another's place, None for none.

    Raises Invalid where it does not exist for the person.
    """
    if asset_id is None:
        return None
    found = get_many(person, [asset_id])
    if not found:
        sentence = "There is no such asset to take its place."
        raise Invalid(sentence, fields={"replacement": sentence})
    return found[0]

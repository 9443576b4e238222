"""Moves of an asset from one state to another."""

from __future__ import annotations

from collateral.accounts.permissions import Permission, require
from collateral.api.asset_reads import detail
from collateral.api.asset_shapes import AssetDetail
from collateral.api.auth import actor
from collateral.api.calls import Nothing, call
from collateral.assets import operations
from collateral.assets.queries import get_visible
from collateral.clock import now


@call(
    "POST",
    "/assets/<int:asset_id>/publish",
    permission=Permission.ASSET_PUBLISH,
    does="Offer an asset to everybody who may see it.",
    more="While its file is being read, it is published as soon as that is done.",
    body=Nothing,
    body_optional=True,
    answers=AssetDetail,
    fails=(409,),
)
def publish_asset(asset_id: int) -> AssetDetail:
    asset = get_visible(actor(), asset_id)
    require(actor(), Permission.ASSET_PUBLISH, asset)
    operations.publish(asset, by=actor(), at=now())
    return detail(asset, actor())

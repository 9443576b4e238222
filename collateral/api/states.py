"""Moves of an asset from one state to another."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from collateral.accounts.permissions import Permission, require
from collateral.api.asset_reads import detail, replacement_of
from collateral.api.asset_shapes import AssetDetail
from collateral.api.auth import actor
from collateral.api.calls import Call, Nothing
from collateral.api.shapes import Id, Named, Somebody, named
from collateral.assets import publishing
from collateral.assets.queries import get_visible
from collateral.clock import now
from collateral.retirement import deciding
from collateral.retirement import operations as retirement


@Call(
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
    publishing.publish(asset, by=actor(), at=now())
    return detail(asset, actor())


class Retire(Struct, forbid_unknown_fields=True):
    """Why, and what to use instead."""

    reason: Annotated[str, Meta(max_length=2000)] = ""
    replacement: Id | None = None


class DryRun(Struct, forbid_unknown_fields=True):
    dry_run: Annotated[bool, Meta(description="Say what it would touch, and change nothing.")] = (
        False
    )


class Downloader(Struct, forbid_unknown_fields=True):
    """Somebody who took the file, and when last."""

    person: Somebody
    at: datetime


class CarryingDeal(Struct, forbid_unknown_fields=True):
    """An open deal in which it was used, and when last."""

    deal: Named
    at: datetime


class RetirePlan(Struct, forbid_unknown_fields=True):
    """What retiring would touch. Deals that the caller may not see are counted, not named."""

    dry_run: Literal[True]
    asset: Named
    replacement: Named | None
    downloaders: list[Downloader]
    downloader_count: int
    open_deals: list[CarryingDeal]
    open_deal_count: int
    replaces: list[Named]


@Call(
    "POST",
    "/assets/<int:asset_id>/retire",
    permission=Permission.ASSET_RETIRE,
    does="Take an asset out of search; its address leads to the replacement.",
    more="Nothing is deleted; `restore` puts everything back. A reason is needed, but for a "
    "dry run.",
    query=DryRun,
    body=Retire,
    body_optional=True,
    answers=(AssetDetail, RetirePlan),
    fails=(409,),
)
def retire_asset(asset_id: int, query: DryRun, body: Retire) -> AssetDetail | RetirePlan:
    asset = get_visible(actor(), asset_id)
    require(actor(), Permission.ASSET_RETIRE, asset)
    replacement = replacement_of(body.replacement, actor())
    if query.dry_run:
        return _shape(retirement.plan([asset], actor(), replacement, at=now()))
    retirement.retire(asset, by=actor(), at=now(), reason=body.reason, replacement=replacement)
    return detail(asset, actor())


@Call(
    "POST",
    "/assets/<int:asset_id>/restore",
    permission=Permission.ASSET_RETIRE,
    does="Put a retired asset back as it was.",
    body=Nothing,
    body_optional=True,
    answers=AssetDetail,
    fails=(409,),
)
def restore_asset(asset_id: int) -> AssetDetail:
    asset = get_visible(actor(), asset_id)
    require(actor(), Permission.ASSET_RETIRE, asset)
    deciding.put_back(asset, by=actor(), at=now())
    return detail(asset, actor())


def _shape(plan: retirement.Plan) -> RetirePlan:
    (asset,) = plan.assets
    return RetirePlan(
        dry_run=True,
        asset=Named(asset.id, asset.title),
        replacement=named(plan.replacement),
        downloaders=[
            Downloader(Somebody(d.person.id, d.person.name, d.person.email), d.at)
            for d in plan.downloaders
        ],
        downloader_count=plan.downloader_count,
        open_deals=[CarryingDeal(Named(d.deal.id, d.deal.name), d.at) for d in plan.open_deals],
        open_deal_count=plan.open_deal_count,
        replaces=[Named(a.id, a.title) for a in plan.replaces],
    )

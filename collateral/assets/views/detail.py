"""The asset page: its pages, what describes it, its versions, and use in a deal."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload, selectinload

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.assets import collections, queries
from collateral.assets.models import Asset, AssetVersion, ReadingState, Status, Vocabulary
from collateral.assets.views import bp
from collateral.assets.views.noting import arrives, note
from collateral.assets.views.viewing import shown
from collateral.deals import queries as deals
from collateral.usage.models import EventKind

LIKELY = 3


@bp.get("/assets/<int:asset_id>")
@requires(Permission.ASSET_READ)
def detail(asset_id: int) -> ResponseReturnValue:
    """The asset at its first page."""
    return _page_of(asset_id, None, 1)


@bp.get("/assets/<int:asset_id>/pages/<int:page>")
@requires(Permission.ASSET_READ)
def page(asset_id: int, page: int) -> ResponseReturnValue:
    """The asset at that page of its current version."""
    return _page_of(asset_id, None, page)


@bp.get("/assets/<int:asset_id>/versions/<int:number>")
@requires(Permission.ASSET_READ)
def version(asset_id: int, number: int) -> ResponseReturnValue:
    """The asset as it is, or was, in that version."""
    return _page_of(asset_id, number, 1)


@bp.get("/assets/<int:asset_id>/versions/<int:number>/pages/<int:page>")
@requires(Permission.ASSET_READ)
def version_page(asset_id: int, number: int, page: int) -> ResponseReturnValue:
    """That page of that version."""
    return _page_of(asset_id, number, page)


def _page_of(asset_id: int, number: int | None, page: int) -> ResponseReturnValue:
    person = actor()
    asset = queries.get_visible(
        person,
        asset_id,
        joinedload(Asset.owner),
        joinedload(Asset.replacement),
        joinedload(Asset.current_version),
        selectinload(Asset.terms),
        selectinload(Asset.tag_rows),
        selectinload(Asset.teams),
    )
    version = queries.get_version(asset, number)
    view = shown(asset, version, page, fixed=number is not None)
    deal_id = request.args.get("deal", type=int)
    response = Response(
        render_template(
            "assets/detail.html",
            asset=asset,
            version=version,
            view=view,
            fixed=number is not None,
            versions=queries.history(asset),
            newer=_newer(asset, version),
            replacement=_replacement(asset),
            vocabularies=[v for v in Vocabulary if v is not Vocabulary.TYPE],
            Vocabulary=Vocabulary,
            likely=deals.likely_deals(person, asset, LIKELY),
            deal=deals.get_visible(person, deal_id) if deal_id is not None else None,
            collections=collections.editable(person),
            reading=version.state in (ReadingState.RECEIVED, ReadingState.READING),
        )
    )
    if arrives(asset_id) and version.state is not ReadingState.RECEIVED:
        note(EventKind.VIEWED, version)
    return response


def _newer(asset: Asset, version: AssetVersion) -> AssetVersion | None:
    """The current version, when what is shown is an older one."""
    current = asset.current_version
    return current if current and current.number > version.number else None


def _replacement(asset: Asset) -> Asset | None:
    """What took a retired asset's place, if the person may see that."""
    if asset.status is not Status.RETIRED or asset.replacement_id is None:
        return None
    found = queries.get_many(actor(), [asset.replacement_id])
    return found[0] if found else None


Context = dict[str, Any]

"""Assets: taken in, looked at, described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec
from flask import Response
from msgspec import Struct

from collateral.accounts.permissions import Permission, require
from collateral.api.asset_reads import detail
from collateral.api.asset_shapes import (
    AssetDetail,
    Change,
    NewAsset,
    description,
    tag_of,
)
from collateral.api.auth import actor
from collateral.api.calls import Answer, Call, bp
from collateral.api.conditions import edits_expected, no_lost_race
from collateral.api.files import TakeFile
from collateral.api.problems import MEDIA_TYPE, Problem
from collateral.api.shapes import Named, address
from collateral.assets import operations
from collateral.assets.models import Asset
from collateral.assets.operations import AlreadyHere, EditedMeanwhile, Received
from collateral.assets.queries import get_visible
from collateral.clock import now
from collateral.db import db


class Duplicate(Struct, forbid_unknown_fields=True):
    duplicate: Literal["refuse", "allow"] = "refuse"


@Call(
    "POST",
    "/assets",
    permission=Permission.ASSET_CREATE,
    does="Take a file in as a new asset.",
    more="The very same file again is a 409 that names the asset which has it, "
    "unless `duplicate=allow`.",
    query=Duplicate,
    form=NewAsset,
    file=TakeFile.KEPT,
    answers=AssetDetail,
    statuses=(201,),
    fails=(409, 507),
    edits=True,
)
def create_asset(query: Duplicate, body: NewAsset, file: Received) -> Answer:
    asset = operations.create_asset(
        file,
        by=actor(),
        at=now(),
        description=description(body),
        allow_duplicate="allow" in (query.duplicate, body.duplicate),
    )
    return _answer(asset, {"Location": address(f"/assets/{asset.id}")})


@bp.errorhandler(AlreadyHere)
def already_here(error: AlreadyHere) -> Response:
    """A conflict like any other, but for the asset that it names."""
    first = error.assets[0]
    problem = Problem(
        type="about:blank",
        title="Conflict",
        status=error.status,
        detail=error.sentence,
        errors=error.fields,
        asset=Named(first.id, first.title),
    )
    db.session.rollback()
    return Response(msgspec.json.encode(problem), error.status, mimetype=MEDIA_TYPE)


@Call(
    "GET",
    "/assets/<int:asset_id>",
    permission=Permission.ASSET_READ,
    does="All of one asset.",
    answers=AssetDetail,
    edits=True,
)
def get_asset(asset_id: int) -> Answer:
    return _answer(get_visible(actor(), asset_id))


@Call(
    "PATCH",
    "/assets/<int:asset_id>",
    permission=Permission.ASSET_EDIT,
    does="Edit what describes an asset.",
    body=Change,
    answers=AssetDetail,
    edits=True,
)
def change_asset(asset_id: int, body: Change) -> Answer:
    asset = get_visible(actor(), asset_id)
    require(actor(), Permission.ASSET_EDIT, asset)
    with no_lost_race(EditedMeanwhile):
        operations.describe(asset, description(body), by=actor(), at=now(), edits=edits_expected())
    return _answer(asset)


def _answer(asset: Asset, headers: Mapping[str, str] | None = None) -> Answer:
    db.session.flush()  # an edit is counted by the database itself
    return Answer(detail(asset, actor()), {**(headers or {}), "ETag": tag_of(asset.edits)})

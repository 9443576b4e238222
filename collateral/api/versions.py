"""Versions of an asset: their files, how far reading has come, their pages."""

from __future__ import annotations

from typing import Literal

from flask import Response
from msgspec import Struct

from collateral.accounts.permissions import Permission, require
from collateral.api.asset_shapes import NewVersion, Page, Version, version_shape
from collateral.api.auth import actor
from collateral.api.calls import Answer, Call
from collateral.api.files import TakeFile
from collateral.api.noting import note
from collateral.api.paging import Paged, cursor_at, position_of
from collateral.api.shapes import Id, address, preview_address
from collateral.assets import operations
from collateral.assets.downloads import begins_a_download, send_original, send_preview
from collateral.assets.operations import Received
from collateral.assets.queries import (
    get_version,
    get_visible,
    page_rows,
    page_words,
    preview_of,
)
from collateral.clock import now
from collateral.deals import queries as deals
from collateral.usage.models import EventKind


class Pages(Struct, forbid_unknown_fields=True):
    """Some pages of a version, in their order."""

    items: list[Page]
    total: int
    next: str | None


class WhichFile(Struct, forbid_unknown_fields=True):
    version: Id | None = None
    deal: Id | None = None


@Call(
    "GET",
    "/assets/<int:asset_id>/file",
    permission=Permission.ASSET_READ,
    does="The current version's file, as an attachment.",
    more="`version` asks for another, `deal` says what it is for. Ranges are honoured. "
    "It counts as a download.",
    query=WhichFile,
    answers="*/*",
    statuses=(200, 206),
    fails=(416,),
)
def get_file(asset_id: int, query: WhichFile) -> Response:
    version = get_version(get_visible(actor(), asset_id), query.version)
    # Before the file is open: what is refused must not leave it so.
    deal = deals.get_visible(actor(), query.deal) if query.deal else None
    response = send_original(version)
    if begins_a_download(response):
        note(EventKind.DOWNLOADED, version, deal=deal)
    return response


class PictureWidth(Struct, forbid_unknown_fields=True):
    width: Literal[320, 1280] = 1280


@Call(
    "POST",
    "/assets/<int:asset_id>/versions",
    permission=Permission.ASSET_EDIT,
    does="A new file for an asset.",
    more="It becomes the current version when its text has been read.",
    form=NewVersion,
    file=TakeFile.KEPT,
    answers=Version,
    statuses=(201,),
    fails=(409, 507),
)
def create_version(asset_id: int, body: NewVersion, file: Received) -> Answer:
    asset = get_visible(actor(), asset_id)
    require(actor(), Permission.ASSET_EDIT, asset)
    version = operations.add_version(asset, file, by=actor(), at=now(), changes=body.changes)
    where = address(f"/assets/{asset.id}/versions/{version.number}")
    return Answer(version_shape(version), {"Location": where})


@Call(
    "GET",
    "/assets/<int:asset_id>/versions/<int:number>",
    permission=Permission.ASSET_READ,
    does="How far the reading of a version has come, and what of it works.",
    answers=Version,
)
def get_one_version(asset_id: int, number: int) -> Version:
    return version_shape(get_version(get_visible(actor(), asset_id), number))


@Call(
    "GET",
    "/assets/<int:asset_id>/versions/<int:number>/pages",
    permission=Permission.ASSET_READ,
    does="The pages of a version: what they say and show.",
    more="The first of them count as a view.",
    query=Paged,
    answers=Pages,
)
def list_pages(asset_id: int, number: int, query: Paged) -> Pages:
    version = get_version(get_visible(actor(), asset_id), number)
    after = position_of(query.cursor) or 0
    if not after:
        note(EventKind.VIEWED, version)
    rows = page_rows(version)
    words = {row.number: row for row in page_words(version)}
    here = [row for row in rows if row.number > after][: query.limit]
    return Pages(
        items=[
            Page(
                number=row.number,
                title=row.title,
                text=words[row.number].text,
                notes=words[row.number].notes,
                preview=preview_address(asset_id, number, row.number) if row.preview_1280 else None,
            )
            for row in here
        ],
        total=len(rows),
        next=cursor_at(here[-1].number) if here and here[-1] is not rows[-1] else None,
    )


@Call(
    "GET",
    "/assets/<int:asset_id>/versions/<int:number>/pages/<int:page>/preview",
    permission=Permission.ASSET_READ,
    does="The picture of a page, as WebP.",
    query=PictureWidth,
    answers="image/webp",
)
def get_preview(asset_id: int, number: int, page: int, query: PictureWidth) -> Response:
    return send_preview(preview_of(actor(), asset_id, number, page, query.width), None)

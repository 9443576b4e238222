"""First pages of assets, as small pictures with their addresses. One query for many."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from collateral.assets.models import Asset, AssetVersion, Page
from collateral.db import db


@dataclass(frozen=True)
class Picture:
    """A page's preview: its address and size in pixels; `second` is another page's address."""

    src: str
    width: int
    height: int
    second: str | None = None


@dataclass(frozen=True)
class Thumb:
    """What a small row shows of an asset."""

    title: str
    url: str
    kind: str
    label: str
    pages: int | None
    picture: Picture | None


def thumbs(asset_ids: Collection[int]) -> dict[int, Thumb]:
    """For each asset its title, address, kind and first page. The caller has checked the right."""
    if not asset_ids:
        return {}
    rows = db.session.execute(
        select(Asset.id, Asset.title, AssetVersion, Page)
        .outerjoin(AssetVersion, AssetVersion.id == Asset.current_version_id)
        .outerjoin(Page, (Page.version_id == AssetVersion.id) & (Page.number == 1))
        .where(Asset.id.in_(asset_ids))
    )
    return {
        asset_id: Thumb(
            title,
            url_for("assets.detail", asset_id=asset_id),
            version.family if version else "other",
            _(version.label) if version else "",
            version.page_count if version else None,
            _picture(asset_id, version, page),
        )
        for asset_id, title, version, page in rows
    }


def _picture(asset_id: int, version: AssetVersion | None, page: Page | None) -> Picture | None:
    if version is None or page is None or not page.preview_320:
        return None
    address = url_for(
        "assets.preview",
        asset_id=asset_id,
        number=version.number,
        page=page.number,
        width=320,
        v=page.preview_320,
    )
    height = round(320 * page.height / page.width) if page.width and page.height else 180
    return Picture(address, 320, height)

"""First pages of assets, as small pictures with their addresses. One query for many."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, select

from collateral.addresses import path_of
from collateral.assets.models import Asset, AssetVersion, Page
from collateral.db import read


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
    return {
        row.id: Thumb(
            row.title,
            path_of("assets.detail", asset_id=row.id),
            row.family or "other",
            _(row.label) if row.label else "",
            row.page_count,
            _picture(row),
        )
        for row in read(_SHOWN, {"ids": list(asset_ids)}).all()
    }


# Made once: a home shows two lists or three.
_SHOWN = (
    select(
        Asset.id,
        Asset.title,
        AssetVersion.number,
        AssetVersion.family,
        AssetVersion.label,
        AssetVersion.page_count,
        Page.preview_320,
        Page.width,
        Page.height,
    )
    .outerjoin(AssetVersion, AssetVersion.id == Asset.current_version_id)
    .outerjoin(Page, (Page.version_id == AssetVersion.id) & (Page.number == 1))
    .where(Asset.id.in_(bindparam("ids", expanding=True)))
)


def _picture(row: Any) -> Picture | None:
    if not row.preview_320:
        return None
    address = path_of("assets.preview", asset_id=row.id, number=row.number, page=1, width=320)
    height = round(320 * row.height / row.width) if row.width and row.height else 180
    return Picture(f"{address}?v={row.preview_320}", 320, height)

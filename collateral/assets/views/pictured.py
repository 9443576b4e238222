"""Assets with small pictures of their first pages: the lists beside forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from collateral.assets import queries
from collateral.assets.models import Asset
from collateral.assets.views.viewing import preview_url


@dataclass(frozen=True)
class Picture:
    """A small picture of a first page."""

    src: str
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Pictured:
    """An asset beside a form."""

    id: int
    title: str
    url: str
    kind: str
    picture: Picture | None


def pictured(assets: Sequence[Asset]) -> list[Pictured]:
    """The assets with the pictures of their first pages, in one query."""
    firsts = queries.first_previews(assets)
    found = []
    for asset in assets:
        picture = None
        if asset.id in firsts:
            number, page = firsts[asset.id]
            src = preview_url(asset.id, number, 1, 320, page.preview_320)
            picture = Picture(src, page.width, page.height) if src else None
        url = url_for("assets.detail", asset_id=asset.id)
        found.append(Pictured(asset.id, asset.title, url, "file", picture))
    return found

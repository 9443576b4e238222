"""What is shown of assets that were found, kept as long as nothing about them changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask import current_app
from sqlalchemy import BindParameter, bindparam, select

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.assets.models import Asset, AssetTerm, AssetVersion, Page, Term
from collateral.assets.queries import VISIBLE, asking
from collateral.db import read, table
from collateral.memory import Memory
from collateral.search.results import FoundAsset, FoundPage, FoundTerm

KEPT_BYTES = 2 << 20
ASSET_BYTES = 1500

_asset, _version = table(Asset).c, table(AssetVersion).c
_page, _asset_term, _term = table(Page).c, table(AssetTerm).c, table(Term).c
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
# Whatever else is shown of an asset raises its revision when it changes (assets/revisions.py).
_NOW = (
    select(
        Asset.id,
        Asset.revision,
        Asset.current_version_id,
        AssetVersion.text_at,
        AssetVersion.read_at,
        AssetVersion.family,
        AssetVersion.label,
        AssetVersion.page_count,
        AssetVersion.seconds,
    )
    .outerjoin(AssetVersion, Asset.current_version_id == AssetVersion.id)
    .where(Asset.id.in_(_IDS))
)
_NOW_SEEN = _NOW.where(VISIBLE)
_DESCRIBED = (
    select(
        _asset.id,
        _asset.title,
        _asset.summary,
        _asset.status,
        _asset.owner_id,
        _asset.published_at,
        _asset.created_at,
        _asset.review_on,
        _asset.expires_on,
        _version.number.label("version"),
        _version.created_at.label("version_at"),
    )
    .outerjoin_from(table(Asset), table(AssetVersion), _asset.current_version_id == _version.id)
    .where(_asset.id.in_(_IDS))
)
_FIRST_PAGES = select(
    _page.version_id, _page.number, _page.title, _page.preview_320, _page.width, _page.height
).where(_page.version_id.in_(_IDS), _page.number.in_((1, 2)))
_TERMS = (
    select(_asset_term.asset_id, _term.vocabulary, _term.slug, _term.label)
    .join_from(table(AssetTerm), table(Term), _asset_term.term_id == _term.id)
    .where(_asset_term.asset_id.in_(_IDS))
    .order_by(_term.position, _term.label)
)


def visible(person: Person, ids: Sequence[int]) -> dict[int, FoundAsset]:
    """Of these assets those that the person may see, by their id. At most four statements."""
    if can(person, Permission.ASSET_READ_ALL):
        rows = read(_NOW, {"ids": ids}).all()
    else:
        rows = read(_NOW_SEEN, {"ids": ids, **asking(person)}).all()
    kept = _memory()
    found = {row[0]: kept.get(tuple(row)) for row in rows}
    missing = [row for row in rows if found[row[0]] is None]
    for row, asset in zip(missing, _described(missing), strict=True):
        found[asset.id] = asset
        if asset.read_at is not None:  # until then its pages get their pictures one by one
            kept.put(tuple(row), asset, ASSET_BYTES)
    return found


def _described(rows: Sequence[Any]) -> list[FoundAsset]:
    if not rows:
        return []
    ids = {"ids": [row.id for row in rows]}
    described = {row.id: row._mapping for row in read(_DESCRIBED, ids).all()}
    terms: dict[int, list[FoundTerm]] = defaultdict(list)
    for asset_id, vocabulary, slug, label in read(_TERMS, ids).all():
        terms[asset_id].append(FoundTerm(vocabulary, slug, label))
    versions = {"ids": [row.current_version_id for row in rows]}
    pages = {
        (version_id, page[0]): FoundPage(*page)
        for version_id, *page in read(_FIRST_PAGES, versions).all()
    }
    return [
        FoundAsset(
            **described[row.id],
            version_id=row.current_version_id,
            text_at=row.text_at,
            read_at=row.read_at,
            family=row.family,
            label=row.label,
            page_count=row.page_count,
            seconds=row.seconds,
            terms=tuple(terms[row.id]),
            cover=pages.get((row.current_version_id, 1)),
            second=pages.get((row.current_version_id, 2)),
        )
        for row in rows
    ]


def _memory() -> Memory:
    made: Memory | None = current_app.extensions.get("found_assets")
    if made is None:
        made = current_app.extensions.setdefault("found_assets", Memory(KEPT_BYTES))
    return made

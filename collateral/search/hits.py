"""The assets of one page of results as they are shown, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import current_app
from sqlalchemy import BindParameter, bindparam, select

from collateral.accounts.models import Person
from collateral.assets.models import Page
from collateral.db import read, table
from collateral.memory import MISSING, Memory
from collateral.search import found_assets
from collateral.search.engines.protocol import Match
from collateral.search.marks import Marks
from collateral.search.matching import PageMatch, PageText, best_page
from collateral.search.results import FoundAsset, Hit, Uses
from collateral.search.snippets import in_context, marked
from collateral.usage.queries import deal_counts

KEPT_BYTES = 6 << 20
MATCH_BYTES = 1000

# Bare tables and statements that are made once: objects of the rows would cost more than they.
_page = table(Page).c
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_TEXTS = (
    select(
        _page.version_id,
        _page.number,
        _page.title,
        _page.text,
        _page.notes,
        _page.preview_320,
        _page.width,
        _page.height,
    )
    .where(_page.version_id.in_(_IDS))
    .order_by(_page.version_id, _page.number)
)
_NO_USES = Uses()


def shown(person: Person, matches: Sequence[Match], marks: Marks) -> tuple[Hit, ...]:
    """The matches in their order, without those that are gone or hidden since."""
    if not matches:
        return ()
    assets = found_assets.visible(person, [match.id for match in matches])
    found = _page_matches(assets.values(), marks)
    uses = deal_counts(assets.keys(), person)
    made = []
    for match in matches:
        asset = assets.get(match.id)
        if asset is None:
            continue
        page_match = found.get(asset.version_id or 0)
        counted = uses.get(asset.id)
        made.append(
            Hit(
                asset=asset,
                score=match.score,
                near=match.near,
                title=marked(asset.title, marks),
                snippet=page_match.snippet if page_match else in_context(asset.summary, marks),
                page=page_match.page if page_match else None,
                pages=page_match.numbers if page_match else (),
                uses=Uses(counted.deals, counted.won, counted.open, counted.lost)
                if counted
                else _NO_USES,
            )
        )
    return tuple(made)


def _page_matches(assets: Iterable[FoundAsset], marks: Marks) -> dict[int, PageMatch]:
    """The page that matched of each version. Versions do not change, so answers are kept."""
    if not marks:
        return {}
    kept = _memory()
    found: dict[int, PageMatch | None] = {}
    missing: dict[int, Any] = {}
    for asset in assets:
        if asset.version_id is None:
            continue
        key = (asset.version_id, asset.text_at, asset.read_at, marks)
        match = kept.get(key, MISSING)
        if match is MISSING:
            missing[asset.version_id] = key
        else:
            found[asset.version_id] = match
    for version_id, texts in _texts(list(missing)).items():
        found[version_id] = match = best_page(texts, marks)
        # Until it is read to its end its pages get their pictures one by one.
        if missing[version_id][2] is not None:
            kept.put(missing[version_id], match, MATCH_BYTES)
    return {version_id: match for version_id, match in found.items() if match is not None}


def _texts(version_ids: Sequence[int]) -> dict[int, list[PageText]]:
    texts: dict[int, list[PageText]] = {version_id: [] for version_id in version_ids}
    if version_ids:
        for version_id, *page in read(_TEXTS, {"ids": version_ids}).all():
            texts[version_id].append(PageText(*page))
    return texts


def _memory() -> Memory:
    made: Memory | None = current_app.extensions.get("search_pages")
    if made is None:
        made = current_app.extensions.setdefault("search_pages", Memory(KEPT_BYTES))
    return made

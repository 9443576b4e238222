"""The assets of one page of results as they are shown, read in a fixed number of queries."""

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
from collateral.search.engines.memory import Memory
from collateral.search.engines.protocol import Match
from collateral.search.results import FoundAsset, FoundPage, FoundTerm, Hit, Uses
from collateral.search.snippets import Marks, PageMatch, PageText, best_page, in_context, marked
from collateral.usage.queries import deal_counts

KEPT_BYTES = 4 << 20

# Bare tables and statements that are made once: objects of the rows would cost more than they.
_asset_term, _term, _page = table(AssetTerm).c, table(Term).c, table(Page).c
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ROWS = (
    select(
        Asset.id,
        Asset.title,
        Asset.summary,
        Asset.status,
        Asset.owner_id,
        Asset.published_at,
        Asset.created_at,
        Asset.review_on,
        Asset.expires_on,
        AssetVersion.number.label("version"),
        AssetVersion.id.label("version_id"),
        AssetVersion.created_at.label("version_at"),
        AssetVersion.text_at,
        AssetVersion.family,
        AssetVersion.label,
        AssetVersion.page_count,
        AssetVersion.seconds,
    )
    .outerjoin(AssetVersion, Asset.current_version_id == AssetVersion.id)
    .where(Asset.id.in_(_IDS))
)
_ROWS_SEEN = _ROWS.where(VISIBLE)
_TERMS = (
    select(_asset_term.asset_id, _term.vocabulary, _term.slug, _term.label)
    .join_from(table(AssetTerm), table(Term), _asset_term.term_id == _term.id)
    .where(_asset_term.asset_id.in_(_IDS))
    .order_by(_term.position, _term.label)
)
_TEXTS = (
    select(_page.version_id, _page.number, _page.title, _page.text, _page.notes)
    .where(_page.version_id.in_(_IDS))
    .order_by(_page.version_id, _page.number)
)
_PAGES = select(
    _page.version_id, _page.number, _page.title, _page.preview_320, _page.width, _page.height
).where(_page.version_id.in_(_IDS), _page.number.in_(bindparam("numbers", expanding=True)))


def shown(person: Person, matches: Sequence[Match], marks: Marks) -> tuple[Hit, ...]:
    """The matches in their order, without those that are gone or hidden since."""
    ids = [match.id for match in matches]
    if not ids:
        return ()
    rows = _rows(person, ids)
    terms = _terms(list(rows))
    found = _page_matches(rows.values(), marks)
    pages = _pages(rows.values(), found)
    uses = deal_counts(list(rows), person)
    made = []
    for match in matches:
        row = rows.get(match.id)
        if row is None:
            continue
        page_match = found.get(row.version_id)
        asset = FoundAsset(
            **{name: value for name, value in row._mapping.items() if name != "text_at"},
            terms=tuple(terms[row.id]),
            cover=pages.get((row.version_id, 1)),
            second=pages.get((row.version_id, 2)),
        )
        counted = uses.get(row.id)
        made.append(
            Hit(
                asset=asset,
                score=match.score,
                near=match.near,
                title=marked(row.title, marks),
                snippet=page_match.snippet if page_match else in_context(row.summary, marks),
                page=pages.get((row.version_id, page_match.number)) if page_match else None,
                pages=page_match.numbers if page_match else (),
                uses=Uses(counted.deals, counted.won, counted.open, counted.lost)
                if counted
                else Uses(),
            )
        )
    return tuple(made)


def _rows(person: Person, ids: Sequence[int]) -> dict[int, Any]:
    if can(person, Permission.ASSET_READ_ALL):
        found = read(_ROWS, {"ids": ids})
    else:
        found = read(_ROWS_SEEN, {"ids": ids, **asking(person)})
    return {row.id: row for row in found}


def _terms(ids: Sequence[int]) -> dict[int, list[FoundTerm]]:
    found: dict[int, list[FoundTerm]] = defaultdict(list)
    for asset_id, vocabulary, slug, label in read(_TERMS, {"ids": ids}):
        found[asset_id].append(FoundTerm(vocabulary, slug, label))
    return found


def _page_matches(rows: Any, marks: Marks) -> dict[int, PageMatch]:
    """The page that matched of each version. Versions do not change, so answers are kept."""
    if not marks:
        return {}
    kept = _memory()
    found: dict[int, PageMatch | None] = {}
    missing: dict[int, Any] = {}
    for row in rows:
        if row.version_id is None:
            continue
        key = (row.version_id, row.text_at, marks)
        match = kept.get(key, missing)
        if match is missing:
            missing[row.version_id] = key
        else:
            found[row.version_id] = match
    for version_id, texts in _texts(list(missing)).items():
        match = best_page(texts, marks)
        found[version_id] = match
        kept.put(missing[version_id], match, 1000)
    return {version_id: match for version_id, match in found.items() if match is not None}


def _texts(version_ids: Sequence[int]) -> dict[int, list[PageText]]:
    texts: dict[int, list[PageText]] = {version_id: [] for version_id in version_ids}
    if version_ids:
        for version_id, number, title, text, notes in read(_TEXTS, {"ids": version_ids}):
            texts[version_id].append(PageText(number, title, text, notes))
    return texts


def _pages(rows: Any, found: dict[int, PageMatch]) -> dict[tuple[int, int], FoundPage]:
    """The first two pages of each version and the one that matched."""
    version_ids = [row.version_id for row in rows if row.version_id is not None]
    numbers = {1, 2} | {match.number for match in found.values()}
    wanted = {(v, n) for v in version_ids for n in (1, 2)}
    wanted |= {(version_id, match.number) for version_id, match in found.items()}
    return {
        (version_id, number): FoundPage(number, title, preview, width, height)
        for version_id, number, title, preview, width, height in read(
            _PAGES, {"ids": version_ids, "numbers": sorted(numbers)}
        )
        if (version_id, number) in wanted
    }


def _memory() -> Memory:
    made: Memory | None = current_app.extensions.get("search_pages")
    if made is None:
        made = current_app.extensions.setdefault("search_pages", Memory(KEPT_BYTES))
    return made

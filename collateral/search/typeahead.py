"""What appears under the search field while one types: words, assets, collections, deals."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from collateral.accounts.models import Person
from collateral.assets.models import (
    Asset,
    AssetVersion,
    Collection,
    CollectionItem,
    CollectionKind,
    Page,
    Status,
)
from collateral.assets.queries import visible
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal, Outcome
from collateral.search.engine import engine
from collateral.search.engines.protocol import Completion, EngineUnavailable, Scope
from collateral.search.folding import words
from collateral.search.language import MAX_CHARACTERS, MAX_TERMS
from collateral.search.queries import ask_to_heal, hidden, scope_of

COMPLETIONS = 3
ASSETS = 5
COLLECTIONS = 2
DEALS = 3


@dataclass(frozen=True)
class SuggestedAsset:
    id: int
    title: str
    label: str | None
    page_count: int | None
    version: int | None
    preview: str | None
    """SHA-256 of its first page's preview."""


@dataclass(frozen=True)
class SuggestedCollection:
    id: int
    title: str
    assets: int


@dataclass(frozen=True)
class SuggestedDeal:
    id: int
    name: str
    account: str
    stage: str
    next_call_at: datetime | None


@dataclass(frozen=True)
class Suggestions:
    searches: tuple[Completion, ...] = ()
    assets: tuple[SuggestedAsset, ...] = ()
    collections: tuple[SuggestedCollection, ...] = ()
    deals: tuple[SuggestedDeal, ...] = ()


def suggest(person: Person, text: str) -> Suggestions:
    """What the person may mean by what she has typed so far; the last word may be unfinished."""
    typed = tuple(words(text[:MAX_CHARACTERS]))[:MAX_TERMS]
    if not typed:
        return Suggestions()
    hide = hidden(person)
    try:
        scope = scope_of(person)
        ids = engine().suggest(typed, scope, hide, ASSETS)
        completed = engine().complete(typed, scope, hide, COMPLETIONS + 1)
        # What she has typed already is what Enter searches for anyway.
        searches = [one for one in completed if one.text != " ".join(typed)][:COMPLETIONS]
    except EngineUnavailable:
        ask_to_heal("")
        ids, searches = _by_title(person, typed), []
    return Suggestions(
        searches=tuple(searches),
        assets=_assets(person, ids),
        collections=_collections(person, typed),
        deals=_deals(person, typed),
    )


def warm() -> None:
    """Have the index opened and the words of all titles read: a second at 50,000 assets."""
    nobody = Scope(person_id=0, team_ids=frozenset(), sees_all=False)
    with suppress(EngineUnavailable):
        engine().generation()
        engine().complete(("a",), nobody, frozenset(), 1)


def _assets(person: Person, ids: list[int]) -> tuple[SuggestedAsset, ...]:
    if not ids:
        return ()
    rows = db.session.execute(
        select(
            Asset.id,
            Asset.title,
            AssetVersion.label,
            AssetVersion.page_count,
            AssetVersion.number,
            Page.preview_320,
        )
        .outerjoin(AssetVersion, Asset.current_version_id == AssetVersion.id)
        .outerjoin(Page, (Page.version_id == AssetVersion.id) & (Page.number == 1))
        .where(Asset.id.in_(ids), visible(person), Asset.status != Status.RETIRED)
    )
    by_id = {row.id: SuggestedAsset(*row) for row in rows}
    return tuple(by_id[asset_id] for asset_id in ids if asset_id in by_id)


def _by_title(person: Person, typed: tuple[str, ...]) -> list[int]:
    query = select(Asset.id).where(visible(person), Asset.status != Status.RETIRED)
    return list(db.session.scalars(_with_words(query, Asset.title, typed).limit(ASSETS)))


def _collections(person: Person, typed: tuple[str, ...]) -> tuple[SuggestedCollection, ...]:
    """The number of assets is of those that the person may see."""
    seen = (
        select(func.count(CollectionItem.asset_id))
        .join(Asset, CollectionItem.asset_id == Asset.id)
        .where(
            CollectionItem.collection_id == Collection.id,
            visible(person),
            Asset.status != Status.RETIRED,
        )
        .correlate(Collection)
        .scalar_subquery()
    )
    query = select(Collection.id, Collection.title, seen).where(
        or_(Collection.kind != CollectionKind.PERSONAL, Collection.owner_id == person.id)
    )
    query = _with_words(query, Collection.title, typed).order_by(Collection.title)
    return tuple(SuggestedCollection(*row) for row in db.session.execute(query.limit(COLLECTIONS)))


def _deals(person: Person, typed: tuple[str, ...]) -> tuple[SuggestedDeal, ...]:
    """Open deals, the person's own first, the next call soonest."""
    query = select(Deal.id, Deal.name, Deal.account, Deal.stage_label, Deal.next_call_at).where(
        deals.visible(person), Deal.outcome == Outcome.OPEN
    )
    query = _with_words(query, Deal.name + " " + Deal.account, typed)
    query = query.order_by(
        deals.own(person).desc(), Deal.next_call_at.asc().nulls_last(), Deal.id.desc()
    )
    return tuple(SuggestedDeal(*row) for row in db.session.execute(query.limit(DEALS)))


def _with_words(query: Any, column: Any, typed: tuple[str, ...]) -> Any:
    """Each word begins a word of the column."""
    lowered = " " + func.lower(column)
    for word in typed:
        like = "% " + word.replace("~", "~~").replace("%", "~%").replace("_", "~_") + "%"
        query = query.where(lowered.like(like, escape="~"))
    return query

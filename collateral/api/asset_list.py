"""The list of assets, which is search: the same words, filters and order as on the page."""

from __future__ import annotations

import time
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct, field
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission
from collateral.api.auth import actor, caller
from collateral.api.calls import Call
from collateral.api.noting import user_agent
from collateral.api.paging import Paged, cursor_at, position_of
from collateral.api.shapes import preview_address
from collateral.assets.models import Status
from collateral.clock import now
from collateral.db import db, is_id
from collateral.errors import Invalid
from collateral.search import queries, records
from collateral.search.requests import VOCABULARIES, SearchRequest
from collateral.search.results import FoundAsset, FoundPage, Hit, SearchResult

Word = Annotated[str, Meta(min_length=1, max_length=120)]


class AssetQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    """What is looked for."""

    q: Annotated[str, Meta(max_length=1000, description="Words to look for.")] = ""
    type: Word | None = None
    term: Annotated[
        list[Annotated[str, Meta(pattern="^[a-z]+:.{1,80}$")]],
        Meta(max_length=40, description='Such as "stage:evaluation"; repeatable.'),
    ] = field(default_factory=list)
    tag: Annotated[list[Word], Meta(max_length=40)] = field(default_factory=list)
    status: Annotated[list[Status], Meta(max_length=4)] = field(default_factory=list)
    owner: Annotated[str, Meta(max_length=254, description="E-mail, or id.")] | None = None
    used_since: date | None = None
    sort: Literal["relevance", "proven", "newest", "title"] = "relevance"


class MatchedPage(Struct, forbid_unknown_fields=True):
    """The page that matched; `preview` is the address of its picture, 320 px wide."""

    number: int
    title: str
    preview: str | None


class AssetSummary(Struct, forbid_unknown_fields=True):
    """An asset among the results; `uses` counts the deals in which it was used."""

    id: int
    title: str
    type: str | None
    status: Status
    summary: str
    score: float
    snippet: str
    page: MatchedPage | None
    uses: int


class AssetList(Struct, forbid_unknown_fields=True):
    """Results, the best first. `facets`: term to how many of the results have it."""

    items: list[AssetSummary]
    total: int
    next: str | None
    facets: dict[str, int]


@Call(
    "GET",
    "/assets",
    permission=Permission.SEARCH,
    does="Look for assets.",
    query=AssetQuery,
    answers=AssetList,
)
def list_assets(query: AssetQuery) -> AssetList:
    started = time.perf_counter()
    wanted = SearchRequest(
        q=query.q,
        terms=tuple(query.term) + ((f"type:{query.type}",) if query.type else ()),
        tags=tuple(query.tag),
        status=tuple(status.value for status in query.status),
        owner=_owner(query.owner) if query.owner else None,
        used_since=query.used_since,
        sort=query.sort,
        limit=query.limit,
        cursor=position_of(query.cursor),
    )
    result = queries.search(actor(), wanted)
    _note(actor(), wanted, result, time.perf_counter() - started)
    return AssetList(
        items=[_shape(hit) for hit in result.hits],
        total=result.total,
        next=cursor_at(result.next) if result.next else None,
        facets={
            key: count
            for key, count in result.counts.items()
            if count and key.partition(":")[0] in VOCABULARIES
        },
    )


def _owner(text: str) -> int:
    wanted = Person.id == int(text) if is_id(text) else Person.email == text.strip().lower()
    found = db.session.scalar(select(Person.id).where(wanted))
    if found is None:
        raise Invalid("There is nobody like that here.", fields={"owner": "There is nobody."})
    return found


def _shape(hit: Hit) -> AssetSummary:
    asset = hit.asset
    return AssetSummary(
        id=asset.id,
        title=asset.title,
        type=asset.type.slug if asset.type else None,
        status=asset.status,
        summary=asset.summary,
        score=hit.score,
        snippet="".join(text for text, _found in hit.snippet),
        page=_page(asset, hit.page) if hit.page else None,
        uses=hit.uses.deals,
    )


def _page(asset: FoundAsset, page: FoundPage) -> MatchedPage:
    picture = None
    if page.preview and asset.version:
        picture = f"{preview_address(asset.id, asset.version, page.number)}?width=320"
    return MatchedPage(page.number, page.title, picture)


def _note(person: Person, wanted: SearchRequest, result: SearchResult, seconds: float) -> None:
    """The search log and what was shown, as for the page; the next page is no new search."""
    moment, session = now(), f"t{caller().token_id}"
    search_id = records.new_id(moment) if result.query or wanted.chosen() else None
    if search_id is not None and wanted.offset == 0:
        records.recorder().add(
            search=records.searched(
                search_id, person, session, wanted, result, seconds=seconds, at=moment
            )
        )
    records.recorder().add(
        shown=records.Shown(
            person_id=person.id,
            session=session,
            user_agent=user_agent(),
            at=moment,
            search_id=search_id,
            pairs=records.pairs(result.hits),
        )
    )

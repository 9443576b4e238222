"""Collections as the pages show them: covers, how many assets, what a saved search asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import url_for
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from collateral.accounts.models import Person
from collateral.assets import collections
from collateral.assets.covers import Cover, Covers, covers
from collateral.assets.models import Collection, CollectionKind
from collateral.search.cards import KINDS, CardPicture
from collateral.search.requests import VOCABULARIES, from_address

KEPT = VOCABULARIES | {
    "q",
    "term",
    "tag",
    "status",
    "owner",
    "used_since",
    "freshness",
    "sort",
    "only",
    "view",
}
"""What of the library's address makes a search; where in its results one was does not."""


@dataclass(frozen=True)
class TileCover:
    kind: str
    picture: CardPicture | None


@dataclass(frozen=True)
class Tile:
    """One collection, for templates/search/_tile.html. `owner` is None for one's own."""

    id: int
    title: str
    url: str
    summary: str
    kind: str
    owner_id: int
    mine: bool
    owner: str | None
    extent: str
    covers: Sequence[TileCover]
    asks: str | None
    """The words of a saved search; None for a set put together by hand."""


def tiles(person: Person, chosen: Sequence[Collection], *, owners: bool = True) -> list[Tile]:
    """The tiles of the collections, in one query for all their covers and counts."""
    by_hand = [each.id for each in chosen if each.query is None]
    shown = covers(person, by_hand)
    made = []
    for each in chosen:
        seen = shown.get(each.id, Covers())
        mine = each.owner_id == person.id
        made.append(
            Tile(
                id=each.id,
                title=each.title,
                url=url_for("search.collection", collection_id=each.id),
                summary=each.summary,
                kind=each.kind.value,
                owner_id=each.owner_id,
                mine=mine,
                owner=each.owner.name if owners and not mine else None,
                extent=_filters(each.query)
                if each.query is not None
                else ngettext("%(num)s asset", "%(num)s assets", seen.assets),
                covers=[_cover(cover) for cover in seen.first],
                asks=parsed(each.query).get("q", "").strip() if each.query is not None else None,
            )
        )
    return made


def featured_tiles(person: Person, limit: int) -> list[Tile]:
    """The featured collections that show this person anything, for the top of the library."""
    chosen = [each for each in collections.featured(limit * 2) if each.query is None]
    return [tile for tile in tiles(person, chosen, owners=False) if tile.covers][:limit]


def kept_address(values: MultiDict[str, str]) -> str:
    """The search in the library's address as a query string, "" where nothing is asked."""
    pairs = [
        (name, value) for name, value in values.items(multi=True) if name in KEPT and value.strip()
    ]
    wanted = from_address(MultiDict(pairs))
    return urlencode(pairs) if wanted.q.strip() or wanted.chosen() else ""


def parsed(query: str) -> MultiDict[str, str]:
    """The values of a query string."""
    return MultiDict(parse_qsl(query, max_num_fields=200))


def library_address(query: str) -> str:
    """Where a saved search leads."""
    return f"{url_for('search.library')}?{kept_address(parsed(query))}"


def groups(made: Sequence[Tile]) -> tuple[list[Tile], list[Tile], list[Tile]]:
    """Featured, one's own and those that others share."""
    featured = [tile for tile in made if tile.kind == CollectionKind.FEATURED.value]
    rest = [tile for tile in made if tile.kind != CollectionKind.FEATURED.value]
    return featured, [t for t in rest if t.mine], [t for t in rest if not t.mine]


def _filters(query: str) -> str:
    wanted = from_address(parsed(query))
    count = len(wanted.terms) + len(wanted.tags) + len(wanted.status)
    count += sum(each is not None for each in (wanted.owner, wanted.used_since, wanted.freshness))
    return ngettext("%(num)s filter", "%(num)s filters", count) if count else ""


def _cover(cover: Cover) -> TileCover:
    picture = None
    if cover.preview is not None:
        src = url_for(
            "assets.preview",
            asset_id=cover.asset_id,
            number=cover.version,
            page=1,
            width=320,
            v=cover.preview,
        )
        picture = CardPicture(src, cover.width or 0, cover.height or 0)
    return TileCover(KINDS.get(cover.family or "", "document"), picture)

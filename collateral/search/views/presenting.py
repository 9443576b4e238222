"""What the templates of the library are given, from a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from collateral.accounts.models import Person
from collateral.adaptations import queries as adaptations
from collateral.search.cards import Card, card, facet_name, value_name
from collateral.search.requests import MAX_OFFSET, MOST, SearchRequest
from collateral.search.results import SearchResult
from collateral.search.tiles import featured_tiles, kept_address
from collateral.templating import address_with, format_day
from collateral.templating import translate as _

STEP = 20
"""How many more results are shown at a time."""
FEATURED = 4


def context(
    person: Person, wanted: SearchRequest, result: SearchResult, search_id: int | None
) -> dict[str, Any]:
    """What search/list.html is given; its head says what each is."""
    origins = adaptations.origins([hit.asset.id for hit in result.hits], person)
    titles = {asset_id: origin.asset.title for asset_id, origin in origins.items()}

    def cards(*, near: bool) -> list[Card]:
        hits = (hit for hit in result.hits if hit.near is near)
        return [card(hit, search_id, titles.get(hit.asset.id, "")) for hit in hits]

    exact, near = cards(near=False), cards(near=True)
    chips = _chips(wanted, result)
    saved = kept_address(request.args)
    return {
        "query": wanted.q.strip(),
        "results": exact,
        "step": STEP,
        "near": near,
        "total": result.total - result.near_total,
        "more_url": _more(wanted, result, search_id) if not near else None,
        "also": result.also_searched,
        "only_url": address_with(only="1", cursor=None, show=None, search=None),
        "meant": [
            {
                "text": each.text,
                "count": each.count,
                "url": address_with(q=each.text, cursor=None, show=None, search=None),
            }
            for each in result.meant
        ],
        "groups": _groups(result),
        "keep": {"q": wanted.q, "sort": request.args.get("sort"), "view": request.args.get("view")},
        "chips": chips,
        "clear_url": url_for("search.library", q=wanted.q or None),
        "sorts": _sorts(wanted),
        "views": _views(),
        "as_list": request.args.get("view") == "list",
        "cut_short": result.cut_short,
        "degraded": result.degraded,
        "shortened": result.shortened,
        "nothing_yet": not (result.total or result.query or chips),
        "select": bool(exact),
        "back": request.full_path.rstrip("?"),
        "save_url": url_for("search.new_collection", query=saved) if saved else None,
        "featured": [] if saved or wanted.cursor else featured_tiles(person, FEATURED),
        "request_url": url_for("requests.new", q=wanted.q.strip() or None),
    }


def _more(wanted: SearchRequest, result: SearchResult, search_id: int | None) -> str | None:
    if wanted.offset + wanted.limit >= min(result.total, MAX_OFFSET):
        return None
    if wanted.limit + STEP <= MOST:
        return address_with(show=wanted.limit + STEP, search=search_id)
    return address_with(cursor=wanted.offset + wanted.limit, show=None, search=search_id)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, for components/facets.html."""

    value: str
    text: str
    count: int
    on: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One filter, for components/facets.html."""

    name: str
    label: str
    values: tuple[Choice, ...]


def _groups(result: SearchResult) -> tuple[Group, ...]:
    return tuple(
        Group(
            facet.name,
            facet_name(facet.name),
            tuple(
                Choice(value.value, value_name(facet.name, value), value.count, value.chosen)
                for value in facet.values
            ),
        )
        for facet in result.facets
    )


def _chips(wanted: SearchRequest, result: SearchResult) -> list[dict[str, str]]:
    chips = []
    for facet in result.facets:
        for value in facet.values:
            if value.chosen:
                text = f"{facet_name(facet.name)}: {value_name(facet.name, value)}"
                chips.append({"text": text, "url": _without(facet.name, value.value)})
    chips += [{"text": f"#{tag}", "url": _without("tag", tag)} for tag in wanted.tags]
    if wanted.used_since:
        text = _("Used since %(day)s", day=format_day(wanted.used_since))
        chips.append({"text": text, "url": address_with(used_since=None, cursor=None)})
    if wanted.owner is not None:
        chips.append({"text": _("One owner"), "url": address_with(owner=None, cursor=None)})
    return chips


def _without(name: str, value: str) -> str:
    """The present address without that choice, in either of the ways it can be said."""
    kept = [other for other in request.args.getlist(name) if other != value]
    terms = [other for other in request.args.getlist("term") if other != f"{name}:{value}"]
    return address_with(
        **{name: kept or None, "term": terms or None, "cursor": None, "show": None, "search": None}
    )


def _sorts(wanted: SearchRequest) -> list[dict[str, Any]]:
    names = [("relevance", _("Relevance")), ("proven", _("Proven use")), ("newest", _("Newest"))]
    return [
        {
            "text": text,
            "url": address_with(
                sort=None if name == "relevance" else name, cursor=None, show=None, search=None
            ),
            "current": wanted.sort == name,
        }
        for name, text in names
    ]


def _views() -> list[dict[str, Any]]:
    as_list = request.args.get("view") == "list"
    return [
        {
            "text": _("Grid"),
            "label": _("Grid"),
            "icon": "grid",
            "url": address_with(view=None),
            "current": not as_list,
        },
        {
            "text": _("List"),
            "label": _("List"),
            "icon": "list",
            "url": address_with(view="list"),
            "current": as_list,
        },
    ]

"""The library page, which is search, and what appears while one types."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from collateral.accounts.guard import actor, requires
from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission
from collateral.adaptations import queries as adaptations
from collateral.clock import now
from collateral.search import queries, records, typeahead
from collateral.search.cards import Card, card, facet_name, value_name
from collateral.search.requests import MAX_OFFSET, MOST, PAGE, SearchRequest, from_address
from collateral.search.results import SearchResult
from collateral.search.tiles import featured_tiles, kept_address
from collateral.templating import address_with, format_day

bp = Blueprint("search", __name__)

STEP = 20
FEATURED = 4


@bp.get("/search")
@bp.get("/library")
@requires(Permission.SEARCH)
def library() -> ResponseReturnValue:
    """Search and library in one. With the header X-Fragment the results and filters alone."""
    person = actor()
    started = time.perf_counter()
    wanted = from_address(request.args)
    shown = min(max(request.args.get("show", PAGE, type=int), PAGE), MOST)
    wanted = replace(wanted, limit=shown)
    result = queries.search(person, wanted)
    search_id = _record(person, wanted, result, time.perf_counter() - started)
    template = "search/_fragments.html" if "X-Fragment" in request.headers else "search/list.html"
    return render_template(template, **_context(person, wanted, result, search_id))


@bp.get("/search/suggest")
@requires(Permission.SEARCH)
def suggest() -> ResponseReturnValue:
    """Suggestions for `?q=`: groups of items with title, address, hint, icon or picture."""
    found = typeahead.suggest(actor(), request.args.get("q", ""))
    groups = [
        {"label": _("Searches"), "items": [_search_item(item) for item in found.searches]},
        {"label": _("Assets"), "items": [_asset_item(item) for item in found.assets]},
        {"label": _("Collections"), "items": [_collection_item(c) for c in found.collections]},
        {"label": _("Deals"), "items": [_deal_item(deal) for deal in found.deals]},
    ]
    response = jsonify(groups=[group for group in groups if group["items"]])
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/search/assets")
@requires(Permission.SEARCH)
def choose_asset() -> ResponseReturnValue:
    """Assets for `?q=`, for choosing one: items of a combobox."""
    found = typeahead.suggest(actor(), request.args.get("q", ""))
    items = [_asset_item(item) | {"value": item.id} for item in found.assets]
    response = jsonify(groups=[{"label": _("Assets"), "items": items}] if items else [])
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _record(
    person: Person, wanted: SearchRequest, result: SearchResult, seconds: float
) -> int | None:
    """Have the search noted; what was shown, too. More of the same results is no new search."""
    moment = now()
    search_id = records.new_id(moment)
    session = f"s{current_user.row_id}"
    known = request.args.get("search", type=int)
    is_search = bool(result.query or wanted.chosen())
    if is_search and known is None:
        records.recorder().add(
            search={
                "id": search_id,
                "at": moment,
                "person_id": person.id,
                "session": session,
                "query": result.query[:250],
                "filters": wanted.chosen(),
                "total": result.total,
                "near": result.near_total,
                "milliseconds": round(seconds * 1000),
            }
        )
    elif known is not None:
        search_id = known
    first = wanted.limit - STEP if known is not None else 0
    records.recorder().add(
        shown=records.Shown(
            person_id=person.id,
            session=session,
            user_agent=request.headers.get("User-Agent", ""),
            at=moment,
            search_id=search_id if is_search else None,
            pairs=tuple(
                (hit.asset.id, hit.asset.version_id)
                for hit in result.hits[max(first, 0) :]
                if hit.asset.version_id is not None
            ),
        )
    )
    return search_id if is_search else None


def _context(
    person: Person, wanted: SearchRequest, result: SearchResult, search_id: int | None
) -> dict[str, Any]:
    """What search/list.html is given; its head says what each is."""
    origins = adaptations.origins([hit.asset.id for hit in result.hits], actor())
    cards = [
        (
            hit.near,
            card(
                hit,
                search_id,
                origins[hit.asset.id].asset.title if hit.asset.id in origins else "",
            ),
        )
        for hit in result.hits
    ]
    exact: list[Card] = [one for near, one in cards if not near]
    near: list[Card] = [one for near, one in cards if near]
    chips = _chips(wanted, result)
    saved = kept_address(request.args)
    return {
        "query": wanted.q.strip(),
        "results": exact,
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


def _groups(result: SearchResult) -> list[dict[str, Any]]:
    return [
        {
            "name": facet.name,
            "label": facet_name(facet.name),
            "values": [
                {
                    "value": v.value,
                    "text": value_name(facet.name, v),
                    "count": v.count,
                    "on": v.chosen,
                }
                for v in facet.values
            ],
        }
        for facet in result.facets
    ]


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


# Suggestions


def _search_item(item: Any) -> dict[str, Any]:
    return {
        "title": item.text,
        "url": url_for("search.library", q=item.text),
        "hint": ngettext("%(num)s asset", "%(num)s assets", item.total),
        "icon": "search",
    }


def _asset_item(item: typeahead.SuggestedAsset) -> dict[str, Any]:
    pages = ngettext("%(num)s page", "%(num)s pages", item.page_count or 0)
    hint = ", ".join(filter(None, (item.label, pages if item.page_count else None)))
    found = {"title": item.title, "url": url_for("assets.detail", asset_id=item.id), "hint": hint}
    if item.preview:
        found["picture"] = url_for(
            "assets.preview",
            asset_id=item.id,
            number=item.version,
            page=1,
            width=320,
            v=item.preview,
        )
    else:
        found["icon"] = "file"
    return found


def _collection_item(item: typeahead.SuggestedCollection) -> dict[str, Any]:
    return {
        "title": item.title,
        "url": url_for("search.collection", collection_id=item.id),
        "hint": ngettext("%(num)s asset", "%(num)s assets", item.assets),
        "icon": "library",
    }


def _deal_item(item: typeahead.SuggestedDeal) -> dict[str, Any]:
    call = _("call %(when)s", when=format_day(item.next_call_at)) if item.next_call_at else None
    return {
        "title": f"{item.account}, {item.name}" if item.account else item.name,
        "url": url_for("deals.detail", deal_id=item.id),
        "hint": " · ".join(filter(None, (item.stage, call))),
        "icon": "deals",
    }


# The pages of collections register their routes on the blueprint above.
from collateral.search import views_collections  # noqa: E402, F401

"""The library page, which is search, and what appears while one types."""

from __future__ import annotations

import time
from dataclasses import replace

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from collateral.accounts.guard import actor, requires
from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission
from collateral.asked import search_number
from collateral.clock import now
from collateral.search import queries, records, typeahead
from collateral.search.requests import MOST, PAGE, SearchRequest, from_address
from collateral.search.results import SearchResult
from collateral.search.views import bp, items
from collateral.search.views.presenting import STEP, context
from collateral.templating import translate as _


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
    return render_template(template, **context(person, wanted, result, search_id))


@bp.get("/search/suggest")
@requires(Permission.SEARCH)
def suggest() -> ResponseReturnValue:
    """Suggestions for `?q=`: groups of items with title, address, hint, icon or picture."""
    found = typeahead.suggest(actor(), request.args.get("q", ""))
    groups = [
        {"label": _("Searches"), "items": [items.search_item(item) for item in found.searches]},
        {"label": _("Assets"), "items": [items.asset_item(item) for item in found.assets]},
        {"label": _("Collections"), "items": [items.collection_item(c) for c in found.collections]},
        {"label": _("Deals"), "items": [items.deal_item(deal) for deal in found.deals]},
    ]
    response = jsonify(groups=[group for group in groups if group["items"]])
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/search/assets")
@requires(Permission.SEARCH)
def choose_asset() -> ResponseReturnValue:
    """Assets for `?q=`, for choosing one: items of a combobox."""
    found = typeahead.suggest(actor(), request.args.get("q", ""))
    offered = [items.asset_item(item) | {"value": item.id} for item in found.assets]
    response = jsonify(groups=[{"label": _("Assets"), "items": offered}] if offered else [])
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _record(
    person: Person, wanted: SearchRequest, result: SearchResult, seconds: float
) -> int | None:
    """Have the search noted; what was shown, too. More of the same results is no new search."""
    moment = now()
    search_id = records.new_id(moment)
    session = f"s{current_user.row_id}"
    known = request.args.get("search", type=search_number)
    is_search = bool(result.query or wanted.chosen())
    if is_search and known is None:
        records.recorder().add(
            search=records.searched(
                search_id, person, session, wanted, result, seconds=seconds, at=moment
            )
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
            pairs=records.pairs(result.hits[max(first, 0) :]),
        )
    )
    return search_id if is_search else None

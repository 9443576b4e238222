"""Requests: what is missing, asked for and listed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from collateral.accounts.permissions import Permission
from collateral.api.auth import actor
from collateral.api.calls import Call
from collateral.api.paging import Paged, cursor_at, position_of
from collateral.api.shapes import Id, Named, Somebody, named, somebody
from collateral.assets.queries import get_many
from collateral.clock import now
from collateral.deals.queries import get_visible
from collateral.requests import operations, queries
from collateral.requests.models import RequestState
from collateral.requests.queries import RequestRow
from collateral.requests.rules import LONGEST_TEXT, LONGEST_TITLE


class NewRequest(Struct, forbid_unknown_fields=True):
    """What is missing, what it must say, and the deal that waits for it."""

    title: Annotated[str, Meta(min_length=1, max_length=LONGEST_TITLE)]
    detail: Annotated[str, Meta(max_length=LONGEST_TEXT)] = ""
    deal: Id | None = None


class RequestQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[
        Literal["open", "taken_on", "made", "declined", "mine"],
        Meta(description="`mine`: those that the caller waits for or makes, in any state."),
    ] = "open"


class RequestShape(Struct, forbid_unknown_fields=True):
    """A request. `waiting`: how many wait for it; `mine`: whether the caller does; `deals`: names
    of the deals that wait, of those that she may see; `asset`: what answers it; `reason`: why
    there will be none."""

    id: int
    title: str
    detail: str
    state: RequestState
    by: Somebody | None
    at: datetime
    maker: Somebody | None
    due_on: date | None
    asset: Named | None
    reason: str
    waiting: int
    mine: bool
    deals: list[str]


class RequestList(Struct, forbid_unknown_fields=True):
    """Those taken on by their day, open ones with the most who wait first, others latest first."""

    items: list[RequestShape]
    total: int
    next: str | None


@Call(
    "GET",
    "/requests",
    permission=Permission.REQUEST_READ,
    does="Material that sales needs and marketing has not made.",
    query=RequestQuery,
    answers=RequestList,
)
def list_requests(query: RequestQuery) -> RequestList:
    start = int(position_of(query.cursor) or 0)
    mine = query.state == "mine"
    state = RequestState.OPEN if mine else RequestState(query.state)
    found = queries.page(actor(), state, mine=mine, limit=query.limit, offset=start)
    end = start + len(found.rows)
    more = found.rows and end < found.total
    return RequestList(_shapes(found.rows), found.total, cursor_at(end) if more else None)


@Call(
    "POST",
    "/requests",
    permission=Permission.REQUEST_MAKE,
    does="Ask for what is missing; the caller waits for it.",
    body=NewRequest,
    answers=RequestShape,
    statuses=(201,),
    fails=(404,),
)
def create_request(body: NewRequest) -> RequestShape:
    deal = get_visible(actor(), body.deal) if body.deal is not None else None
    made = operations.ask(body.title, by=actor(), at=now(), detail=body.detail, deal=deal)
    return _shapes([RequestRow(made, 1, True, (deal.name,) if deal else ())])[0]


def _shapes(rows: Sequence[RequestRow]) -> list[RequestShape]:
    """With the assets that the caller may see. One query."""
    wanted = [row.request.asset_id for row in rows if row.request.asset_id]
    assets = {asset.id: asset for asset in get_many(actor(), wanted)}
    return [
        RequestShape(
            id=row.request.id,
            title=row.request.title,
            detail=row.request.detail,
            state=row.request.state,
            by=somebody(row.request.by),
            at=row.request.at,
            maker=somebody(row.request.maker),
            due_on=row.request.due_on,
            asset=named(assets.get(row.request.asset_id or 0)),
            reason=row.request.reason,
            waiting=row.waiting,
            mine=row.mine,
            deals=list(row.deals),
        )
        for row in rows
    ]

"""The list of deals: narrowed, sorted, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.db import db, is_id
from collateral.deals import queries
from collateral.deals.models import Deal, Outcome

PAGE = 50
SORTS: dict[str, Any] = {
    "next_call": Deal.next_call_at,
    "name": func.lower(Deal.name),
    "account": func.lower(Deal.account),
    "stage": Deal.stage_label,
    "amount": Deal.amount,
    "closes": func.coalesce(Deal.closed_on, Deal.expected_on),
    "updated": Deal.updated_at,
}
IN_WORDS = ("next_call", "name", "account")
"""Sorts whose column stands in `ix_deal_words`."""
FAR = 1000
"""From this row on a page is worth one more question."""


@dataclass(frozen=True)
class DealRequest:
    """What the list of deals is asked for."""

    q: str = ""
    outcome: Outcome | None = None
    stage: str = ""
    owner: str = ""
    """"me", or a person's id."""
    sort: str = "next_call"
    down: bool = False
    page: int = 1
    limit: int = PAGE


@dataclass(frozen=True)
class DealPage:
    deals: Sequence[Deal]
    total: int
    page: int
    pages: int


def list_deals(person: Person, request: DealRequest) -> DealPage:
    """One page of the deals that the person may see. Three queries, two where words are asked,
    four far behind.

    The page is found by ids alone: sorting whole rows costs several times as much.
    """
    query = select(Deal.id)
    if not can(person, Permission.DEAL_READ_ALL):
        # Found first, and by their owner: SQLite would go through all deals of that outcome.
        query = query.where(Deal.id.in_(query.where(queries.visible(person)).correlate(None)))
    in_words = bool(request.q) or request.sort in IN_WORDS
    found = _narrowed(query, person, request, in_words=in_words)
    column = SORTS.get(request.sort, SORTS["next_call"])
    order = column.desc().nulls_last() if request.down else column.asc().nulls_last()
    ids = found.order_by(order, Deal.id).limit(request.limit)
    page = max(1, request.page)
    if request.q and page == 1:
        # Words are looked for in every deal, so they are looked for once.
        counted = db.session.execute(ids.add_columns(func.count().over())).all()
        total = counted[0][1] if counted else 0
        wanted, pages = [row[0] for row in counted], max(1, -(-total // request.limit))
    else:
        total = db.session.scalar(found.with_only_columns(func.count())) or 0
        pages = max(1, -(-total // request.limit))
        page = min(page, pages)
        offset = (page - 1) * request.limit
        rest = None
        if column is SORTS["next_call"] and (called := _called(found, offset)) is not None:
            # The deals without a next call stand behind all that have one, by their ids: most
            # have none, and need not be sorted.
            uncalled = _narrowed(query, person, request, in_words=False)
            uncalled = uncalled.where(Deal.next_call_at.is_(None))
            rest = uncalled.order_by(Deal.id).offset(offset - called)
        ids = ids.offset(offset) if rest is None else rest.limit(request.limit)
        wanted = list(db.session.scalars(ids))
    return DealPage(_in_order(wanted), total, page, pages)


def _in_order(wanted: Sequence[int]) -> list[Deal]:
    rows = {
        deal.id: deal
        for deal in db.session.scalars(
            select(Deal).where(Deal.id.in_(wanted)).options(joinedload(Deal.owner))
        )
    }
    return [rows[deal_id] for deal_id in wanted if deal_id in rows]


def _called(found: Select[int], offset: int) -> int | None:
    """How many deals have a next call; None where `offset` is not behind them all, or not far."""
    if offset < FAR:
        return None
    called = db.session.scalar(found.with_only_columns(func.count(Deal.next_call_at))) or 0
    return called if offset >= called else None


def _narrowed(
    query: Select[int], person: Person, request: DealRequest, *, in_words: bool
) -> Select[int]:
    if request.outcome:
        query = query.where(Deal.outcome == request.outcome)
    elif in_words:
        # Naming all three lets SQLite take the index for them, too. Where it must look at the
        # rows themselves it goes through them in their order in less than half the time.
        query = query.where(Deal.outcome.in_(list(Outcome)))
    if request.stage:
        query = query.where(Deal.stage == request.stage)
    if request.owner == "me":
        query = query.where(queries.own(person))
    elif is_id(request.owner):
        query = query.where(Deal.owner_id == int(request.owner))
    for word in request.q.split()[:8]:
        query = query.where(queries.matches(word))
    return query

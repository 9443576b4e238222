"""Deals by when they were open and first had a use, read once for all months and periods."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, select

from collateral.accounts.models import TeamMember
from collateral.db import read
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.reports.once import made_once
from collateral.reports.parts import Asked
from collateral.usage.models import Use


def deals_of(asked: Asked) -> ColumnElement[bool]:
    """The deals of the report: visible, of the team's people where one is chosen."""
    wanted = [Deal.gone_at.is_(None), deals.visible(asked.reader)]
    if asked.request.team_id is not None:
        members = select(TeamMember.person_id).where(TeamMember.team_id == asked.request.team_id)
        wanted.append(Deal.owner_id.in_(members))
    for column, slug in (
        (Deal.product, asked.request.product),
        (Deal.region, asked.request.region),
    ):
        if slug:
            wanted.append(column == slug)
    return and_(*wanted)


def _first_use_of(asked: Asked) -> Subquery:
    """The day on which each deal first had a use that counts for the reader."""
    wanted = [Use.retracted_at.is_(None), asked.scope.covers(Use.team_set_id)]
    if asked.request.stage:
        wanted.append(Use.stage == asked.request.stage)
    return (
        select(Use.deal_id, func.min(Use.day).label("day"))
        .where(*wanted)
        .group_by(Use.deal_id)
        .subquery()
    )


class Span(NamedTuple):
    """From when to when a deal was open, when it first had a use, and whose it is."""

    opened: date
    closed: date
    first_use: date
    owner_id: int | None


@dataclass(frozen=True)
class Count:
    """Deals open within some days, and those of them with a use until the last of these."""

    deals: int = 0
    with_use: int = 0


NO_DEALS = Count()


def spans(asked: Asked, first: date, last: date) -> list[Span]:
    """The report's deals that were open between these days. One query."""
    rows = read(_open(asked, first, last)).all()
    begin, end = date.min, date.max
    return [
        Span(since or begin, until or end, used or end, owner) for since, until, used, owner in rows
    ]


@made_once
def _open(asked: Asked, first: date, last: date) -> Select[Any]:
    opened = func.coalesce(Deal.opened_on, Deal.closed_on)
    first_use = _first_use_of(asked)
    return (
        select(opened, Deal.closed_on, first_use.c.day, Deal.owner_id)
        .outerjoin(first_use, first_use.c.deal_id == Deal.id)
        .where(
            deals_of(asked),
            or_(opened.is_(None), opened <= last),
            or_(Deal.closed_on.is_(None), Deal.closed_on >= first),
        )
    )


def count(found: Iterable[Span], first: date, last: date) -> Count:
    """How many were open between these days. Pure."""
    uses = [
        span.first_use <= last for span in found if span.opened <= last and span.closed >= first
    ]
    return Count(len(uses), sum(uses))


def by_owner(found: Iterable[Span], first: date, last: date) -> dict[int, Count]:
    """The same for each person with a deal of her own. Pure."""
    every: dict[int, list[int]] = {}
    for span in found:
        if span.owner_id is not None and span.opened <= last and span.closed >= first:
            row = every.setdefault(span.owner_id, [0, 0])
            row[0] += 1
            row[1] += span.first_use <= last
    return {owner: Count(*numbers) for owner, numbers in every.items()}


def by_stretch(found: Iterable[Span], stretches: Sequence[tuple[date, date]]) -> list[Count]:
    """The same for each of these stretches of days, which follow one another. Pure.

    Each deal is looked at once: it adds one where its stretches begin and takes it away
    behind them.
    """
    firsts, lasts = [first for first, _ in stretches], [last for _, last in stretches]
    there, used = [0] * (len(stretches) + 1), [0] * (len(stretches) + 1)
    for span in found:
        begin, end = bisect_left(lasts, span.opened), bisect_right(firsts, span.closed)
        if begin < end:
            there[begin] += 1
            there[end] -= 1
            begin = max(begin, bisect_left(lasts, span.first_use))
            if begin < end:
                used[begin] += 1
                used[end] -= 1
    return [
        Count(*pair) for pair in zip(accumulate(there[:-1]), accumulate(used[:-1]), strict=True)
    ]

"""The report of searches: words that found nothing, and words whose results nobody opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select

from collateral.accounts.models import Person
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal, Outcome
from collateral.deals.values import at_midnight
from collateral.reports.asking import ReportRequest
from collateral.reports.parts import Asked, ask, main_currency, people_of
from collateral.search.models import Search, SearchOpening
from collateral.usage.counting import zone

MOST = 200
AT_LEAST = 2
"""Searches before words without a click are listed: one alone says nothing."""


@dataclass(frozen=True)
class WordsRow:
    """Words that were searched for: how often, by how many, and what those have open."""

    words: str
    searches: int
    people: int
    last_at: datetime
    open_amount: Decimal


@dataclass(frozen=True)
class SearchReport:
    currency: str
    searches: int
    people: int
    without_result: Sequence[WordsRow]
    without_click: Sequence[WordsRow]


def search_report(reader: Person, request: ReportRequest) -> SearchReport:
    """Searches of those whose numbers the reader may see. Six queries.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    asked = ask(reader, request)
    currency = main_currency(reader)
    counts = db.session.execute(
        select(func.count(), func.count(Search.person_id.distinct())).where(_counted(asked))
    ).one()
    opened = exists().where(SearchOpening.search_id == Search.id)
    return SearchReport(
        currency,
        counts[0],
        counts[1],
        _words(asked, currency, _found_nothing(), 1),
        _words(asked, currency, and_(~_found_nothing(), ~opened), AT_LEAST),
    )


def _found_nothing() -> ColumnElement[bool]:
    # Near misses are what stands in for results: nothing had all the words.
    return Search.near == Search.total


def _counted(asked: Asked) -> ColumnElement[bool]:
    first = at_midnight(asked.period.first, zone())
    after = at_midnight(asked.period.last + timedelta(days=1), zone())
    wanted = [Search.at >= first, Search.at < after, Search.query != ""]
    people = people_of(asked)
    if people is not None:
        wanted.append(Search.person_id.in_(select(Person.id).where(people)))
    return and_(*wanted)


def _words(
    asked: Asked, currency: str, condition: ColumnElement[bool], at_least: int
) -> list[WordsRow]:
    words = func.lower(Search.query)
    rows = db.session.execute(
        select(
            words.label("words"),
            func.count().label("searches"),
            func.count(Search.person_id.distinct()).label("people"),
            func.max(Search.at).label("last_at"),
        )
        .where(_counted(asked), condition)
        .group_by(words)
        .having(func.count() >= at_least)
        .order_by(func.count(Search.person_id.distinct()).desc(), func.count().desc(), words)
        .limit(MOST)
    ).all()
    amounts = _open_amounts(asked, currency, condition, [row.words for row in rows])
    return [
        WordsRow(
            row.words, row.searches, row.people, row.last_at, amounts.get(row.words, Decimal(0))
        )
        for row in rows
    ]


def _open_amounts(
    asked: Asked, currency: str, condition: ColumnElement[bool], words: list[str]
) -> dict[str, Decimal]:
    """What those who searched for the words have open: each person's deals once."""
    if not words:
        return {}
    text: Any = func.lower(Search.query)
    pairs = (
        select(text.label("words"), Search.person_id)
        .where(_counted(asked), condition, text.in_(words))
        .distinct()
        .subquery()
    )
    rows = db.session.execute(
        select(pairs.c.words, func.sum(Deal.amount))
        .join(Deal, Deal.owner_id == pairs.c.person_id)
        .where(
            Deal.outcome == Outcome.OPEN,
            Deal.currency == currency,
            deals.visible(asked.reader),
        )
        .group_by(pairs.c.words)
    )
    return {word: Decimal(amount or 0) for word, amount in rows}

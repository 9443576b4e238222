"""The report of searches: words that found nothing, and words whose results nobody opened.

Read from sums by month and day; only days that are not summed yet are read from the log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from collateral.accounts.models import Person
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal, Outcome
from collateral.reports.asking import ReportRequest
from collateral.reports.models import SearchSum
from collateral.reports.parts import Asked, ask, main_currency
from collateral.reports.summing import (
    ALL,
    CLICK,
    RESULT,
    Tallies,
    Tally,
    TeamSets,
    merge_into,
    summed_before,
    tally,
)
from collateral.usage.models import TeamSet
from collateral.usage.periods import Period
from collateral.usage.summed import within

MOST = 100
AT_LEAST = 2
"""Searches before words without a click are listed: one alone says nothing."""
_COUNTS = {RESULT: SearchSum.without_result, CLICK: SearchSum.without_click}


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
    """Searches of those whose numbers the reader may see, from sums; the first 100 of each list.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    asked = ask(reader, request)
    currency = main_currency(reader)
    read = _Read(asked)
    whole = _together(read.of({""}))
    amounts = _open_amounts(asked, currency)
    return SearchReport(
        currency,
        sum(whole[""].by[ALL].values()) if whole else 0,
        len(whole[""].by[ALL]) if whole else 0,
        _words(read, RESULT, 1, amounts),
        _words(read, CLICK, AT_LEAST, amounts),
    )


def most_in_vain(reader: Person, request: ReportRequest, limit: int) -> list[WordsRow]:
    """The first rows of the words that found nothing, alone: without the amounts of their people.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    return _words(_Read(ask(reader, request)), RESULT, 1, {})[:limit]


def by_team_and_person(asked: Asked) -> tuple[dict[int, int], dict[int, int]]:
    """Searches with words within the scope, by set of teams and by person."""
    found = _Read(asked).of({""})
    teams = {team_set: one.count(ALL) for (_, team_set), one in found.items()}
    whole = _together(found)
    return teams, whole[""].by[ALL] if whole else {}


class _Read:
    """The sums of a request's period, and from the log what is not summed."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.summed, rest = _split(asked.period, summed_before())
        self.recent: Tallies = {}
        if rest is not None:
            covered = self._covered()
            self.recent = {
                place: one
                for place, one in tally(rest.first, rest.last, TeamSets()).items()
                if covered is None or place[1] in covered
            }

    def _covered(self) -> set[int] | None:
        scope = self.asked.scope
        if scope.everybody:
            return None
        return set(db.session.scalars(select(TeamSet.id).where(scope.covers(TeamSet.id))))

    def of(self, words: Collection[str]) -> Tallies:
        """The tallies of these words over the whole period."""
        found: Tallies = {}
        if self.summed and words:
            merge_into(
                found,
                db.session.execute(
                    select(
                        SearchSum.words, SearchSum.team_set_id, SearchSum.last_at, SearchSum.by
                    ).where(
                        within(SearchSum, self.summed),
                        SearchSum.words.in_(words),
                        self.asked.scope.covers(SearchSum.team_set_id),
                    )
                ),
            )
        for place, one in self.recent.items():
            if place[0] in words:
                found.setdefault(place, Tally(one.last_at)).merge(one.last_at, one.by)
        return found

    def most(self, kind: str) -> set[str]:
        """The words that met this most often, of the sums and of the log."""
        recent: Counter[str] = Counter()
        for (words, _), one in self.recent.items():
            if words and one.by[kind]:
                recent[words] += one.count(kind)
        found = {words for words, _ in recent.most_common(MOST)}
        if self.summed:
            count: Any = func.sum(_COUNTS[kind])
            found |= set(
                db.session.scalars(
                    select(SearchSum.words)
                    .where(
                        within(SearchSum, self.summed),
                        SearchSum.words != "",
                        self.asked.scope.covers(SearchSum.team_set_id),
                    )
                    .group_by(SearchSum.words)
                    .having(count > 0)
                    .order_by(count.desc(), SearchSum.words)
                    .limit(MOST)
                )
            )
        return found


def _split(period: Period, before: date | None) -> tuple[Period | None, Period | None]:
    """What is read from sums, and what from the log."""
    if before is None or before <= period.first:
        return None, period
    if before > period.last:
        return period, None
    return Period(period.first, before - timedelta(days=1)), Period(before, period.last)


def _together(found: Tallies) -> dict[str, Tally]:
    """The tallies of words over all sets of teams."""
    whole: dict[str, Tally] = {}
    for (words, _), one in found.items():
        whole.setdefault(words, Tally(one.last_at)).merge(one.last_at, one.by)
    return whole


def _words(read: _Read, kind: str, at_least: int, amounts: dict[int, Decimal]) -> list[WordsRow]:
    rows = [
        WordsRow(
            words,
            one.count(kind),
            len(one.by[kind]),
            one.last_at,
            sum((amounts.get(person, Decimal(0)) for person in one.by[kind]), Decimal(0)),
        )
        for words, one in _together(read.of(read.most(kind))).items()
        if one.count(kind) >= at_least
    ]
    return sorted(rows, key=lambda row: (-row.people, -row.searches, row.words))[:MOST]


def _open_amounts(asked: Asked, currency: str) -> dict[int, Decimal]:
    """By person the amount of her open deals that the reader may see, in the currency."""
    rows = db.session.execute(
        select(Deal.owner_id, func.sum(Deal.amount))
        .where(
            Deal.outcome == Outcome.OPEN,
            Deal.currency == currency,
            Deal.owner_id.is_not(None),
            deals.visible(asked.reader),
        )
        .group_by(Deal.owner_id)
    )
    return {owner or 0: Decimal(amount or 0) for owner, amount in rows}

"""The report of searches: words that found nothing, and words whose results nobody opened.

Read from sums by month and day; only days that are not summed yet are read from the log.
Whoever counts everybody's searches reads the words that lead their months, and of these alone
the exact numbers: what it costs grows with the months, not with what was searched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from collateral.accounts.models import Person
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal, Outcome
from collateral.reports.asking import ReportRequest
from collateral.reports.models import SearchSum, WordsSum
from collateral.reports.parts import Asked, ask, main_currency, people_of
from collateral.reports.summing import MOST, Summed, summed
from collateral.reports.tallies import ALL, CLICK, RESULT, Looked, looked
from collateral.search.models import Search
from collateral.usage.periods import A_DAY, Period, next_month
from collateral.usage.summed import within

AT_LEAST = {RESULT: 1, CLICK: 2}
"""Searches before words are listed: one alone without a click says nothing."""
LISTS = (RESULT, CLICK)


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


@dataclass(frozen=True)
class Searchers:
    """How often each set of teams and each person searched with words."""

    by_team_set: Counter[int]
    by_person: Counter[int]
    since: Counter[int]
    """Of these, by person, what is not in `by_team_set`: the days that are not summed yet."""


@dataclass
class Nowhere:
    """What is known of words that led nowhere."""

    last_at: datetime
    times: Counter[str] = field(default_factory=Counter)
    people: dict[str, set[int]] = field(default_factory=lambda: {kind: set() for kind in LISTS})

    def add(self, kind: str, times: int, people: Iterable[int], last_at: datetime) -> None:
        self.times[kind] += times
        self.people[kind].update(people)
        self.last_at = max(self.last_at, last_at)


def search_report(reader: Person, request: ReportRequest) -> SearchReport:
    """Searches of those whose numbers the reader may see, from sums; the first 100 of each list.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    asked = ask(reader, request)
    currency = main_currency(reader)
    read = _Read(asked)
    people = read.searchers().by_person
    amounts = _open_amounts(asked, currency)
    listed = read.nowhere(LISTS)
    return SearchReport(
        currency,
        people.total(),
        len(people),
        _rows(listed, RESULT, amounts),
        _rows(listed, CLICK, amounts),
    )


def most_in_vain(reader: Person, request: ReportRequest, limit: int) -> list[WordsRow]:
    """The first rows of the words that found nothing, alone: without the amounts of their people.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    read = _Read(ask(reader, request))
    return _rows(read.nowhere((RESULT,)), RESULT, {})[:limit]


def searchers(asked: Asked) -> Searchers:
    """Who searched with words, within the scope."""
    return _Read(asked).searchers()


class _Read:
    """The sums of a request's period, and from the log what is not summed."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.state = asked, summed()
        self.summed, rest = _split(asked.period, self.state)
        self.recent: list[Looked] = []
        if rest is not None:
            self.recent = looked(rest.first, rest.last, people_of(asked, Search.person_id))

    def searchers(self) -> Searchers:
        teams: Counter[int] = Counter()
        people: Counter[int] = Counter()
        if self.summed:
            for team_set, by in db.session.execute(
                select(SearchSum.team_set_id, SearchSum.by).where(
                    within(SearchSum, self.summed),
                    SearchSum.words == "",
                    self.asked.scope.covers(SearchSum.team_set_id),
                )
            ):
                for person, times in by[ALL].items():
                    people[int(person)] += times
                    teams[team_set] += times
        since: Counter[int] = Counter()
        for one in self.recent:
            since[one.person_id] += one.times
        return Searchers(teams, people + since, since)

    def nowhere(self, kinds: Sequence[str]) -> dict[str, Nowhere]:
        """The words that met one of these most often, with their numbers over the period."""
        counted: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
        for one in self.recent:
            for kind in set(one.kinds) & counted.keys():
                counted[kind][one.words] += one.times
        if self.summed:
            self._count(self.summed, counted)
        wanted = {words for each in counted.values() for words in _first(each)}
        found: dict[str, Nowhere] = {}
        if self.summed and wanted:
            self._sum(self.summed, wanted, kinds, found)
        for one in self.recent:
            for kind in set(one.kinds) & counted.keys():
                if one.words in wanted:
                    mine = found.setdefault(one.words, Nowhere(one.last_at))
                    mine.add(kind, one.times, (one.person_id,), one.last_at)
        return found

    @property
    def _joined(self) -> bool:
        return self.asked.scope.everybody and self.state.whole

    def _count(self, period: Period, counted: dict[str, Counter[str]]) -> None:
        """Add how often words led nowhere: of everybody's those that are marked."""
        model: Any = WordsSum if self._joined else SearchSum
        which = (
            model.most
            if self._joined
            else (model.words != "") & self.asked.scope.covers(model.team_set_id)
        )
        for words, *times in db.session.execute(
            select(model.words, *(func.sum(_times(model, kind)) for kind in counted))
            .where(within(model, period), which)
            .group_by(model.words)
        ):
            for kind, number in zip(counted, times, strict=True):
                if number:
                    counted[kind][words] += int(number)

    def _sum(
        self, period: Period, wanted: set[str], kinds: Sequence[str], found: dict[str, Nowhere]
    ) -> None:
        """Add the exact numbers of these words."""
        if not self._joined:
            return self._sum_by_team(period, wanted, kinds, found)
        ids = {
            RESULT: WordsSum.people_without_result,
            CLICK: WordsSum.people_without_click,
        }
        for words, last_at, *numbers in db.session.execute(
            select(
                WordsSum.words,
                func.max(WordsSum.last_at),
                *(func.sum(_times(WordsSum, kind)) for kind in kinds),
                *(func.aggregate_strings(ids[kind], ",") for kind in kinds),
            )
            .where(within(WordsSum, period, each_day=True), WordsSum.words.in_(wanted))
            .group_by(WordsSum.words)
        ):
            mine = found.setdefault(words, Nowhere(last_at))
            for place, kind in enumerate(kinds):
                people = {int(id_) for id_ in set(numbers[len(kinds) + place].split(",")) - {""}}
                mine.add(kind, int(numbers[place]), people, last_at)
        return None

    def _sum_by_team(
        self, period: Period, wanted: set[str], kinds: Sequence[str], found: dict[str, Nowhere]
    ) -> None:
        for words, last_at, by in db.session.execute(
            select(SearchSum.words, SearchSum.last_at, SearchSum.by).where(
                within(SearchSum, period),
                SearchSum.words.in_(wanted),
                self.asked.scope.covers(SearchSum.team_set_id),
            )
        ):
            mine = found.setdefault(words, Nowhere(last_at))
            for kind in kinds:
                mine.add(kind, sum(by[kind].values()), map(int, by[kind]), last_at)


def _times(model: Any, kind: str) -> InstrumentedAttribute[int]:
    column: InstrumentedAttribute[int] = getattr(model, f"without_{kind}")
    return column


def _first(counted: Counter[str]) -> list[str]:
    """The words that came most often; of as many the first by the alphabet."""
    return sorted(counted, key=lambda words: (-counted[words], words))[:MOST]


def _split(period: Period, state: Summed) -> tuple[Period | None, Period | None]:
    """What is read from sums, and what from the log.

    A period that reaches to what is summed, or beyond, takes the running month as a whole: no
    later day of it has a row.
    """
    before = state.before
    if before is None or before <= period.first:
        return None, period
    last = min(before - A_DAY, period.last)
    rest = Period(before, period.last) if before <= period.last else None
    if state.whole and period.last >= before - A_DAY:
        last = next_month(last) - A_DAY
    return Period(period.first, last), rest


def _rows(listed: dict[str, Nowhere], kind: str, amounts: dict[int, Decimal]) -> list[WordsRow]:
    """One of the lists, what most people met first."""
    rows = [
        WordsRow(
            words,
            one.times[kind],
            len(one.people[kind]),
            one.last_at,
            sum((amounts.get(person, Decimal(0)) for person in one.people[kind]), Decimal(0)),
        )
        for words, one in listed.items()
        if one.times[kind] >= AT_LEAST[kind]
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

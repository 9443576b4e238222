"""Searches and ways to a download, summed by day and month once the day is over.

The log of searches grows with every search; the report reads these sums and, of the log,
only the days since. The two days before are summed again each time, for openings that came
late. People count for the teams that they are in when the day is summed.

The month that runs is summed so far, so that a year is twelve rows of some words and not as
many days. Everybody's searches are joined beside those by team: of them the words that led
nowhere most often in a month are marked, and whoever asks for the whole looks at those.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from collateral.db import db, table, upsert
from collateral.reports import ways
from collateral.reports.models import SearchesSummed, SearchSum, WordsSum
from collateral.reports.tallies import (
    ALL,
    CLICK,
    RESULT,
    Tallies,
    Tally,
    TeamSets,
    looked,
    merge_into,
    tally,
)
from collateral.search.models import Search
from collateral.usage.counting import zone
from collateral.usage.models import Span
from collateral.usage.periods import A_DAY, next_month
from collateral.usage.rules import counting_day

AGAIN = timedelta(days=2)
MOST = 100
"""So many words of each list are shown, and marked in each month."""
_BATCH = 2000


@dataclass(frozen=True)
class Summed:
    """`before`: the first day that is not summed yet. `joined`: the same for everybody's words
    and the month that runs."""

    before: date | None = None
    joined: date | None = None

    @property
    def whole(self) -> bool:
        """Whether everybody's words and the running month are summed as far as the days are."""
        return self.before is not None and self.joined == self.before


def summed() -> Summed:
    """How far the sums go."""
    row = db.session.execute(select(SearchesSummed.before, SearchesSummed.joined)).first()
    return Summed(row.before, row.joined) if row else Summed()


def catch_up(today: date) -> Iterator[date]:
    """Sum the days that are over, in order; the caller commits after each that this yields."""
    state = summed()
    before = state.before
    if before is None:
        earliest = db.session.scalar(select(func.min(Search.at)))
        if earliest is None:
            return
        day = before = counting_day(earliest, zone())
    else:
        day = before - AGAIN
        if state.joined is None:
            yield from join_again()
    sets = TeamSets()
    while day < today:
        _sum_day(day, sets)
        after = day + A_DAY
        if after.day == 1:
            _sum_month(day.replace(day=1))
        if after > before:
            _note(before=after)
        yield day
        day = after
    if today.day > 1 and day == today:
        _sum_month(today.replace(day=1))
    _note(before=max(before, today), joined=max(before, today))
    yield max(before, today) - A_DAY


def start_again() -> None:
    """Forget all sums of searches, because searches were taken away: the job begins anew."""
    for model in (SearchSum, WordsSum, SearchesSummed):
        db.session.execute(delete(model))


def join_again() -> Iterator[date]:
    """Join everybody's words anew from the sums by team; the caller commits after each day and
    month. What they say does not depend on how they came about."""
    db.session.execute(update(SearchesSummed).values(joined=None))
    for model in (SearchSum, WordsSum):
        for span, day in db.session.execute(
            select(model.span, model.day).distinct().order_by(model.day, model.span)
        ).all():
            _join(span, day, _kept(span, day, day))
            yield day


def _note(**values: date) -> None:
    statement = upsert(SearchesSummed).values(id=1, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def _sum_day(day: date, sets: TeamSets) -> None:
    found = tally(looked(day, day), sets)
    _keep(Span.DAY, day, found)
    _join(Span.DAY, day, found)
    ways.sum_day(day, sets)


def _sum_month(first: date) -> None:
    """From its days, as far as they are summed."""
    found = _kept(Span.DAY, first, next_month(first) - A_DAY)
    _keep(Span.MONTH, first, found)
    _join(Span.MONTH, first, found)


def _kept(span: Span, first: date, last: date) -> Tallies:
    found: Tallies = {}
    merge_into(
        found,
        db.session.execute(
            select(SearchSum.words, SearchSum.team_set_id, SearchSum.last_at, SearchSum.by).where(
                SearchSum.span == span, SearchSum.day.between(first, last)
            ),
            execution_options={"yield_per": _BATCH},
        ),
    )
    return found


def _keep(span: Span, day: date, found: Tallies) -> None:
    # Words that found something that was opened each time are in no list: only the whole is kept.
    rows = [
        {
            "span": span,
            "day": day,
            "words": words,
            "team_set_id": team_set,
            "searches": one.count(ALL),
            "without_result": one.count(RESULT),
            "without_click": one.count(CLICK),
            "last_at": one.last_at,
            "by": {
                kind: {str(person): n for person, n in people.items()}
                for kind, people in one.by.items()
                if kind != ALL or not words
            },
        }
        for (words, team_set), one in sorted(found.items())
        if not words or one.by[RESULT] or one.by[CLICK]
    ]
    _put(SearchSum, span, day, rows)


def _join(span: Span, day: date, found: Tallies) -> None:
    """Put everybody's words in the place of those that stand there."""
    whole: dict[str, Tally] = {}
    for (words, _), one in found.items():
        if words and (one.by[RESULT] or one.by[CLICK]):
            whole.setdefault(words, Tally(one.last_at)).merge(one.last_at, one.by)
    most = {words for kind in (RESULT, CLICK) for words in _most(whole, kind)}
    rows = [
        {
            "span": span,
            "day": day,
            "words": words,
            "without_result": one.count(RESULT),
            "without_click": one.count(CLICK),
            "people_without_result": _ids(one.by[RESULT]),
            "people_without_click": _ids(one.by[CLICK]),
            "last_at": one.last_at,
            "most": words in most,
        }
        for words, one in sorted(whole.items())
    ]
    _put(WordsSum, span, day, rows)


def _most(whole: Mapping[str, Tally], kind: str) -> list[str]:
    """The words that met this most often."""
    met = [words for words, one in whole.items() if one.by[kind]]
    return sorted(met, key=lambda words: (-whole[words].count(kind), words))[:MOST]


def _ids(people: Mapping[int, int]) -> str:
    return ",".join(str(person) for person in sorted(people))


def _put(model: type[SearchSum | WordsSum], span: Span, day: date, rows: list[Any]) -> None:
    db.session.execute(delete(model).where(model.span == span, model.day == day))
    for start in range(0, len(rows), _BATCH):
        db.session.execute(insert(table(model)), rows[start : start + _BATCH])

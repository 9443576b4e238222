"""Sums of searches say what the log says, whoever reads them and however they came about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from collateral.accounts.models import Person, Role
from collateral.db import db, table
from collateral.reports import adoption, searches, summing
from collateral.reports.asking import ReportRequest
from collateral.reports.models import SearchesSummed, SearchSum, WordsSum
from collateral.search.models import Search
from collateral.usage.commands import recount
from collateral.usage.models import PersonSum, Span
from collateral.usage.periods import Period, next_month
from collateral.usage.team_sets import set_of
from tests.factories import make_person, make_team
from tests.support import held_clock

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
TODAY = NOW.date()
YEAR = ReportRequest(Period(date(2025, 12, 1), TODAY))
days = st.dates(date(2026, 10, 28), TODAY)

_held_clock = held_clock(NOW)


def search(*rows: tuple[Person, str, date, int]) -> None:
    """Append searches: who, for what, when, and how much was found."""
    db.session.execute(
        insert(table(Search)),
        [
            {"id": number, "at": datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
             "person_id": who.id, "session": "", "query": words, "filters": {}, "total": total,
             "near": 0}
            for number, (who, words, day, total) in enumerate(rows, 1)
        ],
    )  # fmt: skip
    db.session.commit()


def catch_up(today: date = TODAY) -> None:
    list(summing.catch_up(today))
    db.session.commit()


def forget() -> None:
    for model in (Search, SearchSum, WordsSum, SearchesSummed):
        db.session.execute(delete(model))
    db.session.commit()


def joined() -> list[tuple[Any, ...]]:
    """Everybody's words as they stand."""
    rows = db.session.execute(
        select(*WordsSum.__table__.c).order_by(*WordsSum.__table__.primary_key)
    )
    return [tuple(row) for row in rows]


def cast() -> tuple[list[Person], Person]:
    """One of a team, one of two, one of none; and a manager."""
    found = list(db.session.scalars(select(Person).order_by(Person.id)))
    if not found:
        one, two = make_team(), make_team()
        found = [make_person(teams=[one]), make_person(teams=[one, two]), make_person()]
        found.append(make_person(Role.MANAGER))
    return found[:3], found[3]


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    made=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from("abc"), days, st.integers(0, 1)),
        min_size=1, max_size=12,
    ),
    ends=st.tuples(days, days),
    until=st.dates(date(2026, 10, 31), TODAY),
)  # fmt: skip
@example(  # the first search of all is not a day old
    made=[(0, "a", TODAY, 0)], ends=(TODAY, TODAY), until=TODAY
)
def test_any_period_reads_the_same_from_the_log_and_from_sums(
    app: Flask, made: Any, ends: Any, until: date
) -> None:
    forget()
    people, manager = cast()
    search(*((people[who], words, day, total) for who, words, day, total in made))
    period = ReportRequest(Period(min(ends), max(ends)))
    readers = (people[1], manager)

    def reports() -> list[Any]:
        return [
            (searches.search_report(reader, wanted), adoption.adoption(reader, wanted))
            for reader in readers
            for wanted in (period, YEAR)
        ]

    from_log = reports()
    catch_up(until)
    assert reports() == from_log
    stands = joined()
    list(summing.join_again())  # as after the migration
    db.session.commit()
    assert joined() == stands
    assert reports() == from_log  # told from the sums by team meanwhile
    catch_up()
    assert reports() == from_log
    assert summing.summed().whole


def test_of_many_words_those_that_led_nowhere_most_often_are_listed(app: Flask) -> None:
    (ana, *_), manager = cast()
    rows = [
        (ana, f"words {n:03}", date(2026, month, day), 0)
        for n in range(150)
        for month, day in ((10, 29), (10, 30), (11, 1), (11, 2))
        for _ in range(3 if n >= 100 else 1)
    ]
    search(*rows)
    log = searches.search_report(manager, YEAR)
    catch_up()
    found = searches.search_report(manager, YEAR)
    assert found == log
    assert len(found.without_result) == summing.MOST
    assert {row.searches for row in found.without_result[:50]} == {12}
    marked = select(WordsSum.words).where(WordsSum.span == Span.MONTH, WordsSum.most)
    assert len(set(db.session.scalars(marked))) == summing.MOST


def test_what_a_broken_off_job_left_is_not_taken_for_the_whole(app: Flask) -> None:
    (ana, *_), manager = cast()
    search(*((ana, "roi", TODAY - timedelta(days=back), 0) for back in range(7)))
    log = searches.search_report(manager, YEAR)
    first = summing.catch_up(TODAY - timedelta(days=3))
    for _ in first:
        db.session.commit()
    after = summing.catch_up(TODAY)
    for _ in range(4):  # two days again, two new ones; the month is not summed so far
        next(after)
        db.session.commit()
    after.close()
    assert not summing.summed().whole
    assert searches.search_report(manager, YEAR) == log


def test_a_month_of_people_less_its_days_is_the_days_of_the_period(app: Flask) -> None:
    (ana, *_), manager = cast()
    team_set = set_of(ana)
    db.session.execute(
        insert(table(PersonSum)),
        [
            {"span": span, "day": day, "person_id": ana.id, "team_set_id": team_set, "views": views,
             "downloads": 0}
            for span, day, views in (
                *((Span.DAY, date(2026, 10, 1) + timedelta(days=n), 1) for n in range(51)),
                (Span.MONTH, date(2026, 10, 1), 31),
                (Span.MONTH, date(2026, 11, 1), 20),
            )
        ],
    )  # fmt: skip
    db.session.commit()
    for first, last in ((3, 31), (20, 31), (1, 51), (9, 44), (31, 33)):
        period = Period(*(date(2026, 10, 1) + timedelta(days=n - 1) for n in (first, last)))
        (row,) = adoption.adoption(manager, ReportRequest(period)).people
        assert row.views == last - first + 1


@given(days, days, days)
def test_spans_are_the_days_of_the_period(one: date, other: date, today: date) -> None:
    period = Period(min(one, other), max(one, other))
    spans = period.spans(today)
    counted: dict[date, int] = {}
    whole = spans.months
    months = [Period(m, next_month(m) - timedelta(days=1)) for m in whole.months()] if whole else []
    for sign, parts in ((1, months), (1, spans.more), (-1, spans.less)):
        for part in parts:
            for day in part.each_day():
                counted[day] = counted.get(day, 0) + sign
    assert {day: n for day, n in counted.items() if n} == dict.fromkeys(period.each_day(), 1)


def test_sums_without_a_mark_of_how_far_they_are_joined_are_joined_first(app: Flask) -> None:
    (ana, *_), manager = cast()
    search(*((ana, "roi", TODAY - timedelta(days=back), 0) for back in (1, 40)))
    catch_up()
    stands, log = joined(), searches.search_report(manager, YEAR)
    assert stands
    db.session.execute(delete(WordsSum))
    db.session.execute(update(SearchesSummed).values(joined=None))
    db.session.commit()
    assert searches.search_report(manager, YEAR) == log
    catch_up()
    assert joined() == stands
    summing.start_again()
    catch_up()
    assert joined() == stands
    told = app.test_cli_runner().invoke(recount, ["--json"])
    assert told.exit_code == 0, told.output
    assert joined() == stands
    assert summing.summed().whole

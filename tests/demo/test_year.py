"""The year of the sample: believable, and true to what each asset is meant to be."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

import pytest

from collateral.demo.asked import NOTHING, Index
from collateral.demo.catalogue import Sample, catalogue
from collateral.demo.company import REPS, person
from collateral.demo.hours import next_call
from collateral.demo.played import PlayedDeal
from collateral.demo.year import LIBRARY_DAYS, Year, play

NOW = datetime(2026, 11, 19, 12, 35, tzinfo=UTC)
SAMPLES = catalogue(NOW.year)
BY_KEY: dict[str, Sample] = {sample.key: sample for sample in SAMPLES}
SEEDS = (1, 2, 3)


@cache
def year(seed: int = 1) -> Year:
    return play(seed, NOW, SAMPLES)


@cache
def deals(seed: int = 1) -> dict[str, PlayedDeal]:
    return {deal.external_id: deal for deal in year(seed).deals}


def published(key: str, version: int) -> datetime:
    return NOW - timedelta(days=BY_KEY[key].version_ages[version - 1])


def test_the_same_seed_plays_the_same_year() -> None:
    again = play(1, NOW, SAMPLES)
    assert again == year(1)
    assert play(2, NOW, SAMPLES) != again


@pytest.mark.parametrize("seed", SEEDS)
def test_five_hundred_deals_over_eighteen_months(seed: int) -> None:
    outcomes = Counter(deal.outcome for deal in year(seed).deals)
    assert sum(outcomes.values()) == len(deals(seed)) == 500
    assert min(deal.opened for deal in year(seed).deals) < NOW - timedelta(days=500)
    assert outcomes["open"] >= 60
    assert 0.2 < outcomes["won"] / (outcomes["won"] + outcomes["lost"]) < 0.4


def test_deals_move_forwards_in_time() -> None:
    for deal in year().deals:
        moments = [step.at for step in deal.steps]
        assert moments == sorted(set(moments))
        assert moments[0] == deal.opened
        if deal.closed:
            assert moments[-1] < deal.closed < NOW
            assert deal.next_call is None
        else:
            assert deal.outcome == "open"
            assert deal.next_call is not None
            assert deal.next_call > NOW
            assert moments[-1] < NOW


def test_uses_lie_in_the_stage_that_they_name() -> None:
    for use in year().uses:
        deal = deals()[use.deal]
        before = [step for step in deal.steps if step.at <= use.at]
        assert before[-1].stage == use.stage
        assert use.at < (deal.closed or NOW)
        assert use.person == deal.owner


def test_nothing_happens_before_publication_or_after_now() -> None:
    begin = NOW - timedelta(days=LIBRARY_DAYS)
    for use in year().uses:
        assert published(use.asset, use.version) <= use.at < NOW
    for event in year().events:
        assert published(event.asset, event.version) <= event.at < NOW
        assert event.at >= begin


def test_nobody_touches_what_is_limited_to_other_teams() -> None:
    limited = {key: sample.teams for key, sample in BY_KEY.items() if sample.teams}
    assert limited
    for event in year().events:
        teams = limited.get(event.asset)
        assert teams is None or person(event.person).team in teams


def test_an_asset_is_used_in_a_deal_once_a_stage() -> None:
    uses = Counter((use.deal, use.asset, use.stage, use.person) for use in year().uses)
    assert set(uses.values()) == {1}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_works_is_won_with_more_often(seed: int) -> None:
    closed = {key: deal for key, deal in deals(seed).items() if deal.outcome != "open"}
    with_it: dict[str, set[str]] = defaultdict(set)
    for use in year(seed).uses:
        if BY_KEY[use.asset].fate == "works" and use.deal in closed:
            with_it[use.asset].add(use.deal)
    used = set().union(*with_it.values())
    reached = {key for key, deal in closed.items() if len(deal.steps) > 1}
    won_with = share(closed[key].outcome == "won" for key in used & reached)
    won_without = share(closed[key].outcome == "won" for key in reached - used)
    assert won_with > won_without + 0.12
    assert sum(len(found) >= 20 for found in with_it.values()) >= 3


def share(values: object) -> float:
    listed = list(values)  # type: ignore[call-overload]
    return sum(listed) / len(listed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_ignored_stop_where_they_should(seed: int) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for event in year(seed).events:
        counts[event.asset][event.kind] += 1
    used = Counter(use.asset for use in year(seed).uses)
    for key, sample in BY_KEY.items():
        if sample.fate in {"opened", "shown", "unseen"}:
            assert used[key] <= 2, key
        if sample.fate == "shown":
            assert counts[key]["viewed"] <= 0.05 * counts[key]["shown"] + 1, key
    of_fate = {
        fate: [counts[key] for key, sample in BY_KEY.items() if sample.fate == fate]
        for fate in ("opened", "shown", "unseen")
    }
    assert sum(one["viewed"] for one in of_fate["opened"]) > 150
    assert sum(one["shown"] for one in of_fate["shown"]) > 400
    assert sum(one["shown"] for one in of_fate["unseen"]) < 120


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_succeeded_falls_off(seed: int) -> None:
    for newer in (sample for sample in SAMPLES if sample.replaces):
        better = NOW - timedelta(days=newer.age - 60)
        moments = [use.at for use in year(seed).uses if use.asset == newer.replaces]
        assert sum(at > better for at in moments) <= 2
        if newer.age < LIBRARY_DAYS - 90:
            assert sum(at <= better for at in moments) >= 4


def test_some_assets_are_adapted_again_and_again() -> None:
    adapted = Counter(one.asset for one in year().adaptations)
    recreated = {key for key, sample in BY_KEY.items() if sample.fate == "recreated"}
    assert sum(adapted[key] for key in recreated) > 0.4 * sum(adapted.values())
    assert max(adapted.values()) >= 7
    for one in year().adaptations:
        pages = len(BY_KEY[one.asset].pages(one.version))
        assert {*one.dropped, *one.edited} <= set(range(1, pages + 1))
        assert not set(one.dropped) & set(one.edited)


@pytest.mark.parametrize("hour", range(0, 24, 3))
@pytest.mark.parametrize("day", [19, 21, 22])  # a Thursday, a Saturday, a Sunday
def test_calls_come_today_or_tomorrow_whenever_one_looks(day: int, hour: int) -> None:
    present = datetime(2026, 11, day, hour, 5, tzinfo=UTC)
    for rep in (REPS[0], person("daniel.kerr")):
        first, second, third = (next_call(Random(1), present, rep, number) for number in range(3))
        assert present < first < present + timedelta(hours=33)
        assert present < second < present + timedelta(hours=34)
        assert third.weekday() <= 4
        assert first < third


def test_the_first_rep_has_calls_to_prepare() -> None:
    mine = [deal for deal in year().deals if deal.owner == REPS[0].key and deal.next_call]
    soon = sorted((deal.next_call, deal.account) for deal in mine if deal.next_call)
    assert len(soon) >= 3
    assert [account for _, account in soon[:2]] == ["Brauwerk Lindau", "Vantor Steel"]


def test_the_first_rep_has_downloads_without_a_deal() -> None:
    recent = [
        event
        for event in year().events
        if event.person == REPS[0].key
        and event.kind == "downloaded"
        and not event.deal
        and event.at > NOW - timedelta(days=14)
    ]
    assert len({event.asset for event in recent}) >= 2


def test_some_things_are_asked_for_and_not_to_be_had() -> None:
    index = Index(SAMPLES)
    for query in NOTHING:
        assert index.find(query).keys == (), query
    empty = Counter(search.query for search in year().searches if search.total == 0)
    assert set(NOTHING) <= set(empty)
    assert sum(empty[query] for query in NOTHING) > 0.5 * sum(empty.values())


def test_what_is_being_made_is_at_some_step_and_what_is_made_is_through_all() -> None:
    at = []
    for asked in year().requests:
        done = [step for step in asked.steps if step.done_at]
        assert [step.number for step in done] == list(range(1, len(done) + 1))
        moments = [asked.began, *(step.done_at for step in done if step.done_at)]
        assert moments == sorted(moments)
        assert moments[-1] < NOW
        if asked.state == "made":
            assert moments[-1] == asked.changed
            assert len(done) == 5
        elif asked.state == "taken_on":
            at.append(len(done) + 1)
            assert asked.steps[-1].due == asked.due
        else:
            assert asked.steps == ()
    assert sorted(at) == [2, 4, 4]


def test_what_was_opened_from_a_search_was_viewed() -> None:
    viewed = {(event.search, event.asset) for event in year().events if event.kind == "viewed"}
    for search in year().searches:
        for asset, at in search.opened:
            assert (search.number, asset) in viewed
            assert at > search.at


def test_double_clicks_happen_and_are_few() -> None:
    views: dict[tuple[str, str, int], list[datetime]] = defaultdict(list)
    for event in year().events:
        if event.kind == "viewed":
            views[event.person, event.asset, event.version].append(event.at)
    pairs = [
        (first, second)
        for moments in views.values()
        for first, second in zip(sorted(moments), sorted(moments)[1:], strict=False)
    ]
    double = sum(second - first <= timedelta(seconds=30) for first, second in pairs)
    assert 50 < double < 0.15 * len(year().events)

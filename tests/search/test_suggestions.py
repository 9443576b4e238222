"""Suggestions lead with what was used in deals that were won, and stay the same all day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collateral.search.suggestions import Candidate, Tally, suggest

TODAY = date(2026, 11, 20)


def candidate(
    asset_id: int, *, won: int = 0, used: int = 0, match: bool = True, age: float = 100.0
) -> Candidate:
    return Candidate(
        asset_id,
        match,
        match,
        match,
        age,
        Tally(won, 40, won // 2, 12),
        Tally(used, 100, used // 2, 30),
    )


def test_what_was_used_in_won_deals_comes_first() -> None:
    found = suggest([candidate(1, used=6), candidate(2, won=6, used=6)], deal_id=1, today=TODAY)
    assert [s.asset_id for s in found] == [2, 1]


def test_a_match_comes_before_a_stranger_with_the_same_use() -> None:
    found = suggest(
        [candidate(1, won=4, used=9, match=False), candidate(2, won=4, used=9)],
        deal_id=1,
        today=TODAY,
    )
    assert found[0].asset_id == 2


def test_fresh_comes_before_stale() -> None:
    found = suggest([candidate(1, age=1500), candidate(2, age=20)], deal_id=1, today=TODAY)
    assert found[0].asset_id == 2


def test_the_last_place_explores_something_little_used_and_says_so() -> None:
    proven = [candidate(n, won=9, used=20) for n in range(1, 8)]
    found = suggest([*proven, candidate(9)], deal_id=1, today=TODAY)
    assert [s.explores for s in found] == [False] * 4 + [True]
    assert found[-1].asset_id == 9


@given(st.integers(1, 10**6), st.integers(0, 400))
def test_a_day_and_a_deal_always_give_the_same(deal_id: int, days: int) -> None:
    candidates = [candidate(n, won=n % 3, used=n % 7) for n in range(1, 30)]
    today = TODAY + timedelta(days=days)
    assert suggest(candidates, deal_id=deal_id, today=today) == suggest(
        list(reversed(candidates)), deal_id=deal_id, today=today
    )


@given(st.lists(st.integers(0, 40), min_size=1, max_size=20))
def test_more_won_uses_never_rank_lower(wins: list[int]) -> None:
    found = suggest(
        [candidate(n, won=w, used=20) for n, w in enumerate(wins)],
        deal_id=1,
        today=TODAY,
        count=len(wins),
    )
    in_order = [wins[s.asset_id] for s in found]
    assert in_order == sorted(wins, reverse=True)

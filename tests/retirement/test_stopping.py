"""Where it stopped is answered where the numbers say so, and "not clear" elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collateral.retirement import rules
from collateral.retirement.models import Stopped
from collateral.retirement.rules import PolicyFor, Terms, terms_for
from collateral.retirement.stopping import (
    Funnel,
    dropped_chance,
    remade_chance,
    where_stopped,
)


def funnel_with(*last: tuple[float, int, int, int]) -> tuple[Funnel, np.ndarray]:
    """Sixty live assets and these: expected uses, shown, views, uses."""
    rng = np.random.default_rng(3)
    expected = rng.gamma(3.0, 2.0, 60)
    shown = rng.poisson(60 * expected * rng.gamma(3.0, 1 / 3, 60))
    views = rng.poisson(0.2 * shown)
    uses = rng.poisson(0.08 * views)
    rows = np.array(last, dtype=float).T
    made = Funnel(
        *(
            np.concatenate([each, row])
            for each, row in zip((expected, shown, views, uses), rows, strict=True)
        )
    )
    return made, np.concatenate([np.ones(60), np.zeros(len(last))])


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ((9.0, 4, 0, 0), Stopped.NEVER_SHOWN),
        ((9.0, 500, 4, 0), Stopped.NOT_OPENED),
        ((9.0, 500, 110, 0), Stopped.NOT_USED),
        ((0.4, 12, 2, 0), Stopped.NOT_CLEAR),
    ],
)
def test_the_first_step_that_fell_behind_is_named(
    row: tuple[float, int, int, int], where: Stopped
) -> None:
    funnel, alive = funnel_with(row)
    (stop,) = where_stopped(funnel, alive, [60])
    assert stop.where is where


def test_what_was_hardly_shown_is_not_said_to_be_unopened() -> None:
    # Twenty-five times shown and never opened would be "not opened" by itself.
    funnel, alive = funnel_with((2.0, 25, 0, 0))
    (stop,) = where_stopped(funnel, alive, [60])
    assert stop.where is Stopped.NOT_CLEAR


@pytest.mark.parametrize(
    ("others", "where"),
    [(100, (Stopped.NOT_USED, Stopped.NOT_OPENED)), (400, (Stopped.NOT_CLEAR, Stopped.NOT_OPENED))],
)
def test_it_takes_more_to_be_sure_where_little_is_alive(
    others: int, where: tuple[Stopped, ...]
) -> None:
    # "Not used" has a probability of 85 %, "not opened" one of nearly 1.
    funnel, alive = funnel_with((9.0, 500, 46, 0), (9.0, 500, 4, 0), *[(0.0, 0, 0, 0)] * others)
    stops = where_stopped(funnel, alive, [60, 61])
    assert tuple(stop.where for stop in stops) == where


@pytest.mark.parametrize(
    ("live", "where"),
    [(0, Stopped.NOT_CLEAR), (19, Stopped.NOT_CLEAR), (20, Stopped.NEVER_SHOWN)],
)
def test_twenty_live_assets_say_what_is_usual_and_fewer_do_not(live: int, where: Stopped) -> None:
    funnel, alive = funnel_with((9.0, 4, 0, 0))
    alive[live:60] = 0.5
    (stop,) = where_stopped(funnel, alive, [60])
    assert stop.where is where


def test_use_that_fell_off_is_seen_and_a_quiet_quarter_is_not() -> None:
    assert dropped_chance(20, 100, 0, 60) > 0.8
    assert dropped_chance(20, 100, 9, 60) < 0.2
    assert dropped_chance(5, 100, 2, 50) < 0.8
    assert dropped_chance(3, 100, 0, 60) == 0.0


@given(st.integers(4, 60), st.integers(0, 60))
def test_more_recent_uses_never_make_a_drop_likelier(earlier: int, recent: int) -> None:
    more = dropped_chance(earlier, 100, recent + 1, 80)
    assert more <= dropped_chance(earlier, 100, recent, 80) + 1e-9


def test_remade_takes_several_people() -> None:
    assert remade_chance(8, 12, 5, 0.15) > 0.9
    assert remade_chance(8, 12, 2, 0.15) == 0.0
    assert remade_chance(2, 30, 3, 0.15) < 0.5


def test_the_narrowest_policy_holds() -> None:
    every, deck, team, both = (Terms(grace_days=days) for days in (1, 2, 3, 4))
    policies = [
        PolicyFor("", None, every),
        PolicyFor("deck", None, deck),
        PolicyFor("", 7, team),
        PolicyFor("deck", 7, both),
    ]
    assert terms_for(policies, "deck", {7}) is both
    assert terms_for(policies, "video", {7}) is team
    assert terms_for(policies, "deck", {8}) is deck
    assert terms_for(policies, "video", set()) is every
    assert terms_for([], "video", set()) == Terms()


def test_deals_are_said_in_round_numbers() -> None:
    assert [rules.about(n) for n in (3, 11, 26, 99, 130, 251, 700)] == [
        10, 25, 50, 100, 250, 500, 750,
    ]  # fmt: skip


def test_what_was_kept_needs_ten_deals_and_half_as_many_as_before() -> None:
    assert rules.comes_back(10, 0, 12)
    assert not rules.comes_back(9, 0, 2)
    assert not rules.comes_back(30, 0, 100)
    assert not rules.comes_back(200, 1, 100)

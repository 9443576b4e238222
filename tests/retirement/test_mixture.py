"""The mixture lists what is ignored and leaves in peace what is merely new or rare."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collateral.retirement.mixture import Evidence, judge, longest_run, room_for_one


def made_library(seed: int, size: int, ignored: float) -> tuple[list[Evidence], np.ndarray]:
    """Assets whose kind is known: `ignored` of them are used at a fiftieth of the rate."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 6, size)
    rates = np.exp(rng.normal(np.log(0.04), 0.6, 6))[kinds]
    deals = np.exp(rng.normal(np.log(60), 1.0, size))
    dead = rng.random(size) < ignored
    alive_rate = rates * rng.gamma(1.2, 1 / 1.2, size)
    dead_rate = rates * 0.02 * rng.gamma(0.4, 1 / 0.4, size)
    uses = rng.poisson(np.where(dead, dead_rate, alive_rate) * deals)
    return [
        Evidence(int(k), float(n), int(x)) for k, n, x in zip(kinds, deals, uses, strict=True)
    ], dead


def test_nothing_is_listed_where_nothing_is_ignored() -> None:
    for seed in range(6):
        assets, _ = made_library(seed, 300, 0.0)
        assert judge(assets).listed == ()


@pytest.mark.parametrize("ignored", [0.6, 0.8])
def test_the_list_is_mostly_right_where_most_is_ignored(ignored: float) -> None:
    wrong = []
    for seed in range(12):
        assets, dead = made_library(seed, 400, ignored)
        listed = list(judge(assets).listed)
        wrong.append(float((~dead[listed]).mean()) if listed else 0.0)
    assert np.mean(wrong) <= 0.08


def test_ignored_assets_are_found_where_most_is_ignored() -> None:
    found = []
    for seed in range(6):
        assets, dead = made_library(seed, 400, 0.8)
        found.append(dead[list(judge(assets).listed)].sum() / dead.sum())
    assert np.mean(found) >= 0.24


def test_a_new_asset_without_use_is_left_in_peace() -> None:
    assets, _ = made_library(3, 400, 0.6)
    verdict = judge([*assets, Evidence(kind=0, deals=0.5, uses=0)])
    assert len(assets) not in verdict.listed


def test_an_empty_library_has_an_empty_docket() -> None:
    assert judge([]).listed == ()


def test_the_run_is_the_longest_whose_mean_holds() -> None:
    assert longest_run(np.array([0.9, 0.01, 0.15, 0.02])) == (1, 3)
    assert longest_run(np.array([0.5, 0.3])) == ()
    assert longest_run(np.array([0.0, 0.0]), mean_limit=0.0) == ()


chances = st.floats(0.0, 0.4)


@given(st.lists(chances, max_size=30), chances, st.sampled_from([0.01, 0.05]))
def test_one_more_is_listed_where_there_is_room_for_it(
    known: list[float], one: float, mean_limit: float
) -> None:
    alive = np.array(known)
    listed = longest_run(alive, mean_limit=mean_limit)
    room = room_for_one(alive[list(listed)], mean_limit=mean_limit)
    with_it = longest_run(np.append(alive, one), mean_limit=mean_limit)
    if abs(one - room) > 1e-9:
        assert (len(known) in with_it) == (one < room)

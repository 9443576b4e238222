"""The comparison is fair: no effect shows none, whoever uses the asset and however long."""

from __future__ import annotations

import numpy as np

from collateral.reports.influence import Influence, influence
from collateral.reports.influence_strata import Cases, Strata


def made_deals(
    seed: int,
    size: int,
    *,
    effect: float = 0.0,
    skill: float = 0.0,
    reps: int = 12,
    hastened: float = 0.0,
) -> tuple[Cases, np.ndarray]:
    """Deals with a known truth: `effect` adds to the chance of winning where the asset is used,
    `skill` lets good reps win and use it more often, `hastened` shortens what follows its use."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(0, 1, reps)
    rep, industry = rng.integers(0, reps, size), rng.integers(0, 3, size)
    life = rng.exponential(80, size) + 5
    wait = rng.exponential(1 / (0.006 * np.exp(skill * ability[rep])))
    used = np.where(wait < life, wait, np.nan)
    life = np.where(np.isnan(used), life, used + (life - used) * (1 - hastened))
    fit = 0.3 + 0.1 * (industry == 0) + 0.16 * skill * ability[rep]
    won = rng.random(size) < np.clip(fit + effect * ~np.isnan(used), 0.02, 0.98)
    cases = Cases(
        rep,
        industry,
        np.exp(rng.normal(11, 1, size)),
        life,
        won,
        np.arange(size),
        np.zeros(size, dtype=int),
        np.zeros(size),
        life,
    )
    return cases, used


def compare(seed: int, size: int, **world: float) -> Influence:
    cases, used = made_deals(seed, size, **world)  # type: ignore[arg-type]
    return influence(cases, used, np.ones(size, dtype=bool))


def mean_value(**world: float) -> float:
    found = [compare(seed, 500, **world).overall.difference for seed in range(20)]
    values = [each.value for each in found if each]
    assert len(values) >= 12
    return float(np.mean(values))


def test_an_asset_without_effect_shows_none() -> None:
    assert abs(mean_value()) < 0.04


def test_an_asset_that_helps_is_seen_to_help() -> None:
    # Less than the whole: deals that use it later stay among those without.
    assert 0.11 < mean_value(effect=0.2) < 0.21


def test_a_good_reps_habit_is_not_taken_for_the_assets_merit() -> None:
    assert abs(mean_value(skill=0.8)) < 0.05


def test_few_users_are_compared_by_size_and_industry_and_it_says_so() -> None:
    found = compare(3, 80)
    assert found.overall.with_asset < 30
    assert found.strata is Strata.SIZE_AND_INDUSTRY
    assert not found.rep_removed


def test_too_few_deals_give_no_number() -> None:
    found = compare(1, 40)
    assert found.overall.difference is None
    assert found.overall.with_asset > 0


def test_no_deals_give_no_number() -> None:
    nothing = np.zeros(0)
    cases = Cases(
        *(nothing.astype(int),) * 2, *(nothing,) * 2, nothing.astype(bool),
        *(nothing.astype(int),) * 2, *(nothing,) * 2,
    )  # fmt: skip
    assert influence(cases, nothing, nothing.astype(bool)).overall.difference is None


def test_deals_that_it_was_not_made_for_are_no_part_of_it() -> None:
    cases, used = made_deals(5, 600)
    some = np.arange(600) < 300
    cut, used_cut = made_deals(5, 600)
    used_cut[300:] = np.nan
    assert influence(cases, used, some).overall == influence(cut, used_cut, some).overall


def test_deals_are_compared_with_those_of_the_same_stage_alone() -> None:
    """Two stages; in the second nearly all win, and the asset is used there alone. Compared
    with all deals it would shine."""
    rng = np.random.default_rng(2)
    size = 800
    second = rng.random(size) < 0.4
    won = rng.random(size) < np.where(second, 0.8, 0.1)
    used = np.where(second & (rng.random(size) < 0.3), 101.0, np.nan)
    entered = np.concatenate([np.zeros(size), np.full(second.sum(), 100.0)])
    left = np.concatenate([np.full(size, 100.0), np.full(second.sum(), 150.0)])
    cases = Cases(
        rng.integers(0, 8, size),
        rng.integers(0, 3, size),
        np.exp(rng.normal(11, 1, size)),
        np.where(second, 150.0, 100.0),
        won,
        np.concatenate([np.arange(size), np.flatnonzero(second)]),
        np.concatenate([np.zeros(size, dtype=int), np.ones(second.sum(), dtype=int)]),
        entered,
        left,
    )
    found = influence(cases, used, np.ones(size, dtype=bool))
    assert found.overall.difference is not None
    assert found.overall.difference.low < 0 < found.overall.difference.high
    assert [stage for stage, _ in found.stages] == [1]
    assert found.stages[0][1] == found.overall


def test_a_deal_that_used_it_before_or_closed_sooner_is_no_comparison() -> None:
    """One user at day 30; of the others one closed on day 5, one used it on day 10 and one,
    still open, much later: the last alone was at risk."""
    cases = Cases(
        np.zeros(4, dtype=int),
        np.zeros(4, dtype=int),
        np.ones(4),
        np.array([90.0, 5.0, 90.0, 90.0]),
        np.array([True, False, False, True]),
        np.arange(4),
        np.zeros(4, dtype=int),
        np.zeros(4),
        np.array([90.0, 5.0, 90.0, 90.0]),
    )
    used = np.array([30.0, np.nan, 10.0, 80.0])
    found = influence(cases, used, np.ones(4, dtype=bool))
    # Day 30 finds the late user; day 10 finds the user of day 30 and the late one; the late
    # one finds nobody, and nobody finds the deal that closed on day 5.
    assert (found.overall.with_asset, found.overall.without) == (2, 2)
    assert found.unpaired == 1 / 3


def test_time_to_close_is_compared_from_the_same_age_on() -> None:
    def ratio(hastened: float) -> float:
        found = [compare(seed, 1500, hastened=hastened).overall for seed in range(4)]
        return float(np.mean([each.days_with / each.days_without for each in found]))  # type: ignore[operator]

    assert 0.8 < ratio(0.0) < 1.2
    # Later users, who are hastened too, stay among those without.
    assert 0.35 < ratio(0.5) < 0.7

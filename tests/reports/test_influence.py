"""The comparison is fair: no effect shows none, whoever uses the asset and however long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from collateral.reports.influence import DealHistory, influence

START = datetime(2025, 1, 1, tzinfo=UTC)


def made_deals(
    seed: int, size: int, *, effect: float = 0.0, skill: float = 0.0, reps: int = 12
) -> list[DealHistory]:
    """Deals with a known truth: `effect` adds to the chance of winning where the asset is used,
    `skill` lets good reps win and use it more often."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(0, 1, reps)
    deals = []
    for number in range(size):
        rep, industry = int(rng.integers(reps)), str(rng.choice(["food", "metal", "paper"]))
        amount = float(np.exp(rng.normal(11, 1)))
        life = float(rng.exponential(80)) + 5
        eager = 0.006 * np.exp(skill * ability[rep])
        wait = float(rng.exponential(1 / eager))
        used = START + timedelta(days=wait) if wait < life else None
        fit = 0.3 + 0.1 * (industry == "food") + 0.04 * skill * 4 * ability[rep]
        chance = float(np.clip(fit + (effect if used else 0.0), 0.02, 0.98))
        won = bool(rng.random() < chance)
        deals.append(
            DealHistory(
                number,
                rep,
                industry,
                amount,
                (("evaluation", START),),
                START + timedelta(days=life),
                won,
                used,
            )
        )
    return deals


def mean_value(**world: float) -> float:
    values = []
    for seed in range(20):
        found = influence(made_deals(seed, 500, **world))  # type: ignore[arg-type]
        if found.difference:
            values.append(found.difference.value)
    assert len(values) >= 12
    return float(np.mean(values))


def test_an_asset_without_effect_shows_none() -> None:
    assert abs(mean_value()) < 0.04


def test_an_asset_that_helps_is_seen_to_help() -> None:
    assert 0.14 < mean_value(effect=0.2) < 0.26


def test_a_good_reps_habit_is_not_taken_for_the_assets_merit() -> None:
    assert abs(mean_value(skill=0.8)) < 0.05


def test_too_few_deals_give_no_number() -> None:
    found = influence(made_deals(1, 40))
    assert found.difference is None


def test_no_deals_give_no_number() -> None:
    assert influence([]).difference is None

"""The interval holds what it promises, and lists are not led by luck."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binom

from collateral.reports.difference import (
    Difference,
    Stratum,
    difference,
    likeliest_rate,
    shrink,
)


@st.composite
def strata(draw: st.DrawFn) -> list[Stratum]:
    made = []
    for _ in range(draw(st.integers(1, 6))):
        n1, n0 = draw(st.integers(1, 30)), draw(st.integers(1, 60))
        made.append(Stratum(draw(st.integers(0, n1)), n1, draw(st.integers(0, n0)), n0))
    return made


@given(strata())
def test_the_interval_holds_the_difference_and_stays_within_bounds(given: list[Stratum]) -> None:
    found = difference(given)
    assert found is not None
    assert -1 <= found.low <= found.value <= found.high <= 1


@given(strata())
def test_turning_won_and_lost_around_turns_the_difference_around(given: list[Stratum]) -> None:
    turned = [
        Stratum(s.all_with - s.won_with, s.all_with, s.all_without - s.won_without, s.all_without)
        for s in given
    ]
    one, other = difference(given), difference(turned)
    assert one is not None
    assert other is not None
    assert one.value == pytest.approx(-other.value, abs=1e-9)
    assert one.low == pytest.approx(-other.high, abs=1e-6)


@given(st.integers(1, 40), st.integers(1, 40), st.data(), st.floats(-0.9, 0.9))
def test_the_likeliest_rate_is_the_numeric_optimum(
    n1: int, n0: int, data: st.DataObject, d: float
) -> None:
    x1, x0 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n0))

    def unlikely(p: float) -> float:
        likely = binom.logpmf(x1, n1, min(max(p + d, 1e-12), 1 - 1e-12))
        return -float(likely + binom.logpmf(x0, n0, min(max(p, 1e-12), 1 - 1e-12)))

    bounds = (max(0.0, -d), min(1.0, 1 - d))
    best = minimize_scalar(unlikely, bounds=bounds, method="bounded", options={"xatol": 1e-10})
    ours = likeliest_rate(d, *(np.array([float(v)]) for v in (x1, n1, x0, n0)))[0]
    assert unlikely(float(ours)) <= best.fun + 1e-6


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    rng, covered = np.random.default_rng(7), 0
    for _ in range(400):
        made = []
        for base in (0.2, 0.35, 0.5):
            n1, n0 = 12, 40
            made.append(
                Stratum(int(rng.binomial(n1, base + 0.1)), n1, int(rng.binomial(n0, base)), n0)
            )
        found = difference(made)
        assert found is not None
        covered += found.low <= 0.1 <= found.high
    assert 0.92 <= covered / 400 <= 0.98


def test_strata_with_one_side_alone_say_nothing() -> None:
    assert difference([Stratum(3, 5, 0, 0)]) is None


def test_shrinking_takes_the_lead_from_luck() -> None:
    rng = np.random.default_rng(11)
    raw = [Difference(v, v - 0.2, v + 0.2) for v in rng.normal(0, 0.1, 40)]
    best = max(range(40), key=lambda i: raw[i].value)
    assert raw[best].value > 0.15
    assert shrink(raw)[best].value < 0.04

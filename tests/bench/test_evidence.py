"""The simulator at a small size, on fixed seeds, with generous bounds; docs/evidence.md has the
full tables."""

from __future__ import annotations

import pytest

from collateral.bench.evidence import influence_figures, useless_companies
from collateral.bench.evidence_docket import MESSY, docket_figures
from collateral.bench.evidence_fallen import fallen_figures


@pytest.mark.parametrize("signs", [False, True])
def test_the_docket_keeps_its_promise_and_signs_find_more(signs: bool) -> None:
    found = docket_figures(MESSY, signs=signs, ignored=0.8, companies=6, seed=3)
    assert found.false <= 0.09
    assert found.false_large <= 0.10
    assert found.recall >= (0.5 if signs else 0.09)
    assert found.stops_wrong <= 0.15


def test_nothing_is_listed_where_nothing_is_ignored() -> None:
    found = docket_figures(MESSY, signs=True, ignored=0.0, companies=3, seed=3)
    assert found.empty == 1.0


def test_intervals_hold_the_truth_where_the_naive_one_does_not() -> None:
    found = influence_figures("time", 100, 0.0, 30, 4)
    assert found.coverage >= 0.85
    assert abs(found.bias) < 4 < found.naive_bias


def test_what_nobody_recorded_is_in_no_stratum() -> None:
    assert influence_figures("hidden", 100, 0.0, 20, 4).bias > 4


def test_useless_assets_seldom_look_positive() -> None:
    found = useless_companies(3, 4, assets=15)
    assert found["positive_shrunk"] <= min(found["positive_raw"], 1 / 3)
    assert found["top_five_shrunk"] < 0.4 * found["top_five_raw"]


def test_only_what_fell_off_or_is_remade_is_called_so() -> None:
    told = {row.made: row.share for row in fallen_figures(150, 4)}
    assert max(told["steady"], told["remade as usual"], told["never remade"]) <= 0.02
    assert told["fell to a tenth"] >= 0.04
    assert told["remade three times as often"] >= 0.05

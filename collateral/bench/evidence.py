"""The simulator: what the comparison of deals and the docket do where the truth is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from collateral.bench.evidence_deals import WORLDS, expected_difference, made_market
from collateral.bench.evidence_docket import docket_figures
from collateral.bench.evidence_fallen import fallen_figures
from collateral.reports.difference import shrink
from collateral.reports.influence import influence, may_be_told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

SHARES = (0.0, 0.1, 0.3, 0.6, 0.8, 0.95, 1.0)
USED = (20, 50, 200)
EFFECT = 0.10
USELESS = 40
ASSETS = 2000
"""Assets in each row of those whose use fell off; they are in no company."""


@dataclass(frozen=True)
class InfluenceFigures:
    """Of many companies: how far the naive difference and ours are off, in points, and how
    often the 95 % interval holds the truth. `said` is the share that passes the floor, and
    `coverage_said` that of these alone: which intervals are narrow hangs on what they hold.
    `reps_removed` is the share compared within reps, `coverage_reps` the coverage of these."""

    world: str
    used: int
    effect: float
    naive_bias: float
    naive_coverage: float
    bias: float
    coverage: float
    width: float
    said: float
    coverage_said: float
    reps_removed: float
    coverage_reps: float
    companies: int


def _naive(won: Flags, mine: Flags, effect: float) -> tuple[float, float]:
    """Deals with against deals without, as they stand: how far off, and the standard error."""
    import numpy as np

    p1, p0 = won[mine].mean(), won[~mine].mean()
    error = np.sqrt(p1 * (1 - p1) / mine.sum() + p0 * (1 - p0) / (~mine).sum())
    return p1 - p0 - effect, error


def influence_figures(
    world: str, used: int, effect: float, companies: int, seed: int
) -> InfluenceFigures:
    """One row of the table of comparisons."""
    import numpy as np

    rng = np.random.default_rng([seed, WORLDS.index(world), used, round(effect * 100)])
    truth = expected_difference(np.random.default_rng(seed), world, used, effect)
    naive, ours, widths = [], [], []
    naive_held = held = said = held_said = reps = held_reps = 0
    for _ in range(companies):
        market = made_market(rng, world, used, [effect])
        moments, won = market.used[0], market.cases.won
        bias, error = _naive(won, ~np.isnan(moments), effect)
        naive.append(bias)
        naive_held += abs(bias) <= 1.96 * error
        eligible = np.ones(len(won), dtype=bool)
        found = influence(market.cases, moments, eligible, floor=False)
        d = found.overall.difference
        if d is None:
            continue
        holds = d.low <= truth <= d.high
        ours.append(d.value - truth)
        widths.append(d.high - d.low)
        held += holds
        if found.rep_removed:
            reps, held_reps = reps + 1, held_reps + holds
        if may_be_told(found.overall):
            said, held_said = said + 1, held_said + holds
    return InfluenceFigures(
        world,
        used,
        effect,
        100 * float(np.mean(naive)),
        float(naive_held) / companies,
        100 * float(np.mean(ours)),
        held / len(ours),
        100 * float(np.mean(widths)),
        said / companies,
        held_said / said if said else 0.0,
        reps / len(ours),
        held_reps / reps if reps else 0.0,
        companies,
    )


def useless_companies(companies: int, seed: int, *, assets: int = USELESS) -> dict[str, float]:
    """Companies in which no asset has any effect: how many show a positive one, before and
    after shrinking, and what the five leading assets seem to add, in points."""
    import numpy as np

    rng = np.random.default_rng([seed, 99])
    raw = shown = 0
    top_raw, top_shrunk = [], []
    for _ in range(companies):
        market = made_market(rng, "plain", 40, [0.0] * assets)
        eligible = np.ones(len(market.cases.won), dtype=bool)
        found = [
            d
            for moments in market.used
            if (d := influence(market.cases, moments, eligible).overall.difference)
        ]
        drawn = shrink(found)
        raw += any(d.low > 0 for d in found)
        shown += any(each.positive >= 0.95 for each in drawn)
        top_raw.append(np.mean(sorted(d.value for d in found)[-5:]))
        top_shrunk.append(np.mean(sorted(each.value for each in drawn)[-5:]))
    return {
        "companies": companies,
        "assets": assets,
        "positive_raw": raw / companies,
        "positive_shrunk": shown / companies,
        "top_five_raw": 100 * float(np.mean(top_raw)),
        "top_five_shrunk": 100 * float(np.mean(top_shrunk)),
    }


TABLES = ("influence", "useless", "fallen", "docket")


@dataclass(frozen=True)
class Rows:
    """Which rows are asked for: tables, and of the docket's what part of the libraries is ignored
    and in which worlds."""

    tables: Sequence[str]
    shares: Sequence[float]
    worlds: Sequence[str]


def measure(companies: int, seed: int, asked: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row, as (table, row), as soon as it is known.

    Each draws from a seed of its own, so that a row is the same whatever others are asked for.
    """
    if "influence" in asked.tables:
        yield from _influence(companies, seed)
    if "useless" in asked.tables:
        yield "useless", useless_companies(companies, seed)
    if "fallen" in asked.tables:
        for row in fallen_figures(ASSETS, seed):
            yield "fallen", asdict(row)
    if "docket" in asked.tables:
        yield from _docket(companies, seed, asked)


def _influence(companies: int, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    for world in WORLDS:
        for used in USED:
            for effect in (0.0, EFFECT):
                row = influence_figures(world, used, effect, companies, seed)
                yield "influence", asdict(row)


def _docket(companies: int, seed: int, asked: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    for world in asked.worlds:
        for signs in (True, False):
            for ignored in asked.shares:
                figures = docket_figures(
                    world, signs=signs, ignored=ignored, companies=companies, seed=seed
                )
                yield "docket", asdict(figures)

"""The simulator: what the comparison of deals and the docket do where the truth is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from collateral.bench.evidence_deals import WORLDS, expected_difference, made_market
from collateral.bench.evidence_libraries import LARGEST, SMALLEST, made_library
from collateral.reports.difference import shrink
from collateral.reports.influence import influence, may_be_told
from collateral.retirement import stopping
from collateral.retirement.mixture import Evidence, judge
from collateral.retirement.models import Stopped

SHARES = (0.0, 0.1, 0.3, 0.6, 0.8, 0.95, 1.0)
USED = (20, 50, 200)
EFFECT = 0.10
USELESS = 40
STEPS = (
    Stopped.NEVER_SHOWN,
    Stopped.NOT_OPENED,
    Stopped.NOT_USED,
)


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


@dataclass(frozen=True)
class DocketFigures:
    """Of many companies: the mean share of wrong assets on the list, the same of lists that
    are not empty and of those of libraries of 100 assets and more, recall, empty lists."""

    world: str
    signs: bool
    ignored: float
    false: float
    false_non_empty: float
    false_large: float
    recall: float
    empty: float
    stops_answered: float
    stops_wrong: float
    companies: int


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
        mine = ~np.isnan(moments)
        p1, p0 = won[mine].mean(), won[~mine].mean()
        error = np.sqrt(p1 * (1 - p1) / mine.sum() + p0 * (1 - p0) / (~mine).sum())
        naive.append(p1 - p0 - effect)
        naive_held += abs(p1 - p0 - effect) <= 1.96 * error
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


def docket_figures(
    *, messy: bool, signs: bool, ignored: float, companies: int, seed: int
) -> DocketFigures:
    """One row of the table of dockets."""
    import numpy as np

    false, non_empty, large, recall, answered, wrong, listed_all = [], [], [], [], 0, 0, 0
    for number in range(companies):
        rng = np.random.default_rng([seed, number, round(ignored * 100), messy])
        size = int(np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST))))
        library = made_library(rng, size, ignored, messy=messy)
        evidence = [
            Evidence(int(k), float(n), int(x), int(y) if signs else None)
            for k, n, x, y in zip(
                library.kinds, library.deals, library.uses, library.signs, strict=True
            )
        ]
        verdict = judge(evidence)
        listed = list(verdict.listed)
        share = float((~library.ignored[listed]).mean()) if listed else 0.0
        false.append(share)
        recall.append(library.ignored[listed].sum() / max(library.ignored.sum(), 1))
        if listed:
            non_empty.append(share)
            if size >= 100:
                large.append(share)
        told, off = _stops(library, evidence, verdict, listed)
        answered, wrong, listed_all = answered + told, wrong + off, listed_all + len(listed)
    return DocketFigures(
        "messy" if messy else "clean",
        signs,
        ignored,
        float(np.mean(false)),
        float(np.mean(non_empty)) if non_empty else 0.0,
        float(np.mean(large)) if large else 0.0,
        float(np.mean(recall)),
        1 - len(non_empty) / companies,
        answered / listed_all if listed_all else 0.0,
        wrong / answered if answered else 0.0,
        companies,
    )


def _stops(library: Any, evidence: Sequence[Evidence], verdict: Any, listed: list[int]) -> Any:
    """How many of the listed ignored assets get an answer to where they stopped, and how many
    of the answers are wrong."""
    import numpy as np

    truly = [position for position in listed if library.ignored[position]]
    if not truly:
        return 0, 0
    funnel = stopping.Funnel(
        np.array([one.deals * verdict.rates[one.kind] for one in evidence]),
        library.shown.astype(float),
        library.views.astype(float),
        library.uses.astype(float),
    )
    answers = stopping.where_stopped(funnel, np.array(verdict.alive), truly)
    told = [(p, a.where) for p, a in zip(truly, answers, strict=True) if a.where in STEPS]
    off = sum(STEPS.index(where) != library.stopped[position] for position, where in told)
    return len(told), off


TABLES = ("influence", "useless", "docket")


def measure(
    companies: int, seed: int, tables: Sequence[str] = TABLES
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of these tables, as (table, row), as soon as it is known."""
    if "influence" in tables:
        yield from _influence(companies, seed)
    if "useless" in tables:
        yield "useless", useless_companies(companies, seed)
    if "docket" in tables:
        yield from _docket(companies, seed)


def _influence(companies: int, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    for world in WORLDS:
        for used in USED:
            for effect in (0.0, EFFECT):
                row = influence_figures(world, used, effect, companies, seed)
                yield "influence", asdict(row)


def _docket(companies: int, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    for messy in (True, False):
        for signs in (False, True):
            for ignored in SHARES:
                figures = docket_figures(
                    messy=messy, signs=signs, ignored=ignored, companies=companies, seed=seed
                )
                yield "docket", asdict(figures)

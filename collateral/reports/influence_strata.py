"""Closed deals as arrays, and within what they are compared: strata of like deals."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


class Strata(StrEnum):
    """Within what deals are compared."""

    REP_AND_FIT = "rep_and_fit"
    SIZE_AND_INDUSTRY = "size_and_industry"


@dataclass(frozen=True)
class Cases:
    """Closed deals and their ways through the stages, as arrays; moments are days.

    Attributes:
        rep, industry: a code for each deal; -1 where unknown.
        size: each deal's amount in the reporting currency; 0 where unknown.
        closed: when it closed.
        won: whether it was won.
        visit_deal, visit_stage, entered, left: one row for each stage of each deal: the
            deal's position, the stage's code, and when it came into it and went on.
    """

    rep: Ints
    industry: Ints
    size: Floats
    closed: Floats
    won: Bools
    visit_deal: Ints
    visit_stage: Ints
    entered: Floats
    left: Floats


def rep_and_fit(cases: Cases, used: Floats, eligible: Bools, bands: int = 2) -> Ints:
    """The rep, and in which band of fit the deal is; the deals with use are cut evenly.

    Fit is a logistic regression of winning on size and industry, fitted on the deals
    without the asset, so that its own effect is not taken for fit.
    """
    import numpy as np

    fit = fitness(cases, eligible & np.isnan(used))
    users = eligible & ~np.isnan(used)
    parts = np.arange(1, bands) / bands
    cuts = np.quantile(fit[users], parts) if users.any() else np.zeros(bands - 1)
    key: Ints = (cases.rep + 1) * bands + np.searchsorted(cuts, fit, side="right")
    return key


def size_and_industry(cases: Cases, eligible: Bools) -> Ints:
    """Thirds of the eligible deals by size, and the industry."""
    import numpy as np

    sizes = cases.size[eligible]
    cuts = np.quantile(sizes, [1 / 3, 2 / 3]) if len(sizes) else np.zeros(2)
    key: Ints = (cases.industry + 1) * 3 + np.searchsorted(cuts, cases.size, side="right")
    return key


def fitness(cases: Cases, learned_from: Bools) -> Floats:
    """Log-odds of winning from size and industry, learned from some of the deals.

    Ridge-penalised, by Newton's steps: industries with two deals must not run away.
    """
    import numpy as np

    sizes = np.log1p(np.maximum(cases.size, 0.0))
    rows = np.zeros((len(sizes), int(cases.industry.max(initial=-1)) + 3))
    rows[:, 0] = (sizes - sizes.mean()) / (sizes.std() or 1.0) if len(sizes) else 0.0
    rows[np.arange(len(sizes)), cases.industry + 2] = 1.0
    odds: Floats = rows @ _logistic(rows[learned_from], cases.won[learned_from].astype(float))
    return odds


def _logistic(rows: Floats, won: Floats) -> Floats:
    import numpy as np

    weights = np.zeros(rows.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-(rows @ weights)))
        slope = rows.T @ (won - chance) - weights
        curve = (rows * (chance * (1 - chance))[:, None]).T @ rows + np.eye(rows.shape[1])
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-8:
            break
    return weights

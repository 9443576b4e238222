"""A difference in win rate over strata, with its interval, and its shrunk value.

The interval is the stratified score interval of Miettinen and Nurminen (Comparative
analysis of two rates, Statistics in Medicine 4, 1985, 213-226): the differences d at
which (D - d)/sqrt(V(d)) stays within 1.96, where V takes the rates that are likeliest
under that difference. It assumes that deals within a stratum are alike and independent;
its null coverage with 1 to 9 deals in a cell was .945 in simulation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Z = 1.959963984540054
PRIOR_SPREAD, PRIOR_WORTH = 0.03, 8.0


@dataclass(frozen=True)
class Stratum:
    """Closed deals that are alike: won and all, with the asset and without it."""

    won_with: int
    all_with: int
    won_without: int
    all_without: int


@dataclass(frozen=True)
class Difference:
    """Win rate with less win rate without, between -1 and 1, and its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def error(self) -> float:
        """A standard error that the interval's width implies."""
        return (self.high - self.low) / (2 * Z)


@dataclass(frozen=True)
class Shrunk:
    """A difference drawn towards zero by what all assets together teach.

    Attributes:
        value: the shrunk difference, by which lists are ordered.
        spread: its posterior standard deviation.
        positive: probability that the true difference is above zero.
    """

    value: float
    spread: float
    positive: float


def difference(strata: Sequence[Stratum], *, repeated: float = 1.0) -> Difference | None:
    """The stratified difference, None where no stratum has deals on both sides.

    Strata weigh n1 n0 / (n1 + n0); those with one side alone say nothing.

    Args:
        repeated: by how much the variance is larger than that of independent strata, because
            the same deal stands in several of them; 1 where each stands in one.
    """
    import numpy as np
    from scipy.optimize import brentq

    both = [s for s in strata if s.all_with and s.all_without]
    if not both:
        return None
    x1, n1, x0, n0 = (
        np.array([getattr(s, name) for s in both], dtype=float)
        for name in ("won_with", "all_with", "won_without", "all_without")
    )
    weight = n1 * n0 / (n1 + n0)
    weight /= weight.sum()
    value = float((weight * (x1 / n1 - x0 / n0)).sum())

    def score(d: float, bound: float) -> float:
        return (value - d) - bound * float(np.sqrt(repeated * _variance(d, x1, n1, x0, n0, weight)))

    edge = 1 - 1e-9
    low = -1.0 if score(-edge, Z) < 0 else float(brentq(score, -edge, value, args=(Z,)))
    high = 1.0 if score(edge, -Z) > 0 else float(brentq(score, value, edge, args=(-Z,)))
    return Difference(value, low, high)


def _variance(d: float, x1: Floats, n1: Floats, x0: Floats, n0: Floats, weight: Floats) -> Floats:
    """Variance of the weighted difference when the true one is d."""
    p0 = likeliest_rate(d, x1, n1, x0, n0)
    p1 = p0 + d
    total = n1 + n0
    each = (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * total / (total - 1)
    summed: Floats = (weight**2 * each.clip(min=0)).sum()
    return summed


def likeliest_rate(d: float, x1: Floats, n1: Floats, x0: Floats, n0: Floats) -> Floats:
    """The rate without, for each stratum, that is likeliest if the difference is d.

    The root between the bounds of Miettinen and Nurminen's cubic, in closed form.
    """
    import numpy as np

    total, won = n1 + n0, x1 + x0
    a3 = total
    a2 = (n1 + 2 * n0) * d - total - won
    a1 = (n0 * d - total - 2 * x0) * d + won
    a0 = x0 * d * (1 - d)
    q = a2**3 / (27 * a3**3) - a1 * a2 / (6 * a3**2) + a0 / (2 * a3)
    inner = np.sqrt(np.maximum(a2**2 / (9 * a3**2) - a1 / (3 * a3), 0))
    p = np.where(q < 0, -inner, inner)
    ratio = np.divide(q, p**3, out=np.zeros_like(q), where=p != 0)
    angle = (np.pi + np.arccos(np.clip(ratio, -1, 1))) / 3
    root: Floats = np.clip(2 * p * np.cos(angle) - a2 / (3 * a3), max(0.0, -d), min(1.0, 1 - d))
    return root


def shrink(differences: Sequence[Difference]) -> list[Shrunk]:
    """Draw each difference towards zero by the spread that all of them show.

    The spread between assets is Paule and Mandel's (Journal of Research of the NBS 87,
    1982, 377-385) around zero, blended with a prior of 3 points worth eight assets;
    without it the best of forty useless assets would show +16 points.
    """
    from scipy.stats import norm

    known = [d for d in differences if isfinite(d.error) and d.error > 0]
    spread = _paule_mandel([d.value for d in known], [d.error for d in known])
    blended = (len(known) * spread + PRIOR_WORTH * PRIOR_SPREAD**2) / (len(known) + PRIOR_WORTH)
    shrunk = []
    for d in differences:
        share = blended / (blended + d.error**2)
        value, deviation = share * d.value, (share**0.5) * d.error
        positive = float(norm.cdf(value / deviation)) if deviation > 0 else 0.5
        shrunk.append(Shrunk(value, deviation, positive))
    return shrunk


def _paule_mandel(values: Sequence[float], errors: Sequence[float]) -> float:
    """The variance between assets at which their weighted squares equal their number."""
    from scipy.optimize import brentq

    def excess(variance: float) -> float:
        squares = sum(v * v / (e * e + variance) for v, e in zip(values, errors, strict=True))
        return squares - len(values)

    if not values or excess(0.0) <= 0:
        return 0.0
    return float(brentq(excess, 0.0, 4.0))

"""Which assets belong to the ignored kind: a two-part negative-binomial mixture.

Counts of uses over the last 365 days, with the deals each asset was made for, are
fitted to the library itself. Nobody has labelled the assets; two kinds are told apart:

    alive    0.93 NB(mu_t n, k) + 0.07 NB(0.25 mu_t n, k)    (7 %: terms too wide)
    ignored  NB(eps mu_t n, 0.4)

`mu_t` is the rate of use per eligible deal in live assets of type t, `k` the shape of its
spread, `eps` how much less an ignored asset is used. `k` and `eps` come from a grid and are
averaged over; `mu_t` and the share of ignored assets of each type are fitted by EM, types
lending strength to one another. The probability that an asset is alive although it is
listed is its local false discovery rate (Efron, Large-Scale Inference, 2010, ch. 5).

The settings are the project's own, chosen in simulation (`collateral bench evidence`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SHAPES = (0.5, 0.8, 1.2, 1.8, 2.7, 4.0)
FAINT = (0.003, 0.01, 0.03, 0.06)
WIDE_SHARE, WIDE_RATE = 0.07, 0.25
IGNORED_SHAPE = 0.4
PRIOR_RATE, PRIOR_RATE_SD, RATE_VARIANCE = 0.04, 1.2, 0.36
PRIOR_STRENGTH = 12.0
MAX_EXPLAINED = 0.25
MEAN_LIMIT, EACH_LIMIT = 0.05, 0.20


@dataclass(frozen=True)
class Evidence:
    """What the docket knows of one asset.

    Attributes:
        kind: index of its type, from 0.
        deals: eligible deals with any recorded use, season-weighted; at least 0.
        uses: uses of its family in the window.
    """

    kind: int
    deals: float
    uses: int


@dataclass(frozen=True)
class Verdict:
    """What the fit says.

    Attributes:
        alive: for each asset the probability that it is alive (local fdr), in its order.
        listed: positions of the assets to propose, surest first.
        rates: for each type the live rate of use per eligible deal.
        ignored_share: share of the assets that the fit takes for ignored.
        readable: False when no shape of the model fits; then nothing is listed.
    """

    alive: tuple[float, ...]
    listed: tuple[int, ...]
    rates: tuple[float, ...]
    ignored_share: float
    readable: bool


@dataclass(frozen=True)
class _Fit:
    alive: Floats
    rates: Floats
    ignored: Floats
    weight: float
    explained: float
    shape: float
    faint: float


def judge(assets: Sequence[Evidence]) -> Verdict:
    """Fit the mixture to a library and list what belongs to the ignored kind.

    On average at most 5 % of the list is wrong; for libraries under 100 assets or with less
    than 40 % ignored the promise does not hold, and the docket asks the owner instead.
    """
    import numpy as np

    if not assets:
        return Verdict((), (), (), 0.0, False)
    kinds = np.array([asset.kind for asset in assets])
    deals = np.array([asset.deals for asset in assets], dtype=float)
    uses = np.array([asset.uses for asset in assets], dtype=float)
    fits = _fit_grid(kinds, deals, uses)
    if not fits:
        return Verdict((1.0,) * len(assets), (), (), 0.0, False)
    weights = np.exp(np.array([fit.weight for fit in fits]) - max(fit.weight for fit in fits))
    weights /= weights.sum()
    each = np.array([fit.alive for fit in fits])
    alive = np.maximum(weights @ each, _upper(each, weights))
    rates = weights @ np.array([fit.rates for fit in fits])
    return Verdict(
        alive=tuple(float(value) for value in alive),
        listed=longest_run(alive),
        rates=tuple(float(value) for value in rates),
        ignored_share=float(1 - (weights @ each).mean()),
        readable=True,
    )


def longest_run(alive: Floats) -> tuple[int, ...]:
    """Positions of the longest sorted run whose mean is at most 5 % and each at most 20 %."""
    import numpy as np

    order = np.argsort(alive, kind="stable")
    ranked = alive[order]
    means = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    fits = (means <= MEAN_LIMIT) & (ranked <= EACH_LIMIT)
    length = int(np.max(np.nonzero(fits)[0]) + 1) if fits.any() else 0
    return tuple(int(position) for position in order[:length])


def _upper(each: Floats, weights: Floats) -> Floats:
    """The weighted 80th percentile over the grid, asset by asset."""
    import numpy as np

    order = np.argsort(each, axis=0)
    ranked = np.take_along_axis(each, order, axis=0)
    reached = np.cumsum(weights[order], axis=0) >= 0.8
    first = np.argmax(reached, axis=0)
    upper: Floats = np.take_along_axis(ranked, first[None, :], axis=0)[0]
    return upper


def _fit_grid(kinds: Ints, deals: Floats, uses: Floats) -> list[_Fit]:
    import numpy as np

    total, fits = uses.sum(), []
    for faint in FAINT:
        start: tuple[Floats, Floats] | None = None
        for shape in SHAPES:
            fit = _em(kinds, deals, uses, shape, faint, start)
            start = (np.log(fit.rates), fit.ignored)
            # With the labels swapped the "ignored" part would hold the uses; such a fit says
            # nothing about what is ignored.
            if total == 0 or fit.explained / total <= MAX_EXPLAINED:
                fits.append(fit)
    return fits


def _em(
    kinds: Ints,
    deals: Floats,
    uses: Floats,
    shape: float,
    faint: float,
    start: tuple[Floats, Floats] | None,
) -> _Fit:
    """Expectation-maximisation at one grid point, from a neighbour's end where there is one."""
    import numpy as np

    count = int(kinds.max()) + 1
    sizes = np.bincount(kinds, minlength=count)
    log_rate, ignored = start or _first_guess(kinds, deals, uses, count)
    previous = -np.inf
    for _ in range(200):
        mean = np.exp(log_rate)[kinds] * deals
        narrow = np.log(1 - WIDE_SHARE) + _log_nb(uses, mean, shape)
        wide = np.log(WIDE_SHARE) + _log_nb(uses, WIDE_RATE * mean, shape)
        live = np.logaddexp(narrow, wide)
        dead = _log_nb(uses, faint * mean, IGNORED_SHAPE)
        share = np.clip(ignored[kinds], 1e-9, 1 - 1e-9)
        both = np.logaddexp(np.log1p(-share) + live, np.log(share) + dead)
        alive = np.exp(np.log1p(-share) + live - both)
        spread = ((log_rate - log_rate.mean()) ** 2).sum() / (2 * RATE_VARIANCE)
        level = (log_rate.mean() - np.log(PRIOR_RATE)) ** 2 / (2 * PRIOR_RATE_SD**2)
        likelihood = float(both.sum() - spread - level)
        if abs(likelihood - previous) < 1e-3:
            break
        previous = likelihood
        pooled = ((1 - alive).sum() + 1) / (len(uses) + 2)
        lost = np.bincount(kinds, weights=1 - alive, minlength=count)
        ignored = (lost + PRIOR_STRENGTH * pooled) / (sizes + PRIOR_STRENGTH)
        centre = _centre(log_rate)
        part = alive * np.exp(narrow - live)
        slope = np.bincount(kinds, part * (uses - mean) * shape / (shape + mean), minlength=count)
        curve = np.bincount(kinds, part * mean * shape / (shape + mean), minlength=count)
        step = (slope - (log_rate - centre) / RATE_VARIANCE) / (curve + 1 / RATE_VARIANCE)
        log_rate = log_rate + np.clip(step, -1, 1)
    prior = -((np.log(shape) - np.log(1.2)) ** 2) / (2 * 0.35**2)
    prior -= (np.log(faint) - np.log(0.015)) ** 2 / 2
    return _Fit(
        alive=alive,
        rates=np.exp(log_rate),
        ignored=ignored,
        weight=previous + float(prior),
        explained=float(((1 - alive) * uses).sum()),
        shape=shape,
        faint=faint,
    )


def _centre(log_rate: Floats) -> float:
    """The level around which the types' rates lie, held by its prior."""
    import numpy as np

    tightness = len(log_rate) / RATE_VARIANCE
    prior = 1 / PRIOR_RATE_SD**2
    weighed = log_rate.mean() * tightness + np.log(PRIOR_RATE) * prior
    return float(weighed / (tightness + prior))


def _first_guess(kinds: Ints, deals: Floats, uses: Floats, count: int) -> tuple[Floats, Floats]:
    """Rates from the assets that were used at all; half of each type ignored."""
    import numpy as np

    used = uses > 0
    top = np.bincount(kinds, weights=uses * used, minlength=count) + PRIOR_RATE * 10
    bottom = np.bincount(kinds, weights=deals * used, minlength=count) + 10
    return np.log(top / bottom), np.full(count, 0.5)


def _log_nb(uses: Floats, mean: Floats, shape: float) -> Floats:
    """Log probability of counts under a negative binomial of that mean and shape.

    scipy.stats.nbinom(n=shape, p=shape/(shape+mean)); written out since its logpmf checks its
    arguments at each call and the fit makes thousands.
    """
    import numpy as np
    from scipy.special import gammaln, xlogy

    mean = np.maximum(mean, 1e-12)
    constant: Floats = gammaln(uses + shape) - gammaln(shape) - gammaln(uses + 1)
    spread: Floats = (
        constant + shape * np.log(shape / (shape + mean)) + xlogy(uses, mean / (shape + mean))
    )
    return spread

"""Fitting the two parts to a library: expectation-maximisation over a grid of shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from collateral.retirement.likelihoods import Library, log_beta_binomial, log_nb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SHAPES = (0.5, 0.8, 1.2, 1.8, 2.7, 4.0)
FAINT = (0.003, 0.01, 0.03, 0.06)
"""The grid: `k`, how alike live assets are in their rates, and `eps`, an ignored asset's rate over
that of live ones."""
USUAL_FAINT = 0.015
WIDE_SHARE, WIDE_RATE = 0.07, 0.25
"""Of live assets so many have terms that are too wide, and are used at so much of the rate."""
IGNORED_SHAPE = 0.4
PRIOR_RATE, PRIOR_RATE_SD, RATE_VARIANCE = 0.04, 1.2, 0.36
"""Uses per eligible deal around which the types' rates lie, and, of its logarithm, the standard
deviation of their mean and their variance around that."""
PRIOR_STRENGTH = 12.0
"""What the library's ignored share weighs in that of a type, in assets."""
MAX_EXPLAINED = 0.25
"""A shape whose ignored part holds more of all uses than this has the two kinds swapped."""
USUAL_SHAPES = {4.0: 1.8, 8.0: 1.8, 16.0: 1.8, 32.0: 1.1}
"""Concentration of the beta-binomial (how alike assets are in the part of use that is
recorded) to the usual shape of all that was recorded. Where that part varies much, gaps in
recording explain a good deal of the spread of uses, and assets are more alike in their sum."""
TAKEN_SHARE, TAKEN_RATE, TAKEN_SHAPE = 0.1, 0.3, 0.6
"""Of the ignored so many are taken and never used: their signs' rate over that of live assets, and
how alike they are in it."""
USUAL_SHAPE, SHAPE_SD, SHAPE_SD_WITH_SIGNS = 1.2, 0.35, 0.15
"""`k` is log-normal around this; around USUAL_SHAPES with signs, with the second deviation."""
PART_PRIOR, PART_STRENGTH = 0.3, 20.0
"""What part of all that is recorded are uses, before anything is known, and, in things recorded,
what the library's part weighs in that of a type."""


@dataclass(frozen=True)
class Fit:
    """The settings of one grid point and what each asset's chance of being alive is under them.

    Attributes:
        alive: one for each asset.
        log_rates: for each type the logarithm of what is recorded (uses, and signs where they
            are given) of a live asset per eligible deal.
        rates: for each type the uses among these.
        ignored: for each type the share of ignored assets.
        part: for each type what part of all that is recorded are uses; 1 without signs.
        shape, faint, parts: `k`, `eps`, and the concentration of the beta-binomial.
        likelihood, weight: logarithms; the weight has the priors of the grid in it.
        explained: uses that the ignored part holds.
    """

    alive: Floats
    log_rates: Floats
    rates: Floats
    ignored: Floats
    part: Floats
    shape: float
    faint: float
    parts: float
    likelihood: float = 0.0
    weight: float = 0.0
    explained: float = 0.0


def fit_grid(data: Library) -> list[Fit]:
    """Fit every point of the grid; those with the labels swapped are left out."""
    total, fits = data.uses.sum(), []
    parts = _concentration(data) if data.with_signs else 0.0
    for faint in FAINT:
        start: tuple[Floats, Floats] | None = None
        for shape in SHAPES:
            fit = _em(data, shape, faint, parts, start)
            start = (fit.log_rates, fit.ignored)
            # With the labels swapped the "ignored" part would hold the uses; such a fit says
            # nothing about what is ignored.
            if total == 0 or fit.explained / total <= MAX_EXPLAINED:
                fits.append(fit)
    return fits


def _concentration(data: Library) -> float:
    """How alike assets are in the part of use that is recorded: the likeliest of four."""
    tried = {parts: _em(data, 1.2, 0.03, parts, None).likelihood for parts in USUAL_SHAPES}
    return max(tried, key=lambda parts: tried[parts])


def _em(
    data: Library,
    shape: float,
    faint: float,
    parts: float,
    start: tuple[Floats, Floats] | None,
) -> Fit:
    """Expectation-maximisation at one grid point, from a neighbour's end where there is one."""
    import numpy as np

    count = int(data.kinds.max()) + 1
    log_rate, ignored = start or _first_guess(data, count)
    part = np.full(count, PART_PRIOR if data.with_signs else 1.0)
    previous = -np.inf
    for _ in range(200):
        trial = Fit(part, log_rate, part, ignored, part, shape, faint, parts)
        alive, both, narrow_share, mean = chances(data, trial)
        likelihood = _penalised(both, log_rate)
        if abs(likelihood - previous) < 1e-3:
            break
        previous = likelihood
        ignored = _shares(data, alive, count)
        if data.with_signs:
            part = _parts(data, alive, count)
        log_rate = log_rate + _step(data, alive * narrow_share, mean, log_rate, shape)
    return Fit(
        alive=alive,
        log_rates=log_rate,
        rates=np.exp(log_rate) * part,
        ignored=ignored,
        part=part,
        shape=shape,
        faint=faint,
        parts=parts,
        likelihood=previous,
        weight=previous + _grid_prior(shape, faint, parts, with_signs=data.with_signs),
        explained=float(((1 - alive) * data.uses).sum()),
    )


def _penalised(both: Floats, log_rate: Floats) -> float:
    """The log likelihood of the counts (`both`, one for each asset), less what the priors of the
    types' rates take for lying far apart and far from the usual."""
    import numpy as np

    usual = log_rate.mean()
    spread = ((log_rate - usual) ** 2).sum() / (2 * RATE_VARIANCE)
    level = (usual - np.log(PRIOR_RATE)) ** 2 / (2 * PRIOR_RATE_SD**2)
    return float(both.sum() - spread - level)


def _shares(data: Library, alive: Floats, count: int) -> Floats:
    """For each type the share of ignored assets, drawn towards the whole library's."""
    import numpy as np

    sizes = np.bincount(data.kinds, minlength=count)
    pooled = ((1 - alive).sum() + 1) / (len(data.taken) + 2)
    lost = np.bincount(data.kinds, weights=1 - alive, minlength=count)
    shares: Floats = (lost + PRIOR_STRENGTH * pooled) / (sizes + PRIOR_STRENGTH)
    return shares


def _step(data: Library, told: Floats, mean: Floats, log_rate: Floats, shape: float) -> Floats:
    """A Newton step of each type's logarithm of the rate, at most 1 either way.

    Args:
        told: for each asset the probability that it is alive and in the narrow part; what the
            others took says little of their type's rate.
        mean: for each asset what a live one is expected to take.
    """
    import numpy as np

    kinds, taken, count = data.kinds, data.taken, len(log_rate)
    centre = _centre(log_rate.mean(), count)
    slope = np.bincount(kinds, told * (taken - mean) * shape / (shape + mean), minlength=count)
    curve = np.bincount(kinds, told * mean * shape / (shape + mean), minlength=count)
    step = (slope - (log_rate - centre) / RATE_VARIANCE) / (curve + 1 / RATE_VARIANCE)
    short: Floats = np.clip(step, -1, 1)
    return short


def _grid_prior(shape: float, faint: float, parts: float, *, with_signs: bool) -> float:
    """The logarithm of what a grid point weighs before anything is counted."""
    import numpy as np

    alike, sd = USUAL_SHAPE, SHAPE_SD
    if with_signs:
        alike, sd = USUAL_SHAPES[parts], SHAPE_SD_WITH_SIGNS
    prior = -((np.log(shape) - np.log(alike)) ** 2) / (2 * sd**2)
    prior -= (np.log(faint) - np.log(USUAL_FAINT)) ** 2 / 2
    return float(prior)


def chances(data: Library, fit: Fit) -> tuple[Floats, Floats, Floats, Floats]:
    """For each asset under these settings: the probability that it is alive, the log
    probability of what was counted, the share of the narrow part, the live mean."""
    import numpy as np

    kinds, taken = data.kinds, data.taken
    mean = np.exp(fit.log_rates)[kinds] * data.deals
    narrow = np.log(1 - WIDE_SHARE) + log_nb(taken, mean, fit.shape, data.kept)
    wide = np.log(WIDE_SHARE) + log_nb(taken, WIDE_RATE * mean, fit.shape, data.kept)
    live = np.logaddexp(narrow, wide)
    narrow_share = np.exp(narrow - live)
    dead = log_nb(taken, fit.faint * mean, IGNORED_SHAPE, data.kept)
    if data.with_signs:
        live, dead = _with_parts(data, live, dead, mean, fit)
    share = np.clip(fit.ignored[kinds], 1e-9, 1 - 1e-9)
    both = np.logaddexp(np.log1p(-share) + live, np.log(share) + dead)
    return np.exp(np.log1p(-share) + live - both), both, narrow_share, mean


def _with_parts(
    data: Library, live: Floats, dead: Floats, mean: Floats, fit: Fit
) -> tuple[Floats, Floats]:
    """Both kinds' log probabilities of uses and signs from those of their sum."""
    import numpy as np

    part = fit.part[data.kinds]
    split = log_beta_binomial(data, fit.part, fit.parts)
    unused = log_nb(data.signs, TAKEN_RATE * (1 - part) * mean, TAKEN_SHAPE, data.kept)
    unused = unused + log_nb(data.uses, fit.faint * part * mean, IGNORED_SHAPE, data.kept)
    dead = np.logaddexp(np.log(1 - TAKEN_SHARE) + dead + split, np.log(TAKEN_SHARE) + unused)
    return live + split, dead


def _parts(data: Library, alive: Floats, count: int) -> Floats:
    """For each type what part of all that was recorded of live assets are uses."""
    import numpy as np

    uses = np.bincount(data.kinds, alive * data.uses, minlength=count)
    taken = np.bincount(data.kinds, alive * data.taken, minlength=count)
    usual = (uses.sum() + PART_PRIOR) / (taken.sum() + 1)
    part: Floats = np.clip((uses + PART_STRENGTH * usual) / (taken + PART_STRENGTH), 0.02, 0.98)
    return part


def _centre(usual: float, count: int) -> float:
    """The level around which so many types' rates lie, held by its prior; `usual` is their mean."""
    import numpy as np

    tightness = count / RATE_VARIANCE
    prior = 1 / PRIOR_RATE_SD**2
    weighed = usual * tightness + np.log(PRIOR_RATE) * prior
    return float(weighed / (tightness + prior))


def _first_guess(data: Library, count: int) -> tuple[Floats, Floats]:
    """Rates from the assets that were used at all; half of each type ignored."""
    import numpy as np

    used = data.uses > 0
    top = np.bincount(data.kinds, weights=data.taken * used, minlength=count) + PRIOR_RATE * 10
    bottom = np.bincount(data.kinds, weights=data.deals * used, minlength=count) + 10
    return np.log(top / bottom), np.full(count, 0.5)

"""Made-up libraries for the docket, in which it is known what is ignored.

Two worlds. In the **clean** one everything is as the mixture supposes. In the **messy** one
all that the recipe names is wrong at once: how readily live assets are used is not gamma
distributed; some have terms that are too wide; a third to a half of the uses are never
recorded, and which ones hangs on the asset; some are seasonal, and the season has hardly been
seen; uses come in bursts. Downloads and openings by buyers are seen without gaps, but people
also download what they never use, and an asset may be downloaded as often as any live one
and still be used by nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

TYPES = 6
SMALLEST, LARGEST = 50, 2000
RECORDED, RECORDING = 0.58, 1.5
"""Mean share of uses that are recorded in the messy world, and how alike assets are in it:
with 1.5 a tenth of the assets have nearly none of their uses recorded."""
BURSTS = 8.0
"""How alike the times are in which an asset is used (a gamma's shape)."""


@dataclass(frozen=True)
class Library:
    """One year of a company: for each asset its type, eligible deals, recorded uses and signs
    (downloads and openings), how often it was shown and viewed, and the truth."""

    kinds: Ints
    deals: Floats
    uses: Ints
    signs: Ints
    shown: Ints
    views: Ints
    ignored: Bools
    stopped: Ints
    """For ignored assets 0 never shown, 1 shown and not opened, 2 opened and not used; -1 alive."""


def made_library(rng: np.random.Generator, size: int, ignored: float, *, messy: bool) -> Library:
    """A library of `size` assets, of which each is ignored with that probability."""
    import numpy as np

    kinds = rng.integers(0, TYPES, size)
    rate = np.exp(rng.normal(np.log(0.04), 0.6, TYPES))[kinds]
    deals = np.exp(rng.normal(np.log(110), 1.1, size))
    dead = rng.random(size) < ignored
    spread = _spread(rng, size, messy=messy)
    stopped = np.where(dead, rng.choice(3, size, p=(0.4, 0.4, 0.2)), -1)
    faint = np.minimum(np.exp(rng.normal(np.log(0.015), 1.0, size)), 0.1)
    faint = faint * rng.gamma(0.4, 1 / 0.4, size)
    readiness = np.where(dead, faint, spread)
    true_mean = rate * deals * readiness
    if messy:
        true_mean = true_mean * rng.gamma(BURSTS, 1 / BURSTS, size)
        recorded = rng.beta(RECORDED * RECORDING, (1 - RECORDED) * RECORDING, size)
        # What is recorded is what the library knows; live assets' recorded rate is `rate`.
        true_mean = true_mean / RECORDED
    else:
        recorded = np.ones(size)
    true_uses = rng.poisson(true_mean)
    uses = rng.binomial(true_uses, recorded)
    # Each use comes with downloads or openings; beyond these people take what they never use.
    per_use = np.exp(rng.normal(np.log(1.6), 0.5 if messy else 0.25, size))
    live = rate * deals / (RECORDED if messy else 1.0)
    idle = np.where(stopped == 2, rng.beta(0.5, 1.5, size), np.where(stopped == 1, 0.02, 0.006))
    idle = np.where(dead, idle, 0.25 * spread) * rng.gamma(2.0, 0.5, size)
    signs = rng.poisson(true_uses * per_use + live * idle)
    shown, views = _seen(rng, live * np.where(dead, 1.0, spread), signs, stopped)
    return Library(kinds, deals, uses, signs, shown, views, dead, stopped)


def _spread(rng: np.random.Generator, size: int, *, messy: bool) -> Floats:
    """How readily live assets are used, one being usual for the type."""
    import numpy as np

    if not messy:
        narrow: Floats = rng.gamma(1.2, 1 / 1.2, size)
        return np.where(rng.random(size) < 0.07, 0.25 * narrow, narrow)
    shape = rng.uniform(1.8, 3.2)
    gamma = rng.gamma(shape, 1 / shape, size)
    heavy = np.exp(rng.normal(-0.18, 0.6, size))
    humped = np.where(rng.random(size) < 0.5, 0.5, 1.5) * rng.gamma(8.0, 1 / 8, size)
    which = rng.random()
    spread: Floats = gamma if which < 0.5 else heavy if which < 0.8 else humped
    spread = spread * np.where(rng.random(size) < 0.07, rng.uniform(0.15, 0.5, size), 1.0)
    seasonal = rng.random(size) < 0.05
    return np.where(seasonal, spread * rng.uniform(0.2, 1.5, size), spread)


def _seen(rng: np.random.Generator, live: Floats, signs: Ints, stopped: Ints) -> tuple[Ints, Ints]:
    """Times shown and views. Live assets are shown some eighty times for a use and opened one
    time in eight; each step varies by asset, and where it stopped it is a twelfth."""
    import numpy as np

    size = len(live)
    shown_rate = 80 * live * rng.gamma(1.5, 1 / 1.5, size) * np.where(stopped == 0, 0.06, 1.0)
    shown = rng.poisson(shown_rate)
    share = 0.12 * rng.gamma(2.0, 0.5, size) * np.where(stopped == 1, 0.06, 1.0)
    views = rng.poisson(shown * np.minimum(share, 1.0)) + signs
    return shown, views

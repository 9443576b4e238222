"""Made-up deals for the comparison of deals with and without an asset; the effect is known.

Worlds, each wrong in one way for the naive comparison (closed deals with a use against those
without one, at whatever age):

- `plain`: who uses the asset hangs on the industry and the size, which are strata.
- `time`: a deal that lives longer has more time to use it, and longer deals are won more often.
- `reps`: good reps win more and use it more.
- `hidden`: reps choose it for deals that go well for reasons that nobody recorded. No strata
  hold that; the documents show what happens then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from collateral.reports.influence_strata import Cases

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WORLDS = ("plain", "time", "reps", "hidden")
REPS, INDUSTRIES, STAGES = 30, 4, 3
COMPARED = 6
"""Deals for each one with use."""


@dataclass(frozen=True)
class Market:
    """A company's closed deals, and when each of its assets was first used in them.

    Attributes:
        used: (assets, deals), days since the deal was opened; nan for never.
    """

    cases: Cases
    used: Floats


def made_market(rng: np.random.Generator, world: str, used: int, effects: list[float]) -> Market:
    """A company in which each asset is used in about `used` deals, one in seven of all.

    Args:
        effects: for each asset what its use adds to the chance of winning, between -1 and 1.
    """
    import numpy as np

    size = used * (COMPARED + 1)
    rep, industry = rng.integers(0, REPS, size), rng.integers(0, INDUSTRIES, size)
    ability = rng.normal(0, 1, REPS)
    amount = np.exp(rng.normal(11, 1, size))
    luck = rng.normal(0, 1, size)
    large = (np.log(amount) - 11) > 0
    chance = 0.30 + 0.10 * (industry == 0) - 0.08 * (industry == 1) + 0.06 * large
    eager = np.exp(0.5 * (industry == 0) - 0.4 * (industry == 1) + 0.3 * large)
    length = rng.gamma(2.0, 18.0, (size, STAGES)) + 2.0
    if world == "time":
        chance = chance + 0.14 * np.tanh((length.sum(1) - 114.0) / 50.0)
    if world == "reps":
        chance = chance + 0.12 * ability[rep]
        eager = eager * np.exp(0.7 * ability[rep])
    if world == "hidden":
        chance = chance + 0.12 * luck
        eager = eager * np.exp(0.7 * luck)
    ends = np.cumsum(length, axis=1)
    starts = ends - length
    closed = ends[:, -1]
    moments = _first_uses(rng, eager, closed, len(effects))
    helped = sum(effect * ~np.isnan(moments[row]) for row, effect in enumerate(effects))
    won = rng.random(size) < np.clip(chance + helped, 0.02, 0.98)
    deal = np.repeat(np.arange(size), STAGES)
    stage = np.tile(np.arange(STAGES), size)
    cases = Cases(
        rep,
        industry,
        amount,
        closed,
        won,
        deal,
        stage,
        starts.ravel(),
        ends.ravel(),
    )
    return Market(cases, moments)


def _first_uses(rng: np.random.Generator, eager: Floats, closed: Floats, assets: int) -> Floats:
    """When each asset was first used in each deal, in days; NaN where it never was. A row an asset.

    Args:
        eager: how readily each deal's rep uses anything.
        closed: how long each deal lasted, in days.
    """
    import numpy as np

    size, share = len(closed), 1 / (COMPARED + 1)
    hazard = eager / (eager.mean() * closed.mean()) * -np.log1p(-share) * 1.15
    moments = np.full((assets, size), np.nan)
    for row in range(assets):
        wait = rng.exponential(1.0, size) / hazard
        moments[row] = np.where(wait < closed, wait, np.nan)
    return moments


def expected_difference(rng: np.random.Generator, world: str, used: int, effect: float) -> float:
    """What the comparison estimates where the effect is known, between -1 and 1.

    Deals that use the asset later stay among those without, so that it is less than the effect
    by their part: of the deals open when one first used it, that had not used it by then, those
    that still would. Found from 400 users among at least 14,000 deals.
    """
    import numpy as np

    if effect == 0.0:
        return 0.0
    market = made_market(rng, world, max(used, 2000), [effect])
    moment, cases = market.used[0], market.cases
    later = 0.0
    count = 0
    users = np.flatnonzero(~np.isnan(moment))
    for deal in rng.choice(users, min(len(users), 400), replace=False):
        open_then = (cases.closed > moment[deal]) & ~(moment <= moment[deal])
        later += float((~np.isnan(moment[open_then])).mean())
        count += 1
    return effect * (1 - later / count)

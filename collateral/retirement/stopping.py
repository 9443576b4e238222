"""Where an ignored asset stopped on its way from published to used. Pure.

Three steps lead from a deal to a use: shown, opened, used. At each, an asset goes on as live
ones do or at 8 % of that; both are negative-binomial, the live rate and spread taken from
the assets that are surely alive, and a quarter stop at each step before anything is known.
The answer is the step that is the first to stop with a probability of 80 %: it stopped there
and went on at every step before. Where less than a fifth of the library seems alive it takes
90 %, because the few that say what is usual may themselves be ignored; where fewer than
twenty assets are surely alive nobody says what is usual. Where no step is so sure, it is "not
clear". Before that two other signs are looked for: use that fell off, and
adaptations in place of uses. The settings are the project's own (`collateral bench evidence`
prints how often an answer is wrong: fixed thresholds are wrong in a quarter).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from collateral.retirement.models import Stopped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

STOPPED_RATE = 0.08
"""A step that it stopped at is taken at so much of the live assets' rate."""
USUAL_SHAPE, SHAPE_WEIGHT = 1.5, 20.0
"""How unlike live assets usually are in a step (a gamma's shape), and how many assets' word that
is worth: where little is alive, the moments of the few say too much."""
STOPPED_PRIOR = 0.25
SURE, SURE_OF_FEW, FEW = 0.80, 0.90, 0.20
"""An answer is at least so sure; so sure where less than the last, of the library, seems alive."""
SURELY_ALIVE, ENOUGH_ALIVE = 0.8, 20
"""So many assets at least that are so surely alive must say what is usual."""
STEPS = (Stopped.NEVER_SHOWN, Stopped.NOT_OPENED, Stopped.NOT_USED)

EARLIER_USES = 4
DROPPED_SURE = 0.8
DROPPED_RATE, DROPPED_PRIOR, DROPPED_BELOW = 1 / 3, 0.15, 0.15
CONCENTRATION = 12.0
REMADE_A, REMADE_B, REMADE_SURE, REMADE_PEOPLE = 1.2, 6.8, 0.9, 3
"""Adaptations are usually 15 % of uses: Beta(1.2, 6.8), the project's own setting."""


@dataclass(frozen=True)
class Funnel:
    """How far the assets of a library came, as arrays over the assets.

    Attributes:
        expected: uses that a live asset of the type would have had in the deals that came by.
        shown, views, uses: what was counted in the same time.
    """

    expected: Floats
    shown: Floats
    views: Floats
    uses: Floats

    def steps(self) -> tuple[tuple[Floats, Floats], ...]:
        """For each step what went in and what came out."""
        return (
            (self.expected, self.shown),
            (self.shown, self.views),
            (self.views, self.uses),
        )


@dataclass(frozen=True)
class Stop:
    """The answer, with the numbers of its sentence.

    Of a step: `of` what went in, `came` what came out, `usual` the live assets' rate of it. What
    was dropped and what is re-created have others; see docket.py.
    """

    where: Stopped
    facts: Mapping[str, Any]


def where_stopped(funnel: Funnel, alive: Floats, asked: Sequence[int]) -> list[Stop]:
    """For each of the positions asked for where it stopped, in their order.

    Args:
        alive: for each asset of the library the probability that it is alive; those above 0.8
            say what is usual, and with fewer than 20 of them every answer is "not clear".
    """
    import numpy as np

    live = alive > SURELY_ALIVE
    if live.sum() < ENOUGH_ALIVE:
        return [Stop(Stopped.NOT_CLEAR, {}) for _ in asked]
    chances, usual = [], []
    for before, after in funnel.steps():
        rate, shape = _live_moments(before[live], after[live])
        usual.append(rate)
        chances.append(_chance(before[list(asked)], after[list(asked)], rate, shape))
    firsts = _first_to_stop(chances)
    sure = SURE_OF_FEW if alive.mean() < FEW else SURE
    stops = []
    for place, position in enumerate(asked):
        step = int(firsts[:, place].argmax())
        if firsts[step, place] < sure:
            stops.append(Stop(Stopped.NOT_CLEAR, {}))
            continue
        entered, came = (float(side[position]) for side in funnel.steps()[step])
        facts = {
            "of": round(entered, 1),
            "came": int(came),
            "usual": float(np.round(usual[step], 4)),
        }
        stops.append(Stop(STEPS[step], facts))
    return stops


def _first_to_stop(chances: Sequence[Floats]) -> Floats:
    """For each step (rows) the probability that it stopped there and went on before.

    A step alone would be answered with "not opened" for an asset that was shown so little
    that not being opened proves nothing: whether it was shown enough is the question then.
    """
    import numpy as np

    stopped = np.array(chances)
    went_on = np.cumprod(1 - stopped, axis=0)
    firsts: Floats = stopped.copy()
    firsts[1:] *= went_on[:-1]
    return firsts


def _live_moments(before: Floats, after: Floats) -> tuple[float, float]:
    """Rate and shape of a step among live assets, by moments; 0 where nothing was counted.

    The shape is drawn towards the usual one, the more the fewer live assets there are.
    """
    import numpy as np

    if not len(before) or before.sum() <= 0 or after.sum() <= 0:
        return 0.0, 1.0
    rate = float(after.sum() / before.sum())
    mean = rate * before
    excess = float(((after - mean) ** 2 - mean).sum() / (mean**2).sum())
    found = np.log(np.clip(1 / excess if excess > 0 else 20.0, 0.3, 20.0))
    told = len(before) * found + SHAPE_WEIGHT * np.log(USUAL_SHAPE)
    return rate, float(np.exp(told / (len(before) + SHAPE_WEIGHT)))


def _chance(before: Floats, after: Floats, rate: float, shape: float) -> Floats:
    """For each asset the probability that it stopped at this step, whatever the others say."""
    import numpy as np
    from scipy.stats import nbinom

    if rate == 0.0:
        return np.zeros(len(before))
    mean = np.maximum(rate * before, 1e-9)
    going = nbinom.logpmf(after, shape, shape / (shape + mean))
    stopped = nbinom.logpmf(after, shape, shape / (shape + STOPPED_RATE * mean))
    odds = np.exp(np.clip(going - stopped, -50, 50)) * (1 - STOPPED_PRIOR) / STOPPED_PRIOR
    chance: Floats = 1 / (1 + odds)
    return chance


def dropped_chance(
    earlier_uses: int, earlier_deals: float, recent_uses: int, recent_deals: float
) -> float:
    """The probability that the rate of use fell below a third; 0 with under four uses before.

    Recent uses are a beta-binomial part of all (concentration 12: bursts); the ratio of the
    rates is log-normal around 1 (sd 0.7) for 85 %, and below 0.15 for the rest. It is
    seldom said: `collateral bench evidence --table fallen` tells of how many steady ones it is,
    and of how many that fell.

    Args:
        earlier_deals, recent_deals: eligible deals that were open in each time.
    """
    import numpy as np
    from scipy.stats import betabinom, norm

    if earlier_uses < EARLIER_USES or earlier_deals <= 0 or recent_deals <= 0:
        return 0.0
    low = np.linspace(0.003, DROPPED_BELOW, 25)
    logs = np.linspace(-3.0, 3.0, 121)
    ratios = np.concatenate([low, np.exp(logs)])
    steady = norm.pdf(logs, 0, 0.7)
    prior = np.concatenate(
        [np.full(25, DROPPED_PRIOR / 25), (1 - DROPPED_PRIOR) * steady / steady.sum()]
    )
    part = ratios * recent_deals / (ratios * recent_deals + earlier_deals)
    likely = betabinom.pmf(
        recent_uses,
        earlier_uses + recent_uses,
        CONCENTRATION * part,
        CONCENTRATION * (1 - part),
    )
    posterior = prior * likely
    return float(posterior[ratios < DROPPED_RATE].sum() / posterior.sum())


def remade_chance(adaptations: int, uses: int, people: int, median: float) -> float:
    """The probability that it is adapted more than twice as often as is usual; 0 where fewer than
    three people did.

    Args:
        adaptations: how many were made of it, by `people` different people.
        uses: its uses, those of adaptations included.
        median: the usual share of adaptations in uses.
    """
    from scipy.stats import beta

    if people < REMADE_PEOPLE:
        return 0.0
    kept = max(uses - adaptations, 0)
    return float(beta.sf(min(2 * median, 1.0), REMADE_A + adaptations, REMADE_B + kept))

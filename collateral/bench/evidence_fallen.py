"""Made-up assets whose use fell off, or did not, and that reps remake, or do not.

How often the two answers to where an asset stopped that do not rest on the steps from shown to
used are given: "used, then dropped" and "re-created". Uses come in bursts and a good part of them
is never recorded, as in the messy libraries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from collateral.bench.evidence_libraries import BURSTS, RECORDED, RECORDING
from collateral.retirement import stopping

if TYPE_CHECKING:
    import numpy as np

RATES = {"steady": 1.0, "fell by 30 %": 0.7, "fell to a tenth": 0.1}
"""The rate of use in the last 180 days over that of the year before."""
USUAL = 0.15
REMADE = {"remade as usual": 1.0, "remade three times as often": 3.0, "never remade": 0.0}
"""Adaptations of an asset in its uses, over the usual part."""
REPS = 30


@dataclass(frozen=True)
class FallenFigures:
    """Of so many assets, the share that is called dropped or re-created."""

    made: str
    called: str
    share: float
    assets: int


def fallen_figures(assets: int, seed: int) -> Iterator[FallenFigures]:
    """A row for each way in which use goes on; dropped ones have at least four uses before."""
    import numpy as np

    for place, (made, rate) in enumerate(RATES.items()):
        rng = np.random.default_rng([seed, 1, place])
        share = sum(_is_dropped(rng, rate) for _ in range(assets)) / assets
        yield FallenFigures(made, "dropped", share, assets)
    for place, (made, part) in enumerate(REMADE.items()):
        rng = np.random.default_rng([seed, 2, place])
        share = sum(_is_remade(rng, part) for _ in range(assets)) / assets
        yield FallenFigures(made, "re-created", share, assets)


def _is_dropped(rng: np.random.Generator, rate: float) -> bool:
    import numpy as np

    earlier = 0
    while earlier < stopping.EARLIER_USES:
        deals = float(np.exp(rng.normal(np.log(110), 0.8)))
        per_deal = 0.08 * rng.gamma(1.2, 1 / 1.2)
        recorded = rng.beta(RECORDED * RECORDING, (1 - RECORDED) * RECORDING)
        earlier = int(rng.poisson(per_deal * deals * recorded * rng.gamma(BURSTS, 1 / BURSTS)))
    since = deals * 180 / 365 * float(np.exp(rng.normal(0, 0.2)))
    recent = per_deal * since * recorded * rate * rng.gamma(BURSTS, 1 / BURSTS)
    chance = stopping.dropped_chance(earlier, deals, int(rng.poisson(recent)), since)
    return chance >= stopping.DROPPED_SURE


def _is_remade(rng: np.random.Generator, part: float) -> bool:
    uses = int(rng.poisson(8 * rng.gamma(1.2, 1 / 1.2)))
    usual = min(USUAL * rng.gamma(3.0, 1 / 3) * part, 1.0)
    adaptations = int(rng.binomial(uses, usual))
    people = len(set(rng.integers(0, REPS, adaptations).tolist()))
    return stopping.remade_chance(adaptations, uses, people, USUAL) >= stopping.REMADE_SURE

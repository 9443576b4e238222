"""What to use in a deal: a pure score whose parts can be shown.

    score = ln u + 2 match + 0.5 ln(fresh + 0.05)

`u` is how often an asset is used in deals at this stage, half from deals that were won and
half from all, each smoothed towards what is usual and divided by the mean over all
candidates. `match` is 0.4 for the industry, 0.3 each for product and stage. `fresh` halves
each year. Clicks play no part. The last place explores: a draw among matching assets with
little evidence, seeded by deal and day so that it stays the same while one looks.

The weights are the project's own, measured on held-back later deals.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

PRIOR = 8.0
HALF_LIFE = 365.0
LITTLE_EVIDENCE = 8


@dataclass(frozen=True)
class Tally:
    """Deals that passed this stage since the asset was published, and those that used it there.

    `similar` counts only deals of the same industry.
    """

    used: int
    deals: int
    similar_used: int
    similar_deals: int


@dataclass(frozen=True)
class Candidate:
    """An asset that the person may see and has not sent to this buyer yet.

    `age` is in days since publication. `won` counts deals closed as won before the moment
    that is asked about, `all` counts every deal before it.
    """

    asset_id: int
    industry: bool
    product: bool
    stage: bool
    age: float
    won: Tally
    all: Tally


@dataclass(frozen=True)
class Suggestion:
    """An asset with the parts of its score; `explores` marks the one with little evidence."""

    asset_id: int
    score: float
    proven: float
    match: float
    fresh: float
    explores: bool
    candidate: Candidate


def suggest(
    candidates: Sequence[Candidate], *, deal_id: int, today: date, count: int = 5
) -> list[Suggestion]:
    """The best `count`, best first; where there is one, the last explores."""
    if not candidates:
        return []
    ranked = sorted(_scored(candidates), key=lambda s: (-s.score, s.asset_id))
    top = ranked[:count]
    if len(ranked) <= count:
        return top
    explored = _explore(ranked[count - 1 :], deal_id, today)
    return [*top[:-1], explored] if explored else top


def _scored(candidates: Sequence[Candidate]) -> list[Suggestion]:
    won = _rates([c.won for c in candidates])
    everything = _rates([c.all for c in candidates])
    scored = []
    for candidate, w, a in zip(candidates, won, everything, strict=True):
        proven = math.log(0.5 * w + 0.5 * a)
        match = 2 * (0.4 * candidate.industry + 0.3 * candidate.product + 0.3 * candidate.stage)
        fresh = 0.5 * math.log(2 ** (-max(candidate.age, 0.0) / HALF_LIFE) + 0.05)
        scored.append(
            Suggestion(
                candidate.asset_id, proven + match + fresh, proven, match, fresh, False, candidate
            )
        )
    return scored


def _rates(tallies: Sequence[Tally]) -> list[float]:
    """How often each is used, smoothed, over the mean of all; 1 is usual."""
    used, deals = sum(t.used for t in tallies), sum(t.deals for t in tallies)
    base = (used + 0.5) / (deals + 10)
    rates = []
    for tally in tallies:
        at_stage = (tally.used + PRIOR * base) / (tally.deals + PRIOR)
        rates.append((tally.similar_used + PRIOR * at_stage) / (tally.similar_deals + PRIOR))
    mean = math.fsum(rates) / len(rates)  # exact, so that the order of asking never shows
    return [rate / mean for rate in rates]


def _explore(ranked: Sequence[Suggestion], deal_id: int, today: date) -> Suggestion | None:
    """A Thompson draw (Biometrika 25, 1933, 285-294) among matching assets little used so far."""
    chance = random.Random(f"{deal_id} {today.isoformat()}")  # noqa: S311 - no secret
    best: tuple[float, Suggestion] | None = None
    for suggestion in ranked:
        tally = suggestion.candidate.all
        if suggestion.match < 1 or tally.used >= LITTLE_EVIDENCE:
            continue
        draw = chance.betavariate(tally.used + 0.5, max(tally.deals - tally.used, 0) + 4.0)
        if best is None or draw > best[0]:
            best = (draw, suggestion)
    if best is None:
        return None
    s = best[1]
    return Suggestion(s.asset_id, s.score, s.proven, s.match, s.fresh, True, s.candidate)

"""Were deals with an asset won more often? A fair comparison, or "not enough deals yet".

Each stage is a comparison of its own (a sequence of target trials; Hernán and Robins,
American Journal of Epidemiology 183, 2016, 758-764): deals in which the asset was first
used at the stage, against deals that reached the stage, were still open in it at the same
age and had not used it by then. Comparing with deals that *never* used it flatters every
asset, because a deal that lives long has more time to use something.

Strata are the rep with how well the deal fits, so that a good rep's habits are not taken
for the asset's merit. Where these find too few partners, size and industry are used and the
result says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from collateral.reports.difference import Difference, Stratum, difference

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AGE_BIN = timedelta(weeks=3)
MIN_WITH, MIN_WITHOUT, MIN_WON, MIN_LOST = 20, 40, 5, 5
MAX_HALF_WIDTH = 0.25
MIN_FOR_REPS, MAX_UNPAIRED = 30, 0.20


@dataclass(frozen=True)
class DealHistory:
    """A closed deal for which the asset was eligible.

    Attributes:
        stages: (stage, entered), in order of time.
        size: its amount in the reporting currency; 0 where unknown.
        used: when the asset was first used in it, None if never.
    """

    id: int
    rep: int | None
    industry: str | None
    size: float
    stages: tuple[tuple[str, datetime], ...]
    closed: datetime
    won: bool
    used: datetime | None


@dataclass(frozen=True)
class Influence:
    """What the comparison says of one asset.

    Attributes:
        difference: None where there are not enough deals yet.
        with_asset, without: distinct closed deals on both sides.
        rep_removed: whether the strata take out the rep's own skill.
        unpaired: share of the deals with use that found no deal to be compared with.
    """

    difference: Difference | None
    with_asset: int
    without: int
    won_with: int
    won_without: int
    rep_removed: bool
    unpaired: float


@dataclass(frozen=True)
class _Visit:
    """One deal in one stage."""

    deal: DealHistory
    entered: datetime
    left: datetime

    def age_bin(self, moment: datetime) -> int:
        return int((moment - self.entered) / AGE_BIN)


Key = Callable[[DealHistory], Hashable]


def influence(deals: Sequence[DealHistory]) -> Influence:
    """Compare the deals that used the asset with those that had not by then."""
    used = sum(deal.used is not None for deal in deals)
    if used >= MIN_FOR_REPS:
        by_rep = _compare(deals, _rep_and_fit(deals))
        if by_rep.unpaired <= MAX_UNPAIRED:
            return _with_floor(by_rep, rep_removed=True)
    return _with_floor(_compare(deals, _size_and_industry(deals)), rep_removed=False)


@dataclass(frozen=True)
class _Compared:
    strata: list[Stratum]
    with_ids: frozenset[int]
    without_ids: frozenset[int]
    won_ids: frozenset[int]
    unpaired: float


def _compare(deals: Sequence[DealHistory], key: Key) -> _Compared:
    """Pair deals by stage, age and `key`; every pairing is one stratum."""
    visits = _visits(deals)
    groups: dict[tuple[str, Hashable], list[_Visit]] = defaultdict(list)
    for stage, rows in visits.items():
        for visit in rows:
            groups[stage, key(visit.deal)].append(visit)
    strata: list[Stratum] = []
    with_ids: set[int] = set()
    without_ids: set[int] = set()
    alone = 0
    for rows in groups.values():
        users = [v for v in rows if v.deal.used and v.entered <= v.deal.used < v.left]
        for age, count in Counter(v.age_bin(_used(v)) for v in users).items():
            cases = [v for v in users if v.age_bin(_used(v)) == age]
            others = [v for v in rows if _at_risk(v, age)]
            if not others:
                alone += count
                continue
            with_ids.update(v.deal.id for v in cases)
            without_ids.update(v.deal.id for v in others)
            strata.append(
                Stratum(
                    sum(v.deal.won for v in cases),
                    len(cases),
                    sum(v.deal.won for v in others),
                    len(others),
                )
            )
    won_ids = {deal.id for deal in deals if deal.won}
    found = len(with_ids) + alone
    return _Compared(
        strata,
        frozenset(with_ids),
        frozenset(without_ids),
        frozenset(won_ids),
        alone / found if found else 0.0,
    )


def _used(visit: _Visit) -> datetime:
    assert visit.deal.used is not None
    return visit.deal.used


def _at_risk(visit: _Visit, age: int) -> bool:
    """Still open in the stage when that age begins, and without use until it ends."""
    begin = visit.entered + age * AGE_BIN
    end = begin + AGE_BIN
    return visit.left > begin and (visit.deal.used is None or visit.deal.used >= end)


def _visits(deals: Sequence[DealHistory]) -> Mapping[str, list[_Visit]]:
    visits: dict[str, list[_Visit]] = defaultdict(list)
    for deal in deals:
        leaves = [entered for _, entered in deal.stages[1:]] + [deal.closed]
        for (stage, entered), left in zip(deal.stages, leaves, strict=True):
            visits[stage].append(_Visit(deal, entered, left))
    return visits


def _with_floor(compared: _Compared, *, rep_removed: bool) -> Influence:
    """Say the number only where there are enough deals, won and lost, and it is not too wide."""
    won_with = len(compared.with_ids & compared.won_ids)
    won_without = len(compared.without_ids & compared.won_ids)
    n1, n0 = len(compared.with_ids), len(compared.without_ids)
    won, lost = won_with + won_without, n1 + n0 - won_with - won_without
    enough = n1 >= MIN_WITH and n0 >= MIN_WITHOUT and won >= MIN_WON and lost >= MIN_LOST
    found = difference(compared.strata) if enough else None
    if found is not None and (found.high - found.low) / 2 > MAX_HALF_WIDTH:
        found = None
    return Influence(found, n1, n0, won_with, won_without, rep_removed, compared.unpaired)


def _rep_and_fit(deals: Sequence[DealHistory]) -> Key:
    """The rep, and whether the deal fits better or worse than the median deal with use.

    Fit is a logistic regression of winning on size and industry, fitted on the deals
    without the asset, so that its own effect is not taken for fit.
    """
    fit = fitness(deals)
    users = [fit[deal.id] for deal in deals if deal.used is not None]
    cut = median(users) if users else 0.0
    return lambda deal: (deal.rep, fit[deal.id] >= cut)


def _size_and_industry(deals: Sequence[DealHistory]) -> Key:
    sizes = sorted(deal.size for deal in deals)
    cuts = [sizes[len(sizes) * third // 3] for third in (1, 2)] if sizes else [0.0, 0.0]
    return lambda deal: (deal.industry, sum(deal.size >= cut for cut in cuts))


def fitness(deals: Sequence[DealHistory]) -> dict[int, float]:
    """Log-odds of winning from size and industry, learned from the deals without the asset.

    Ridge-penalised, by Newton's steps: industries with two deals must not run away.
    """
    import numpy as np

    industries = sorted({deal.industry or "" for deal in deals})
    rows = np.zeros((len(deals), len(industries) + 1))
    sizes = np.log1p([max(deal.size, 0.0) for deal in deals])
    rows[:, 0] = (sizes - sizes.mean()) / (sizes.std() or 1.0)
    for position, deal in enumerate(deals):
        rows[position, 1 + industries.index(deal.industry or "")] = 1.0
    chosen = np.array([deal.used is None for deal in deals])
    won = np.array([deal.won for deal in deals], dtype=float)
    weights = _logistic(rows[chosen], won[chosen])
    return dict(zip((deal.id for deal in deals), (rows @ weights).tolist(), strict=True))


def _logistic(rows: NDArray[np.float64], won: NDArray[np.float64]) -> NDArray[np.float64]:
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

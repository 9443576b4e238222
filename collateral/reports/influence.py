"""Were deals with an asset won more often? A fair comparison, or "not enough deals yet".

Each stage is a comparison of its own (a sequence of target trials; Hernán and Robins,
American Journal of Epidemiology 183, 2016, 758-764): deals in which the asset was first
used at the stage, against deals that reached the stage, were still open in it at the same
age and had not used it by then. Comparing with deals that *never* used it flatters every
asset, because a deal that lives long has more time to use something.

Strata are the rep with how well the deal fits, so that a good rep's habits are not taken
for the asset's merit. Where these find too few partners, size and industry are used and the
result says so. `collateral bench evidence` measures what each choice does to the interval.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from collateral.reports.difference import Difference, Stratum, difference
from collateral.reports.influence_strata import Cases, Strata, rep_and_fit, size_and_industry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

AGE_BIN = 21.0
"""Days. Deals are compared at the same age in the stage, in steps of three weeks."""
MIN_WITH, MIN_WITHOUT, MIN_WON, MIN_LOST = 20, 40, 5, 5
MAX_HALF_WIDTH = 0.25
MIN_FOR_REPS, MAX_UNPAIRED = 30, 0.20
BANDS_FROM = (40, 80, 150)
"""Deals with use from which fit is cut into three bands, four and five."""


@dataclass(frozen=True)
class Compared:
    """One comparison: the difference with the distinct closed deals on both sides.

    Attributes:
        difference: None where there are not enough deals yet.
        with_asset, without: deals that used the asset, and deals that had not by then.
        days_with, days_without: median days to closing from there on, of the deals won, those
            without weighed so that stage and age are as in those with; None below the floor.
    """

    difference: Difference | None
    with_asset: int
    without: int
    won_with: int
    won_without: int
    days_with: float | None = None
    days_without: float | None = None


@dataclass(frozen=True)
class Influence:
    """What the comparison says of one asset.

    Attributes:
        overall: all stages together, each compared within itself.
        stages: (stage code, comparison) for each stage in which it was first used.
        strata: within what deals were compared; reps' skill is removed by REP_AND_FIT alone.
        unpaired: share of the deals with use that found no deal to be compared with.
    """

    overall: Compared
    stages: tuple[tuple[int, Compared], ...]
    strata: Strata
    unpaired: float

    @property
    def rep_removed(self) -> bool:
        return self.strata is Strata.REP_AND_FIT


@dataclass(frozen=True)
class _Group:
    """Deals of one stage, age and stratum: positions with use, positions without."""

    stage: int
    users: Ints
    others: Ints
    days_users: Floats
    days_others: Floats


def influence(
    cases: Cases,
    used: Floats,
    eligible: Bools,
    *,
    strata: Strata | None = None,
    floor: bool = True,
) -> Influence:
    """Compare the deals that used the asset with those that had not by then.

    Args:
        used: for each deal when the asset was first used in it, nan for never.
        eligible: the deals that the asset was made for and that could have used it.
        strata: within what to compare; None chooses by the numbers (the module's text).
        floor: False gives the interval also where there are not enough deals to show it; for
            the simulator alone.
    """
    groups, chosen, unpaired = _paired(cases, used, eligible, strata)
    return _result(cases, groups, chosen, unpaired, floor)


def sides(cases: Cases, used: Floats, eligible: Bools) -> tuple[Ints, Ints]:
    """The positions of the deals that stand on both sides: with the asset, and without."""
    import numpy as np

    groups, _strata, _unpaired = _paired(cases, used, eligible, None)
    none = np.array([], dtype=np.int64)
    return (
        np.unique(np.concatenate([none, *(group.users for group in groups)])),
        np.unique(np.concatenate([none, *(group.others for group in groups)])),
    )


def _paired(
    cases: Cases, used: Floats, eligible: Bools, strata: Strata | None
) -> tuple[list[_Group], Strata, float]:
    """The groups within which is compared, by what, and the share of users without a partner."""
    import numpy as np

    count = int((eligible & ~np.isnan(used)).sum())
    if strata is Strata.REP_AND_FIT or (strata is None and count >= MIN_FOR_REPS):
        for bands in range(_most_bands(count), 1, -1):
            key = rep_and_fit(cases, used, eligible, bands)
            groups, unpaired = _groups(cases, used, eligible, key)
            if unpaired <= MAX_UNPAIRED or (strata is not None and bands == 2):
                return groups, Strata.REP_AND_FIT, unpaired
    groups, unpaired = _groups(cases, used, eligible, size_and_industry(cases, eligible))
    return groups, Strata.SIZE_AND_INDUSTRY, unpaired


def _most_bands(count: int) -> int:
    """In how many bands of fit so many deals with use can be cut: what a band leaves of the
    fit within it shows as a bias of a point or two, which matters once intervals are narrow."""
    return sum(count >= least for least in BANDS_FROM) + 2


def _groups(cases: Cases, used: Floats, eligible: Bools, key: Ints) -> tuple[list[_Group], float]:
    """Pair deals by stage, age and `key`; and the share of users who found nobody."""
    import numpy as np

    mine = eligible[cases.visit_deal]
    deal, stage = cases.visit_deal[mine], cases.visit_stage[mine]
    entered, left = cases.entered[mine], cases.left[mine]
    moment, closed = used[deal], cases.closed[deal]
    here = (moment >= entered) & (moment < left)
    groups: list[_Group] = []
    found = alone = 0
    for each in np.unique(stage[here]):
        rows = np.flatnonzero(stage == each)
        age = np.floor((moment[rows] - entered[rows]) / AGE_BIN)
        for step in np.unique(age[here[rows]]):
            begin = entered[rows] + step * AGE_BIN
            user = here[rows] & (age == step)
            # Still open in the stage at the users' mean age, and without use until the bin
            # ends; nan compares as "never", so later and never users stay in.
            usual = float((moment[rows] - begin)[user].mean())
            other = (left[rows] > begin + usual) & ~(moment[rows] < begin + AGE_BIN)
            keys = key[deal[rows]]
            others_by_key = _split(np.flatnonzero(other), keys)
            for value, users in _split(np.flatnonzero(user), keys).items():
                found += len(users)
                others = others_by_key.get(value)
                if others is None:
                    alone += len(users)
                    continue
                u, o = rows[users], rows[others]
                groups.append(
                    _Group(
                        int(each),
                        deal[u],
                        deal[o],
                        closed[u] - moment[u],
                        closed[o] - begin[others] - usual,
                    )
                )
    return groups, alone / found if found else 0.0


def _split(positions: Ints, keys: Ints) -> dict[int, Ints]:
    """Positions by their key."""
    import numpy as np

    if not len(positions):
        return {}
    ranked = positions[np.argsort(keys[positions], kind="stable")]
    values, starts = np.unique(keys[ranked], return_index=True)
    return dict(zip(values.tolist(), np.split(ranked, starts[1:]), strict=True))


def _result(
    cases: Cases, groups: list[_Group], strata: Strata, unpaired: float, floor: bool
) -> Influence:
    stages = sorted({group.stage for group in groups})
    return Influence(
        _compared(cases, groups, floor),
        tuple((s, _compared(cases, [g for g in groups if g.stage == s], floor)) for s in stages),
        strata,
        unpaired,
    )


def _compared(cases: Cases, groups: list[_Group], floor: bool) -> Compared:
    """Say the number only where there are enough deals, won and lost, and it is not too wide."""
    import numpy as np

    if not groups:
        return Compared(None, 0, 0, 0, 0)
    won = cases.won
    users = np.unique(np.concatenate([group.users for group in groups]))
    others = np.unique(np.concatenate([group.others for group in groups]))
    won_with, won_without = int(won[users].sum()), int(won[others].sum())
    n1, n0 = len(users), len(others)
    if floor and not _enough(n1, n0, won_with + won_without):
        return Compared(None, n1, n0, won_with, won_without)
    found = difference(
        [
            Stratum(int(won[g.users].sum()), len(g.users), int(won[g.others].sum()), len(g.others))
            for g in groups
        ],
        repeated=_repeated(groups, len(won)),
    )
    compared = Compared(found, n1, n0, won_with, won_without, *_days(cases, groups))
    return compared if not floor or may_be_told(compared) else replace(compared, difference=None)


def _enough(with_asset: int, without: int, won: int) -> bool:
    lost = with_asset + without - won
    enough = with_asset >= MIN_WITH and without >= MIN_WITHOUT
    return enough and won >= MIN_WON and lost >= MIN_LOST


def may_be_told(compared: Compared) -> bool:
    """Whether there are enough deals for the difference to be told, and it is not too wide."""
    found, won = compared.difference, compared.won_with + compared.won_without
    return (
        found is not None
        and _enough(compared.with_asset, compared.without, won)
        and (found.high - found.low) / 2 <= MAX_HALF_WIDTH
    )


def _repeated(groups: list[_Group], count: int) -> float:
    """By how much the same deals in several groups make the difference vary more.

    The difference is a sum over deals; a deal's part in it is what it weighs as a user less
    what it weighs as a comparison, over all groups. The sum of these squares, against that
    of groups without common deals, is the factor; it is taken as 1 where it is less.
    """
    import numpy as np

    part, alone = np.zeros(count), 0.0
    for group in groups:
        n1, n0 = len(group.users), len(group.others)
        weight = n1 * n0 / (n1 + n0)
        part[group.users] += weight / n1
        part[group.others] -= weight / n0
        alone += weight**2 * (1 / n1 + 1 / n0)
    return max(float((part**2).sum()) / alone, 1.0)


def _days(cases: Cases, groups: list[_Group]) -> tuple[float | None, float | None]:
    """Median days to closing of the deals won, at the same stage and age, on both sides."""
    import numpy as np

    with_days, without_days, weights = [], [], []
    for group in groups:
        mine, theirs = cases.won[group.users], cases.won[group.others]
        if mine.any() and theirs.any():
            with_days.append(group.days_users[mine])
            without_days.append(group.days_others[theirs])
            weights.append(np.full(int(theirs.sum()), mine.sum() / theirs.sum()))
    if sum(len(days) for days in with_days) < MIN_WON:
        return None, None
    days, weight = np.concatenate(without_days), np.concatenate(weights)
    order = np.argsort(days)
    middle = np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)
    without = float(days[order][min(int(middle), len(days) - 1)])
    return float(np.median(np.concatenate(with_days))), without

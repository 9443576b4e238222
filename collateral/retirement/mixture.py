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

A third to a half of all uses are never recorded, while downloads and openings by buyers
(signs) are. Where they are given, the same two parts are fitted to all that was recorded,
T = uses + signs, and a live asset's uses are a beta-binomial part of T, whose spread stands
for uses that nobody says. Beside the ignored that nobody takes there are then those that
people take and never use:

    alive    [0.93 NB(m, k) + 0.07 NB(0.25 m, k)](T)  BB(x | T)         m = (mu_t + b_t) n
    ignored  0.9 NB(eps m, 0.4)(T) BB(x | T)  +  0.1 NB(0.3 b_t n, 0.6)(y) NB(eps mu_t n, 0.4)(x)

where x are uses, y signs, and b_t is the rate of signs per eligible deal in live assets.
The settings are the project's own, chosen in simulation (`collateral bench evidence`). What
is supposed: counts of different assets are independent given their types' rates, and a live
asset's rate does not hang on how many deals it was made for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from collateral.retirement.likelihoods import Library
from collateral.retirement.mixture_fit import Fit, chances, fit_grid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MEAN_LIMIT, EACH_LIMIT = 0.05, 0.20
"""Local false discovery rates: of a list on average, and of each asset on it."""
STRICT_BELOW, STRICT_SPAN = 0.27, 0.6
"""With signs nothing is listed up to this ignored share, and from there on the mean limit grows to
the whole over this span; see `_limit`."""
UPPER = 0.8
"""Over the grid of shapes the higher of the weighted mean and this weighted quantile holds: which
shape is right is not known, and a list hangs on the worse of the likely ones."""


@dataclass(frozen=True)
class Evidence:
    """What the docket knows of one asset.

    Attributes:
        kind: index of its type, from 0.
        deals: eligible deals with any recorded use, season-weighted; at least 0.
        uses: uses of its family in the window.
        signs: downloads of its family and openings by buyers; None where these are not known.
            Either all assets of a library have them or none.
    """

    kind: int
    deals: float
    uses: int
    signs: int | None = None


@dataclass(frozen=True)
class Verdict:
    """What the fit says.

    Attributes:
        alive: for each asset the probability that it is alive (local fdr), in its order.
        listed: positions of the assets to propose, surest first.
        rates: for each type the live rate of use per eligible deal.
        ignored_share: share of the assets that the fit takes for ignored, 0 to 1.
        readable: False when no shape of the model fits; then nothing is listed.
        room: one more asset would be listed, too, were it alive with at most this probability.
        fits, weights: the shapes of the grid that fit, and what each weighs; they add up to 1.
    """

    alive: tuple[float, ...]
    listed: tuple[int, ...]
    rates: tuple[float, ...]
    ignored_share: float
    readable: bool
    room: float = 0.0
    fits: tuple[Fit, ...] = ()
    weights: tuple[float, ...] = ()

    def chance(self, assets: Sequence[Evidence]) -> tuple[float, ...]:
        """The probability that assets with this evidence are alive, by the same fit."""
        import numpy as np

        if not self.readable or not assets:
            return (1.0,) * len(assets)
        data, weights = as_arrays(assets), np.array(self.weights)
        each = np.array([chances(data, fit)[0] for fit in self.fits])
        return tuple(np.maximum(weights @ each, _upper(each, weights)).tolist())


def as_arrays(assets: Sequence[Evidence]) -> Library:
    """The evidence as the fit takes it; signs count only where every asset has them."""
    import numpy as np

    signs = [asset.signs for asset in assets]
    with_signs = all(each is not None for each in signs)
    uses = np.array([asset.uses for asset in assets], dtype=float)
    return Library(
        kinds=np.array([asset.kind for asset in assets]),
        deals=np.array([asset.deals for asset in assets], dtype=float),
        uses=uses,
        taken=uses + np.array(signs, dtype=float) if with_signs else uses,
        signs=np.array(signs, dtype=float) if with_signs else np.zeros(len(uses)),
        with_signs=with_signs,
    )


def judge(assets: Sequence[Evidence]) -> Verdict:
    """Fit the mixture to a library and list what belongs to the ignored kind.

    On average at most 5 % of the list is wrong; for libraries under 100 assets or with less
    than 40 % ignored the promise does not hold, and the docket asks the owner instead.
    """
    import numpy as np

    if not assets:
        return Verdict((), (), (), 0.0, False)
    data = as_arrays(assets)
    fits = fit_grid(data)
    if not fits:
        return Verdict((1.0,) * len(assets), (), (), 0.0, False)
    weights = np.exp(np.array([fit.weight for fit in fits]) - max(fit.weight for fit in fits))
    weights /= weights.sum()
    each = np.array([fit.alive for fit in fits])
    alive = np.maximum(weights @ each, _upper(each, weights))
    rates = weights @ np.array([fit.rates for fit in fits])
    share = float(1 - (weights @ each).mean())
    mean_limit = _limit(share) if data.with_signs else MEAN_LIMIT
    listed = longest_run(alive, mean_limit=mean_limit)
    return Verdict(
        alive=tuple(float(value) for value in alive),
        listed=listed,
        rates=tuple(float(value) for value in rates),
        ignored_share=share,
        readable=True,
        room=room_for_one(alive[list(listed)], mean_limit=mean_limit),
        fits=tuple(fits),
        weights=tuple(weights.tolist()),
    )


def _limit(ignored_share: float) -> float:
    """The mean that a list may have when signs are read, by what seems ignored.

    Where little is ignored, the tail of the live assets weighs more than the ignored ones,
    and how it runs is a supposition: there the list is held shorter, down to none.
    """
    return MEAN_LIMIT * min(max((ignored_share - STRICT_BELOW) / STRICT_SPAN, 0.0), 1.0)


def longest_run(alive: Floats, *, mean_limit: float = MEAN_LIMIT) -> tuple[int, ...]:
    """Positions of the longest sorted run with a mean within the limit, each at most 20 %; none
    where nothing may be wrong."""
    import numpy as np

    if mean_limit <= 0:
        return ()
    order = np.argsort(alive, kind="stable")
    ranked = alive[order]
    means = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    fits = (means <= mean_limit) & (ranked <= EACH_LIMIT)
    length = int(np.max(np.nonzero(fits)[0]) + 1) if fits.any() else 0
    return tuple(int(position) for position in order[:length])


def room_for_one(listed: Floats, *, mean_limit: float = MEAN_LIMIT) -> float:
    """How probably alive one more asset may be and be listed with these, surest first.

    Either it is surer than the last of them, and stands before it, or it is the last and the
    mean still holds.
    """
    last = float(listed[-1]) if len(listed) else 0.0
    left = mean_limit * (len(listed) + 1) - float(listed.sum())
    return max(last, min(left, EACH_LIMIT))


def _upper(each: Floats, weights: Floats) -> Floats:
    """The weighted 80th percentile over the grid (rows), asset by asset (columns)."""
    import numpy as np

    order = np.argsort(each, axis=0)
    ranked = np.take_along_axis(each, order, axis=0)
    reached = np.cumsum(weights[order], axis=0) >= UPPER
    first = np.argmax(reached, axis=0)
    upper: Floats = np.take_along_axis(ranked, first[None, :], axis=0)[0]
    return upper

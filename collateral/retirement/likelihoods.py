"""A library's counts as arrays, and their log probabilities, which the fit asks for thousands of
times."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Library:
    """A library as arrays, one place for each asset.

    Attributes:
        kinds: index of the type, from 0.
        deals: eligible deals; at least 0.
        taken: uses and signs together; the very array of uses without signs.
        kept: what hangs on the counts alone; see `log_nb`.
    """

    kinds: Ints
    deals: Floats
    uses: Floats
    taken: Floats
    signs: Floats
    with_signs: bool
    kept: dict[Any, Floats] = field(default_factory=dict)


def log_nb(counts: Floats, mean: Floats, shape: float, kept: dict[Any, Floats]) -> Floats:
    """Log probability of counts under a negative binomial of that mean and shape.

    scipy.stats.nbinom(n=shape, p=shape/(shape+mean)); written out since its logpmf checks its
    arguments at each call and the fit makes thousands. What hangs on the counts alone is
    worked out once for each shape and `kept`.

    Args:
        counts: an array of the library whose `kept` it is, and which lives as long.
        mean: one for each count.
    """
    import numpy as np
    from scipy.special import gammaln

    key = (id(counts), shape)
    if key not in kept:
        kept[key] = gammaln(counts + shape) - gammaln(shape) - gammaln(counts + 1)
    mean = np.maximum(mean, 1e-12)
    whole = np.log(shape + mean)
    logs: Floats = kept[key] + shape * (np.log(shape) - whole) + counts * (np.log(mean) - whole)
    return logs


def log_beta_binomial(data: Library, a: Floats, b: Floats) -> Floats:
    """Log probability of the uses among all that was taken, as scipy.stats.betabinom(taken, a, b).

    Args:
        a, b: one for each asset; a + b is the same for all.
    """
    from scipy.special import gammaln

    uses, taken, whole = data.uses, data.taken, float((a + b)[0])
    if ("ways", whole) not in data.kept:
        ways = gammaln(taken + 1) - gammaln(uses + 1) - gammaln(data.signs + 1)
        data.kept["ways", whole] = ways - gammaln(taken + whole) + gammaln(whole)
    logs: Floats = data.kept["ways", whole] + gammaln(uses + a) + gammaln(data.signs + b)
    logs = logs - gammaln(a) - gammaln(b)
    return logs

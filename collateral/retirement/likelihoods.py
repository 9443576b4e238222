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
    kept: dict[Any, Any] = field(default_factory=dict)


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


def log_beta_binomial(data: Library, part: Floats, whole: float) -> Floats:
    """Log probability of the uses among all that was taken, as
    scipy.stats.betabinom(taken, whole * part, whole * (1 - part)).

    Args:
        part: for each type the mean part of uses.
    """
    from scipy.special import gammaln

    uses, signs, taken, kinds = data.uses, data.signs, data.taken, data.kinds
    a, b = whole * part, whole * (1 - part)
    if ("ways", whole) not in data.kept:
        ways = gammaln(taken + 1) - gammaln(uses + 1) - gammaln(signs + 1)
        data.kept["ways", whole] = ways - gammaln(taken + whole) + gammaln(whole)
    logs: Floats = data.kept["ways", whole] + _gammaln_beside(data, uses, a)
    logs = logs + _gammaln_beside(data, signs, b) - gammaln(a)[kinds] - gammaln(b)[kinds]
    return logs


def _gammaln_beside(data: Library, counts: Floats, of_type: Floats) -> Floats:
    """gammaln(counts + of_type[kinds]), worked out once for each count that a type has: gammaln
    is slow, and a large library's counts are much alike."""
    import numpy as np
    from scipy.special import gammaln

    if ("alike", id(counts)) not in data.kept:
        most = counts.max() + 1
        codes, place = np.unique(data.kinds * most + counts, return_inverse=True)
        data.kept["alike", id(counts)] = (codes // most).astype(int), codes % most, place
    kinds, values, place = data.kept["alike", id(counts)]
    found: Floats = gammaln(values + of_type[kinds])[place]
    return found

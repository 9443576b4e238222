"""Words side by side: the places of a phrase in one field of one part of the index. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from collateral.search.engines.columns import Part
from collateral.search.engines.facts import Ids, Mask

MAX_PLACES = 4_000_000


class TooDear(Exception):
    """A word stands in too many places, or the time is over."""


def holding(
    part: Part, name: str, words: Sequence[str], candidates: Mask, late: Callable[[], bool]
) -> Ids:
    """Which of the candidates hold the words side by side in this field.

    Raises:
        TooDear: it could not be found out in time.
    """
    begins = None
    for behind, word in enumerate(words):
        if late():
            raise TooDear
        found = part.positions(name, word)
        if found is None:
            return np.zeros(0, np.int64)
        if len(found[0]) > MAX_PLACES:
            raise TooDear
        kept = candidates[found[0]]
        # Document and place as one number, moved to where the phrase would begin.
        places = (found[0][kept] << 32) + found[1][kept] - behind
        begins = places if begins is None else _in_both(begins, places)
        if not len(begins):
            break
    return np.zeros(0, np.int64) if begins is None else np.unique(begins >> 32)


def _in_both(one: Ids, other: Ids) -> Ids:
    """What two ascending runs have in common: the shorter is looked up in the longer."""
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    if not len(few):
        return few
    at = np.searchsorted(many, few)
    at[at == len(many)] = 0
    common: Ids = few[many[at] == few]
    return common

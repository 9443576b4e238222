"""What can be said of adaptations in numbers and words. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from collateral.adaptations.prints import tokens
from collateral.adaptations.worddiff import Run, Step

LONGEST_WORDING = 160
MOST_WORDINGS = 12
Z95 = 1.959964


def without_number(text: str, number: int) -> str:
    """The words of a page without a line that is nothing but its own number: where pages went
    or moved it changes by itself."""
    return "\n".join(line for line in text.splitlines() if line.strip() != str(number))


def words_changed(runs: Sequence[Run]) -> int:
    """How many words were touched: of each exchange the larger number of those put in and those
    taken out."""
    return sum(max(len(tokens(before)), len(tokens(after))) for before, after in _exchanges(runs))


def wordings(runs: Sequence[Run]) -> list[tuple[str, str]]:
    """Pairs of what stood on the page and what was put in its place; either may be empty."""
    pairs = [
        (_short(before), _short(after))
        for before, after in _exchanges(runs)
        if tokens(before) or tokens(after)
    ]
    return pairs[:MOST_WORDINGS]


def _exchanges(runs: Sequence[Run]) -> Iterator[tuple[str, str]]:
    """What was taken out and what was put in, place by place.

    Runs that only a space or a sign keeps apart belong together: "two filling lines" became
    "four pumping stations", not three words three others.
    """
    out, into, between = "", "", ""
    for run in [*runs, Run(Step.KEPT, "\n")]:
        if run.step is Step.KEPT:
            if "\n" in run.text or tokens(run.text):
                if out or into:
                    yield out, into
                out = into = between = ""
            else:
                between = run.text
        elif run.step is Step.REMOVED:
            out += (between if out else "") + run.text
        else:
            into += (between if into else "") + run.text


def _short(text: str) -> str:
    return " ".join(text.split())[:LONGEST_WORDING]


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with what it may be, each from 0 to 1."""

    low: float
    mid: float
    high: float


def share_of(count: int, of: int) -> Interval | None:
    """A share with its 95 % interval (Wilson 1927); None of nothing."""
    if of <= 0:
        return None
    share = count / of
    middle = (share + Z95**2 / (2 * of)) / (1 + Z95**2 / of)
    half = Z95 * math.sqrt(share * (1 - share) / of + Z95**2 / (4 * of**2)) / (1 + Z95**2 / of)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Interval(min(low, share), share, max(high, share))


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours spent: those that were reported, and for all of them what they may be.

    `low` is what was reported, the others at nothing; `high` gives those who said nothing the
    upper quartile of what the others said. `said` of `of` said how long it took.
    """

    reported: float
    low: float
    high: float
    said: int
    of: int


def hours(minutes: Iterable[int | None]) -> Hours:
    """An honest range: silence is not taken for zero, nor for the mean of those who speak."""
    every = list(minutes)
    known = sorted(value for value in every if value is not None)
    reported = sum(known) / 60
    silent = len(every) - len(known)
    quartile = known[min(len(known) - 1, math.ceil(0.75 * len(known)) - 1)] if known else 0
    return Hours(reported, reported, reported + silent * quartile / 60, len(known), len(every))


def commonest(pairs: Iterable[tuple[str, str]], most: int = 3) -> list[tuple[str, str, int]]:
    """Replacement wordings that came at least twice, the commonest first."""
    counted = Counter((before, after) for before, after in pairs if before or after)
    return [(before, after, n) for (before, after), n in counted.most_common(most) if n > 1]


def heat(changed: int, of: int) -> int:
    """0 to 5: the share of adaptations that edit or drop a page, in the steps of the scale."""
    if of <= 0 or changed <= 0:
        return 0
    return min(5, 1 + int(changed / of * 4.999))

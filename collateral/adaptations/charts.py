"""How well two pages' charts agree: in their values, or a print's numbers with them. Pure.

Slides of bare charts say the same few words over and over; only values tell one from another. A
print shows none of them but those that are drawn beside their bars, and an axis, which ends at a
round number at or a little above the greatest value.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import zip_longest

from collateral.adaptations.prints import PagePrint, digits_of, is_number, tokens

LABELLED = 0.5
"""Of the values; so many among a print's numbers are labels, fewer are chance."""
ROUNDED = 0.5
"""An axis is often written in whole numbers, and so may seem to end below the greatest value."""
LEAST_STEPS, MOST_STEPS = 3, 12
MOST_NUMBERS = 100
"""Of a page; more are a table's."""
AXIS_NUMBERS = 3
_FRACTION = re.compile(r"[.,](\d{1,2})$")


def chart_likeness(page: PagePrint, other: PagePrint) -> float | None:
    """0 to 1: the share of series that are the same; of a print and a slide how well the numbers
    that stand in no text of the slide fit its values. None where no chart can be compared."""
    if page.charts and other.charts:
        one, two = Counter(page.charts), Counter(other.charts)
        return (one & two).total() / (one | two).total()
    if page.flow and other.charts:
        return _drawn(page, other)
    if other.flow and page.charts:
        return _drawn(other, page)
    return None


def _drawn(printed: PagePrint, slide: PagePrint) -> float | None:
    values = {abs(value) for series in slide.charts for value in series}
    extra = printed.bag - slide.bag - Counter([str(printed.number)])
    numbers = {value for word in extra if is_number(word) for value in _readings(word)}
    if not values or not numbers or len(numbers) > MOST_NUMBERS:
        return None
    labelled = sum(value in numbers for value in values) / len(values)
    if labelled >= LABELLED:
        return labelled
    top = _end_of_axis(numbers, printed.number)
    if top is None:
        return None
    reached = [reach for reach in _reaches(slide) if reach <= top + ROUNDED]
    return min(1.0, max(reached, default=0.0) / top)


def _reaches(slide: PagePrint) -> tuple[float, ...]:
    """How far the bars go: the greatest value, or that of series put on top of one another."""
    values = [abs(value) for series in slide.charts for value in series]
    stacked = [math.fsum(map(abs, column)) for column in zip_longest(*slide.charts, fillvalue=0.0)]
    return max(values), max(stacked)


def _end_of_axis(numbers: Collection[float], own: int) -> float | None:
    """The greatest number to which others lead in equal steps from nothing, perhaps rounded; one
    of them may have been taken for the page's own number."""
    found = {*numbers, float(own)}
    for top in sorted(numbers, reverse=True):
        for steps in range(LEAST_STEPS, MOST_STEPS + 1):
            marks = (top * step / steps for step in range(1, steps))
            near = min(ROUNDED, top / 10)
            if top and all(any(abs(n - mark) <= near for n in found) for mark in marks):
                return top
    return None


def _readings(word: str) -> set[float]:
    """What a number with its separators may mean: a percentage is a share as well."""
    plain = word.rstrip("%")
    fraction = _FRACTION.search(plain)
    head = plain[: fraction.start()] if fraction else plain
    digits = "".join(c for c in head if c.isdecimal()) or "0"  # a lone ² is a digit and no number
    value = float(digits + (f".{fraction[1]}" if fraction else ""))
    return {value, value / 100} if word.endswith("%") else {value}


def numbers_alone(lines: Sequence[str]) -> Counter[str]:
    """Numbers that stand alone on their lines."""
    found = (tokens(line) for line in lines)
    return Counter(words[0] for words in found if len(words) == 1 and is_number(words[0]))


def without_axis(lines: Sequence[str], told: Counter[str]) -> list[str]:
    """A print's lines without an axis: numbers alone on their lines that rise from nothing in
    equal steps, perhaps rounded, where the slide has told no nothing."""
    kept: list[str] = []
    axis: list[int] = []
    for line in [*lines, ""]:
        words = tokens(line)
        value = int(digits_of(words[0])) if len(words) == 1 and is_number(words[0]) else None
        if value is not None and not told["0"] and _goes_on(axis, value):
            axis.append(value)
        elif len(axis) < AXIS_NUMBERS:
            axis = [0] if value == 0 and not told["0"] else []
        else:
            del kept[-len(axis) :]
            axis = []
        kept.append(line)
    return kept[:-1]


def _goes_on(axis: Sequence[int], value: int) -> bool:
    if len(axis) < 2:
        return bool(axis) and value > 0
    return abs(value - 2 * axis[-1] + axis[-2]) <= 1


def chart_numbers(lines: Sequence[str]) -> Counter[str]:
    """The numbers of a chart that a print shows: several lines, one after another, with nothing
    else on them. One that a wrapped line ends in stands by itself."""
    found: Counter[str] = Counter()
    run: list[str] = []
    for words in [*map(tokens, lines), [""]]:
        if words and all(map(is_number, words)):
            run += words
        else:
            found.update(run if len(run) >= AXIS_NUMBERS else ())
            run = []
    return found

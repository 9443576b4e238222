"""Made decks of bare charts: slides that say the same few words over and over.

Real ones are rare, and hardest to know again as a print: of a chart it shows the names and an axis,
and no values. Thresholds are set on these; no real deck of bare charts was looked at.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from collateral.bench.truth.bases import Base

LEAST_SLIDES, MOST_SLIDES = 8, 20
TITLED_EVERY = 4
FAMILY = "charts"
_REGIONS = ("North", "South", "East", "West", "Export", "Iberia", "Nordics", "Benelux")
_LINES = ("Filling", "Packing", "Pumps", "Gearboxes", "Sensors", "Bearings", "Conveyors", "Drives")

Labels = Callable[[Random], Sequence[str]]


def chart_bases(seed: int, count: int = 6) -> Iterator[Base]:
    """So many decks, each a family of its own; the same seed gives the same decks."""
    kinds: tuple[Labels, ...] = (_days, _quarters, _usual, _named)
    for number in range(count):
        random = Random(f"charts:{seed}:{number}")
        data = _deck(random, kinds[number % len(kinds)], titled=number % 2 == 1)
        family = f"{FAMILY} {seed} {number}"
        yield Base(f"{family}.pptx", family, data, real=False)


def is_chart_base(base: Base) -> bool:
    """Whether it is one of these."""
    return base.family.startswith(f"{FAMILY} ")


def _days(random: Random) -> Sequence[str]:
    """Five days in a row, as a spreadsheet's date axis has them."""
    first = date(2001, 1, 1) + timedelta(days=random.randrange(8000))
    days = (first + timedelta(days=n) for n in range(5))
    return [f"{day.month}/{day.day}/{day.year}" for day in days]


def _quarters(random: Random) -> Sequence[str]:
    year = random.randrange(2004, 2026)
    return [f"Q{n} {year}" for n in (1, 2, 3, 4)]


def _usual(random: Random) -> Sequence[str]:
    """What the program puts there before anybody writes anything."""
    del random
    return [f"Category {n}" for n in (1, 2, 3, 4)]


def _named(random: Random) -> Sequence[str]:
    return random.sample(_REGIONS, 4)


def _deck(random: Random, labels: Labels, *, titled: bool) -> bytes:
    import pptx
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    chart_data: Any = CategoryChartData
    types = (XL_CHART_TYPE.COLUMN_CLUSTERED, XL_CHART_TYPE.LINE, XL_CHART_TYPE.AREA)
    deck: Any = pptx.Presentation()
    categories = labels(random)
    series = _series(random)
    for number in range(random.randint(LEAST_SLIDES, MOST_SLIDES)):
        title = titled and number % TITLED_EVERY == 0
        slide = deck.slides.add_slide(deck.slide_layouts[5 if title else 6])
        if title:
            slide.shapes.title.text = f"{random.choice(_LINES)} in {random.choice(_REGIONS)}"
        data: Any = chart_data()
        data.categories = categories
        scale = 10 ** random.randrange(4)
        for name in series:
            data.add_series(name, [round(random.uniform(1, 9.9) * scale, 1) for _ in categories])
        slide.shapes.add_chart(
            random.choice(types), Inches(1), Inches(1.5), Inches(8), Inches(5), data
        )
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _series(random: Random) -> Sequence[str]:
    if random.random() < 0.5:
        return [f"Series {n}" for n in range(1, random.randint(2, 4))]
    return random.sample(_LINES, random.randint(1, 3))

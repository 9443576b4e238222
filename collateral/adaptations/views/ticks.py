"""The strip of an adaptation: a tick for each page, and how many there are of each kind."""

from __future__ import annotations

from collections.abc import Sequence

from collateral.adaptations import queries
from collateral.adaptations.models import Adaptation, AdaptationPage


def strip_of(pages: Sequence[AdaptationPage], gone: Sequence[int]) -> list[str]:
    """Ticks in the order of the adaptation, a dropped page where it stood in the source."""
    ticks: list[str] = []
    left = sorted(gone)
    for page in pages:
        place = page.source_page
        while left and place is not None and not page.moved and left[0] < place:
            ticks.append("dropped")
            left.pop(0)
        ticks.append(page.change.value if page.change else "new")
    return ticks + ["dropped"] * len(left)


def counts_of(adaptation: Adaptation) -> tuple[int, int, int, int]:
    """How many of its pages are the same, edited and new, and how many were dropped."""
    found = queries.page_counts([adaptation.id]).get(adaptation.id, (0, 0, 0))
    return (*found, len(queries.dropped(adaptation)))


def ticks_of(adaptation: Adaptation) -> list[str]:
    """One word for each tick of its strip: same, edited, new or dropped."""
    return strip_of(adaptation.pages, queries.dropped(adaptation))

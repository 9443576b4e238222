"""Small real decks: a master of six pages, and what a rep makes of it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

TOPICS = (
    ("The cost of unplanned downtime", "What an hour of standstill costs a filling line"),
    ("Every stop costs twice", "€14,200 for each hour a line stands, then overtime to catch up"),
    ("Payback in eleven months", "660 thousand a year today, 310 fewer stops, 57 fewer parts"),
    ("Who runs Predict already", "Twelve dairies and two breweries in four countries use it"),
    ("How your data stays yours", "Sensors send vibration only; nothing leaves the plant network"),
    ("Which line shall we start with", "A pilot takes nine weeks on the line that stops most"),
)
MORE = (
    "Operators told us which bearings fail first and how long a spare takes to arrive by truck",
    "Nobody plans for the second shift that has to make good what the first one could not fill",
    "Measured on fourteen lines over eighteen months with the plant's own clocks and counters",
    "References may be called by appointment and will show you their control room on request",
    "Keys are held by the customer and rotate every ninety days without anybody's doing",
    "Installation needs no standstill because the sensors are glued on during cleaning",
)


@dataclass(frozen=True)
class Slide:
    title: str
    text: str
    notes: str = ""


def slides() -> list[Slide]:
    """The master's pages."""
    return [
        Slide(title, f"{text}\n{more}", f"Say it slowly: {title.lower()}")
        for (title, text), more in zip(TOPICS, MORE, strict=True)
    ]


def deck(pages: Sequence[Slide]) -> bytes:
    """A pptx of these pages."""
    return _deck(tuple(pages))


@cache
def _deck(pages: tuple[Slide, ...]) -> bytes:
    import pptx

    made: Any = pptx.Presentation()
    for page in pages:
        slide = made.slides.add_slide(made.slide_layouts[1])
        slide.shapes.title.text = page.title
        slide.placeholders[1].text = page.text
        if page.notes:
            slide.notes_slide.notes_text_frame.text = page.notes
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def master() -> bytes:
    return deck(slides())


def adapted() -> bytes:
    """Pages 2 and 3 with other figures, 4 dropped, one new page at the end."""
    return deck(adapted_pages())


def adapted_pages() -> list[Slide]:
    """The pages of `adapted`."""
    pages = slides()
    pages[1] = Slide(
        pages[1].title, pages[1].text.replace("€14,200", "£9,600").replace("line", "pump"),
        pages[1].notes,
    )  # fmt: skip
    pages[2] = Slide("Payback in eight months", pages[2].text, "Ask for the figures of the pump")
    del pages[3]
    pages.append(
        Slide("Pumping stations on the Severn", "Four stations lift drinking water over the weir\n"
              "Each has a standby pump that has not run since commissioning")
    )  # fmt: skip
    return pages

"""The next version from the pages of two decks: whole, or refused with a sentence."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from collateral.reading import door
from collateral.reading.assembling import Step, assembled
from collateral.reading.kinds import KINDS
from collateral.reading.results import Reading
from collateral.reading.results import Step as ReadingStep
from tests.reading.makers import image

WANT = frozenset({ReadingStep.TEXT, ReadingStep.FEATURES})


def read(path: Path, out: Path) -> Reading:
    return door.read(path, KINDS["pptx"], out, want=WANT)


def make(path: Path, pages: int = 4, change: Callable[[Any], None] = lambda _deck: None) -> Path:
    deck = pptx.Presentation()
    for number in range(1, pages + 1):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = f"Title {number}"
        slide.placeholders[1].text = f"What page {number} says"
        slide.notes_slide.notes_text_frame.text = f"Said with page {number}"
    change(deck)
    deck.save(str(path))
    return path


def texts(reading: Reading) -> list[str]:
    return [page.text for page in reading.pages]


def test_replaced_inserted_and_dropped_pages_arrive_whole(tmp_path: Path) -> None:
    def adapt(deck: Any) -> None:
        third = deck.slides[2]
        third.placeholders[1].text = "What the customer asked for"
        third.notes_slide.notes_text_frame.text = "Ask for the pump"
        picture = io.BytesIO()
        image((40, 30)).save(picture, "PNG")
        third.shapes.add_picture(picture, Inches(1), Inches(1))
        data = CategoryChartData()
        data.categories = ["stops", "parts"]
        data.add_series("cost", (540, 286))
        fourth = deck.slides[3]
        fourth.shapes.add_chart(
            XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(2), Inches(4), Inches(3), data
        )

    base, other = make(tmp_path / "base.pptx"), make(tmp_path / "other.pptx", change=adapt)
    steps = [Step("replace", 3, 3), Step("insert", 1, 4), Step("drop", 2)]

    with assembled(base, other, steps) as made:
        assert made.path is not None, made.sentence
        result = read(made.path, tmp_path)
        pptx.Presentation(str(made.path))  # it opens

    theirs = read(other, tmp_path)
    ours = read(base, tmp_path)
    assert texts(result) == [texts(ours)[0], texts(theirs)[3], texts(theirs)[2], texts(ours)[3]]
    assert result.pages[2].notes == "Ask for the pump"
    assert [p.sha256 for p in result.features[2].pictures] == [
        p.sha256 for p in theirs.features[2].pictures
    ]
    assert result.features[1].charts == theirs.features[3].charts == ((540.0, 286.0),)


def _sound(deck: Any) -> None:
    deck.slides[0].shapes.add_movie(
        io.BytesIO(b"not really a film"), Inches(1), Inches(1), Inches(2), Inches(2)
    )


def _wider(deck: Any) -> None:
    deck.slide_width += Inches(1)


def _another_design(deck: Any) -> None:
    deck.slides[0].slide_layout.placeholders[0].left += Inches(1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_sound, "Page 1 has a video"),
        (_wider, "different sizes"),
        (_another_design, "laid out as"),
    ],
)
def test_what_could_be_lost_is_refused_with_the_page(
    tmp_path: Path, change: Callable[[Any], None], words: str
) -> None:
    base, other = make(tmp_path / "base.pptx"), make(tmp_path / "other.pptx", change=change)

    with assembled(base, other, [Step("replace", 1, 1)]) as made:
        assert made.path is None
        assert words in (made.sentence or "")


def test_a_file_that_is_no_deck_ends_in_a_sentence(tmp_path: Path) -> None:
    base, noise = make(tmp_path / "base.pptx"), tmp_path / "noise.pptx"
    noise.write_bytes(b"PK\x03\x04 and then nothing of the kind")

    with assembled(base, noise, [Step("replace", 1, 1)]) as made:
        assert made.path is None
        assert made.sentence == "One of the two decks cannot be opened as a PowerPoint deck."

"""What a confined child says is believed only as far as it can be."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from collateral.reading.collect import Collected
from collateral.reading.confined.wire import BadAnswer
from collateral.reading.formats.base import Source
from collateral.reading.formats.pptx import Deck
from collateral.reading.kinds import KINDS
from collateral.reading.results import DEFAULT

FEATURES: dict[str, Any] = {
    "frame": "features", "page": 1, "texts": [], "pictures": [], "boxes": [], "charts": [[1, 2.5]],
    "design": None, "backdrop": [],
}  # fmt: skip
PICTURE = {"sha256": "a" * 64, "phash": "", "area": 0.5}


@pytest.mark.parametrize(
    "said",
    [
        {"charts": "[[1, NaN]]"},
        {"charts": "[[1e999]]"},
        {"pictures": json.dumps([PICTURE]).replace("0.5", "Infinity")},
    ],
)
def test_a_number_that_no_database_takes_is_no_answer(tmp_path: Path, said: dict[str, str]) -> None:
    collected = Collected(tmp_path, DEFAULT)
    collected.take(FEATURES, b"")
    assert collected.features[1].charts == ((1.0, 2.5),)
    with pytest.raises(BadAnswer):
        collected.take(FEATURES | {name: json.loads(text) for name, text in said.items()}, b"")


def test_a_gap_in_a_chart_costs_the_deck_nothing() -> None:
    """Written as NaN by some programs; it is no value and ends no reading."""
    deck, data = Presentation(), CategoryChartData()
    data.categories = ["2024", "2025", "2026"]
    data.add_series("Stops", (12, 11.5, 7))
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    chart = slide.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(1), Inches(6), Inches(4), data
    ).chart
    for value in chart._chartSpace.xpath(".//c:val//c:v[.='11.5']"):
        value.text = "NaN"
    file = io.BytesIO()
    deck.save(file)
    (found,) = Deck(Source(file, KINDS["pptx"], DEFAULT)).features()
    assert found.charts == ((12.0, 7.0),)

"""Pages that only a picture can tell are told once the pictures are drawn."""

from __future__ import annotations

import io
from typing import Any

from collateral.adaptations.refining import ALIKE, paired
from collateral.adaptations.relations import Change
from collateral.adaptations.storing import trace_adaptation
from tests.adaptations import decks
from tests.adaptations.arranged import Scene, publish

POINTS = (720, 540)
DRAWINGS = (
    (("oval", 40, 60, 300, 300), ("box", 400, 300, 250, 180)),
    (("box", 60, 80, 120, 400), ("oval", 300, 250, 380, 240)),
)
"""Two slides of shapes without a word; places in points."""


def drawn_deck() -> bytes:
    """Three slides of words, and two drawings between the first and the second."""
    import pptx
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.util import Pt

    kinds = {"oval": MSO_SHAPE.OVAL, "box": MSO_SHAPE.RECTANGLE}
    made: Any = pptx.Presentation()
    for page in decks.slides()[:3]:
        slide = made.slides.add_slide(made.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = page.title, page.text
    for shapes in DRAWINGS:
        slide = made.slides.add_slide(made.slide_layouts[6])
        for kind, *place in shapes:
            shape = slide.shapes.add_shape(kinds[kind], *(Pt(side) for side in place))
            shape.fill.solid()
            shape.fill.fore_color.rgb = pptx.dml.color.RGBColor(20, 60, 120)
    ids = made.slides._sldIdLst
    for number in (3, 4):
        ids.insert(number - 2, ids[number])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def printed() -> bytes:
    """A print of that deck by another program, with its drawings the other way round."""
    from fpdf import FPDF

    pdf = FPDF(unit="pt", format=POINTS)
    pdf.set_auto_page_break(False)
    pdf.set_fill_color(20, 60, 120)
    words = decks.slides()[:3]
    for content in (words[0], DRAWINGS[1], DRAWINGS[0], *words[1:]):
        pdf.add_page()
        if isinstance(content, decks.Slide):
            pdf.set_font("Helvetica", size=20)
            text = f"{content.title}\n{content.text}".replace("€", "EUR ")
            pdf.multi_cell(600, 24, text)
            continue
        for kind, *place in content:
            (pdf.ellipse if kind == "oval" else pdf.rect)(*place, style="F")
    return bytes(pdf.output())


def test_drawings_are_told_apart_by_their_pictures_after_the_answer(scene: Scene) -> None:
    publish(drawn_deck(), by=scene.marketer, name="drawings.pptx", title="Drawings")
    found = scene.hand_in(printed(), "drawings.pdf")
    first = trace_adaptation(found)
    by_words = [page.source and page.source.print.number for page in first.pages]
    assert by_words[0] == 1
    assert by_words[1:3] != [3, 2]  # nothing on them says which is which
    assert [(page.source_page, page.change, page.moved) for page in found.pages] == [
        (1, Change.SAME, False),
        (3, Change.SAME, False),
        (2, Change.SAME, True),
        (4, found.pages[3].change, False),
        (5, found.pages[4].change, False),
    ]
    (source,) = found.sources
    assert (source.pages, source.share, source.dropped) == (5, 1.0, [])


def test_each_page_takes_the_one_that_looks_most_like_it_and_none_is_taken_twice() -> None:
    alike = {(1, 0): 0.98, (1, 1): 0.99, (2, 1): 0.995, (2, 0): 0.2, (3, 2): ALIKE - 0.01}
    assert paired(alike, {0: 1, 1: 2, 2: 3}) == {2: (1, 0.995), 1: (0, 0.98)}


def test_of_pages_that_look_the_same_the_nearest_is_taken() -> None:
    alike = {(1, 0): 0.9996, (1, 1): 0.9999, (2, 0): 1.0, (2, 1): 1.0}
    assert paired(alike, {0: 1, 1: 2}) == {1: (0, 0.9996), 2: (1, 1.0)}

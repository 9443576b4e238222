"""A PDF of a deck, as an office program prints it: lines are wrapped, pictures are encoded anew,
page numbers and what the design has stand on every page, and nothing says any more which box a
line belonged to."""

from __future__ import annotations

import io
import logging
import re
from typing import Any

from collateral.reading.fonts import FOLDER
from collateral.reading.formats.pptx_texts import diagram_text

POINT = 12700
ROOM = 3
"""Pages are so much taller than slides: what overflows its box is not cut off."""
_CJK = re.compile("[\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]")
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def print_deck(data: bytes) -> bytes:
    """The deck's print."""
    import pptx
    from fpdf import FPDF

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    logging.getLogger("fpdf").setLevel(logging.ERROR)
    deck = pptx.Presentation(io.BytesIO(data))
    width, height = (side / POINT for side in (deck.slide_width or 0, deck.slide_height or 0))
    pdf = FPDF(unit="pt", format=(width, height * ROOM))
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    all_text = " ".join(t.text or "" for s in deck.slides for t in s._element.iter(f"{_A}t"))
    face = "NotoSansCJK-Regular.otf" if _CJK.search(all_text) else "NotoSansSymbols2-Regular.ttf"
    pdf.add_font("words", fname=FOLDER / "LiberationSans-Regular.ttf")
    pdf.add_font("others", fname=FOLDER / face)
    pdf.set_fallback_fonts(["others"])
    for number, slide in enumerate(deck.slides, 1):
        pdf.add_page()
        _ground(pdf, slide, width, height)
        for holder in (slide.slide_layout.slide_master, slide.slide_layout):
            for shape in _flat(holder.shapes):
                if not shape.is_placeholder:
                    _shape(pdf, shape, holder, width, height)
        for shape in _flat(slide.shapes):
            _shape(pdf, shape, slide, width, height)
        pdf.set_font("words", size=9)
        pdf.text(width - 30, height * ROOM - 8, str(number))
    return bytes(pdf.output())


def _flat(shapes: Any) -> Any:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _flat(shape.shapes)
        else:
            yield shape


def _ground(pdf: Any, slide: Any, width: float, height: float) -> None:
    """The picture behind the slide: its own, else its layout's, else its master's."""
    for holder in (slide, slide.slide_layout, slide.slide_layout.slide_master):
        ground = holder._element.find(f".//{_P}bg")
        if ground is not None:
            for blip in ground.iter(f"{_A}blip"):
                if embedded := blip.get(_EMBED):
                    _picture(pdf, holder.part.related_part(embedded).blob, 0, 0, width, height)
            return


def _shape(pdf: Any, shape: Any, slide: Any, width: float, height: float) -> None:
    # What lies beside the slide, or in a turned box, is put onto the paper: nothing gets lost.
    left = min(max((shape.left or 0) / POINT, 0), width * 0.6)
    top = min(max((shape.top or 0) / POINT, 0), height * 0.8)
    wide = min(max((shape.width or 0) / POINT, width * 0.2), width - left)
    try:
        image = getattr(shape, "image", None)
    except Exception:  # a linked picture has no image
        image = None
    if image is not None:
        _picture(pdf, image.blob, left, top, wide, max((shape.height or 0) / POINT, 4))
    elif getattr(shape, "has_chart", False):
        _chart(pdf, shape.chart, left, top, wide)
    elif getattr(shape, "has_table", False):
        rows = list(shape.table.rows)
        each = wide / max(1, len(rows[0].cells)) if rows else wide
        for row in rows:
            bottom = top
            for column, cell in enumerate(row.cells):
                below = _words(pdf, cell.text_frame, left + column * each, top, each, 10)
                bottom = max(bottom, below)
            top = bottom
    elif shape.has_text_frame and shape.text_frame.text.strip():
        _words(pdf, shape.text_frame, left, top, wide, 14)
    else:
        for line in diagram_text(shape, slide).splitlines():
            pdf.set_font("words", size=10)
            pdf.set_xy(left, top)
            pdf.multi_cell(wide, 12, line, align="L")
            top = pdf.get_y()


def _words(pdf: Any, frame: Any, left: float, top: float, wide: float, usual: float) -> float:
    """The paragraphs of a box, wrapped; numbered ones with their numbers. The place below."""
    count = 0
    for paragraph in frame.paragraphs:
        sizes = [run.font.size.pt for run in paragraph.runs if run.font.size]
        size = min(sizes[0] if sizes else usual, 20) * 0.6
        text = paragraph.text.replace("\v", "\n")
        numbered = paragraph._p.find(f".//{_A}buAutoNum") is not None and text.strip()
        count = count + 1 if numbered else 0
        if numbered:
            text = f"{count}. {text}"
        if not text.strip():
            top += size
            continue
        pdf.set_font("words", size=size)
        pdf.set_xy(left, top)
        pdf.multi_cell(wide, size * 1.2, text, align="L")
        top = pdf.get_y()
    return top


def _picture(pdf: Any, blob: bytes, left: float, top: float, wide: float, tall: float) -> None:
    """A picture, encoded anew and no larger than a print needs."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(blob)) as image:
            flat = Image.new("RGB", image.size, (255, 255, 255))
            clear = image.convert("RGBA")
            flat.paste(clear, mask=clear.getchannel("A"))
    except Exception:  # a drawing that only an office program knows leaves no picture
        return
    flat.thumbnail((int(max(wide * 2, 16)), int(max(tall * 2, 16))))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=78)
    out.seek(0)
    pdf.image(out, left, top, wide, tall)


def _chart(pdf: Any, chart: Any, left: float, top: float, wide: float) -> None:
    """Title, names, and the numbers of an axis, which stand in no text of the deck."""
    words = [chart.chart_title.text_frame.text] if chart.has_title else []
    largest = 0.0
    try:
        for plot in chart.plots:
            words += [str(category) for category in plot.categories]
            for series in plot.series:
                words.append(str(series.name))
                largest = max([largest, *(float(v) for v in series.values if v is not None)])
    except Exception:  # a kind of chart that python-pptx does not know has no names to print
        largest = 0.0
    words = list(dict.fromkeys(w for w in words if w.strip()))
    words += [f"{largest * step / 4:.0f}" for step in range(5)] if largest else []
    pdf.set_font("words", size=9)
    for word in words:
        pdf.set_xy(left, top)
        pdf.multi_cell(wide, 11, word, align="L")
        top = pdf.get_y()

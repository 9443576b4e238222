"""Files that tests of reading make for themselves, small and each with one thing to find."""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


def deck(path: Path, *, hidden: int | None = None, notes: str = "", slides: int = 3) -> Path:
    """A deck with titles, a body, a table and a chart on its second slide."""
    from pptx import Presentation
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    made = Presentation()
    for number in range(1, slides + 1):
        slide = made.slides.add_slide(made.slide_layouts[1])
        slide.shapes.title.text = f"Title of slide {number}"
        slide.placeholders[1].text = f"The downtime of line {number} fell by a third."
        if notes:
            slide.notes_slide.notes_text_frame.text = f"{notes} {number}"
        if number == hidden:
            slide._element.set("show", "0")
        if number == 2:
            table = slide.shapes.add_table(2, 2, Inches(1), Inches(5), Inches(4), Inches(1)).table
            table.cell(0, 0).text = "Plant"
            table.cell(1, 1).text = "Gothenburg"
            data = CategoryChartData()
            data.categories = ["North", "South"]
            data.add_series("Hours lost", (12.5, 7.0))
            slide.shapes.add_chart(
                XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(5), Inches(4), Inches(3), Inches(2), data
            )
            picture = io.BytesIO()
            image((90, 60), "#c0392b").save(picture, "PNG")
            slide.shapes.add_picture(picture, Inches(1), Inches(3), Inches(2))
    made.save(str(path))
    return path


def designed_deck(path: Path) -> Path:
    """One slide with a footer of its own, on a layout with a line of text and a picture."""
    from copy import deepcopy

    from pptx import Presentation

    made = Presentation()
    layout = made.slide_layouts[6]
    slide = made.slides.add_slide(layout)
    slide.shapes.add_textbox(0, 0, 900_000, 900_000).text_frame.text = "Payback"
    footer = next(p for p in layout.placeholders if p.placeholder_format.type == 15)
    slide.shapes._spTree.append(deepcopy(footer._element))
    slide.placeholders[footer.placeholder_format.idx].text = "Northwind, confidential"
    line = deepcopy(slide.shapes[0]._element)
    layout.shapes._spTree.append(line)
    layout.shapes[-1].text_frame.text = "Made in Ålesund"
    picture = io.BytesIO()
    image((90, 60)).save(picture, "PNG")
    picture.seek(0)
    layout.part.get_or_add_image_part(picture)
    made.save(str(path))
    return path


def image(size: tuple[int, int], colour: str = "#2563eb") -> Any:
    """A picture of one colour with a dark left half."""
    from PIL import Image

    made = Image.new("RGB", size, colour)
    made.paste((20, 20, 20), (0, 0, size[0] // 2, size[1]))
    return made


def pdf(path: Path, *, pages: int = 2, password: str = "", **facts: str) -> Path:
    """A PDF with a line on each page."""
    from fpdf import FPDF

    made = FPDF(format="A4")
    for number in range(1, pages + 1):
        made.add_page()
        made.set_font("Helvetica", size=20)
        made.cell(text=f"Case study, page {number}")
    if facts:
        made.set_title(facts.get("title", ""))
        made.set_author(facts.get("author", ""))
    if password:
        made.set_encryption(owner_password="owner", user_password=password)
    made.output(str(path))
    return path


def document(path: Path) -> Path:
    """A Word document of two pages with a heading, a table and its author."""
    import docx

    made = docx.Document()
    made.core_properties.author = "Ines Vidal"
    made.add_heading("Bearings that last", 0)
    made.add_paragraph("Why customers stay with us.")
    table = made.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text = "Uptime"
    table.rows[0].cells[1].text = "99.2 %"
    made.add_page_break()
    made.add_paragraph("The second page has its own words.")
    made.save(str(path))
    return path


def workbook(path: Path) -> Path:
    """A workbook with a visible and a hidden sheet."""
    import openpyxl

    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "Prices"
    sheet.append(["Part", "Price"])
    sheet.append(["Spindle", 1450])
    secret = made.create_sheet("Margins")
    secret.append(["Spindle", 0.42])
    secret.sheet_state = "hidden"
    made.save(path)
    return path


def repacked(source: Path, path: Path, **parts: bytes | None) -> Path:
    """A copy of a zip package with parts replaced, added or (None) left out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            if data is not None:
                new.writestr(name, data)
    return path


def opendocument(path: Path, media_type: str, body: str) -> Path:
    """An OpenDocument file with this body (XML with the usual prefixes)."""
    names = {
        "office": "office", "text": "text", "draw": "drawing", "table": "table",
        "presentation": "presentation",
    }  # fmt: skip
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in names.items()
    )
    content = (
        f"<office:document-content {spaces}><office:body>{body}</office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype", media_type)
        made.writestr("content.xml", content)
    return path


@contextmanager
def own_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for this process's temporary things that a child with a user of its own reaches.

    Whoever asks must have pytest make its own folders first, or it makes them in this one.
    """
    folder = Path(tempfile.mkdtemp(prefix="reading-test-", dir="/tmp"))
    folder.chmod(0o755)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

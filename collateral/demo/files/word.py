"""Playbooks and templates as Word documents, in a theme's colours."""

from __future__ import annotations

import io
from typing import Any

from collateral.demo.content_format import Block
from collateral.demo.files.themes import THEMES, Theme
from collateral.demo.files.zipped import steady


def make_word(title: str, author: str, theme_key: str, blocks: list[Block]) -> bytes:
    """The document as the bytes of a .docx; the same arguments give the same bytes."""
    from docx import Document
    from docx.shared import Cm, Pt

    theme = THEMES[theme_key]
    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, author, ""
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.4)
    page.top_margin, page.bottom_margin = Cm(2.2), Cm(2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = theme.body, Pt(11)
    normal.paragraph_format.space_after = Pt(7)
    normal.paragraph_format.line_spacing = 1.2
    _style(document, "Title", theme.heading, 26, theme.ink, bold=True)
    _style(document, "Subtitle", theme.body, 13, theme.soft, bold=False)
    _style(document, "Heading 1", theme.heading, 15, theme.bold, bold=True)
    for block in blocks:
        _write(document, theme, block)
    footer = page.footer.paragraphs[0]
    footer.text = "kelvane"
    footer.runs[0].font.bold = True
    footer.runs[0].font.color.rgb = _rgb(theme.ink)
    out = io.BytesIO()
    document.save(out)
    return steady(out.getvalue())


def _write(document: Any, theme: Theme, block: Block) -> None:
    if block.kind == "title":
        document.add_paragraph(block.title, style="Title")
        document.add_paragraph(block.subtitle, style="Subtitle")
        return
    if block.title:
        document.add_heading(block.title, 1)
    for paragraph in block.paragraphs:
        document.add_paragraph(paragraph)
    for item in block.items:
        document.add_paragraph(item, style="List Bullet")
    if block.rows:
        _table(document, theme, block)


def _table(document: Any, theme: Theme, block: Block) -> None:
    from docx.shared import Pt

    count = len(block.rows[0])
    table = document.add_table(rows=0, cols=count)
    table.style = "Table Grid"
    for number, row in enumerate(block.rows):
        cells = table.add_row().cells
        for place, value in enumerate(row):
            paragraph = cells[place].paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(2)
            run = paragraph.add_run(value)
            run.font.size = Pt(10)
            run.font.bold = number == 0 or place == 0
            if number == 0:
                run.font.color.rgb = _rgb("FFFFFF")
                _shade(cells[place], theme.dark)
    document.add_paragraph()


def _shade(cell: Any, color: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), color)
    cell._tc.get_or_add_tcPr().append(shade)


def _style(document: Any, name: str, family: str, size: float, color: str, *, bold: bool) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style = document.styles[name]
    style.font.name, style.font.size, style.font.bold = family, Pt(size), bold
    style.font.italic = False
    style.font.color.rgb = _rgb(color)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme_font in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme_font}"), None)


def _rgb(color: str) -> Any:
    from docx.shared import RGBColor

    return RGBColor.from_string(color)

"""A slide to draw on: boxes, text and pictures on a grid of 640 by 360, in a theme's hand."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from collateral.demo.files import fonts
from collateral.demo.files.themes import Theme

if TYPE_CHECKING:
    from random import Random

UNIT = 12_192_000 // 640  # EMU; a slide is 13.333 by 7.5 inches
POINTS = 1.5  # points a unit
Align = Literal["left", "center", "right"]
Anchor = Literal["top", "middle", "bottom"]
WHITE = "FFFFFF"
MARK = (
    ((0, 0), (4, 0), (4, 14), (0, 14)),
    ((6, 7), (12, 0), (17, 0), (11, 7), (17, 14), (12, 14)),
)
"""Kelvane's mark, a bar and a chevron, 17 by 14."""


@dataclass
class Canvas:
    """One slide while it is drawn. Lengths are units, colours six hex digits."""

    slide: Any
    theme: Theme
    rng: Random
    pictures: dict[str, bytes]
    number: int

    def text(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        text: str,
        size: float,
        *,
        color: str | None = None,
        bold: bool = False,
        align: Align = "left",
        anchor: Anchor = "top",
        heading: bool = False,
        leading: float = 1.16,
        shape: Any = None,
    ) -> Any:
        """Text in a box, made smaller until it fits there."""
        from pptx.enum.text import MSO_AUTO_SIZE, PP_ALIGN
        from pptx.util import Pt

        family = self.theme.heading if heading else self.theme.body
        size = fonts.fitting(text, family, size, w * 0.985, h, bold=bold, leading=leading)
        box = shape or self.slide.shapes.add_textbox(*emu(x, y, w, h))
        frame = box.text_frame
        _bare(frame, anchor)
        frame.auto_size = MSO_AUTO_SIZE.NONE
        for index, line in enumerate(text.split("\n")):
            paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
            paragraph.alignment = getattr(PP_ALIGN, align.upper())
            run = paragraph.add_run()
            run.text = line
            run.font.size = Pt(round(size * POINTS * 2) / 2)
            run.font.bold = bold
            run.font.name = family
            run.font.color.rgb = rgb(color or self.theme.ink)
        return box

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        fill: str | None,
        *,
        radius: float = 0.0,
        line: str | None = None,
        kind: str = "",
    ) -> Any:
        """A filled form: a rectangle, rounded where a radius is given, or ``kind``."""
        from pptx.enum.shapes import MSO_SHAPE
        from pptx.util import Pt

        form: Any = getattr(MSO_SHAPE, kind or "RECTANGLE")
        if radius and not kind:
            form = MSO_SHAPE.ROUNDED_RECTANGLE
        made = self.slide.shapes.add_shape(form, *emu(x, y, w, h))
        if radius and not kind:
            made.adjustments[0] = min(0.5, radius / min(w, h))
        paint(made, fill)
        if line:
            made.line.color.rgb = rgb(line)
            made.line.width = Pt(1)
        else:
            made.line.fill.background()
        return made

    def form(self, points: Sequence[tuple[float, float]], fill: str) -> None:
        """A closed form through the points."""
        made = self._outline(points, close=True)
        paint(made, fill)
        made.line.fill.background()

    def stroke(self, points: Sequence[tuple[float, float]], color: str, width: float) -> None:
        """A line through the points; ``width`` in points."""
        from pptx.util import Pt

        made = self._outline(points, close=False)
        made.fill.background()
        made.shadow.inherit = False
        made.line.color.rgb = rgb(color)
        made.line.width = Pt(width)

    def _outline(self, points: Sequence[tuple[float, float]], *, close: bool) -> Any:
        scaled = [(int(x * UNIT), int(y * UNIT)) for x, y in points]
        builder = self.slide.shapes.build_freeform(*scaled[0])
        builder.add_line_segments(scaled[1:], close=close)
        return builder.convert_to_shape()

    def place(self, shape: Any, x: float, y: float, w: float, h: float) -> None:
        """Put a shape, such as the title's placeholder, where it belongs."""
        shape.left, shape.top, shape.width, shape.height = emu(x, y, w, h)

    def to_back(self) -> None:
        """Lay what was drawn last under everything else."""
        tree = self.slide.shapes._spTree
        tree.insert(2, tree[-1])

    def arrow(self, x1: float, y1: float, x2: float, y2: float, color: str, *, head: bool) -> None:
        from pptx.enum.shapes import MSO_CONNECTOR
        from pptx.oxml.ns import qn
        from pptx.util import Pt

        line = self.slide.shapes.add_connector(
            MSO_CONNECTOR.STRAIGHT, *(int(v * UNIT) for v in (x1, y1, x2, y2))
        )
        line.line.color.rgb = rgb(color)
        line.line.width = Pt(1.75)
        if head:
            end = line.line._get_or_add_ln().makeelement(qn("a:tailEnd"), {"type": "triangle"})
            line.line._get_or_add_ln().append(end)

    def picture(self, name: str, x: float, y: float, w: float, h: float) -> None:
        """One of the pictures made for this deck, by its name."""
        self.slide.shapes.add_picture(io.BytesIO(self.pictures[name]), *emu(x, y, w, h))

    def heading(self, title: str, subtitle: str = "", *, color: str | None = None) -> None:
        """The title of an ordinary slide, in its placeholder, with its accent bar."""
        self.box(40, 36, 28, 4, self.theme.accent)
        placeholder = self.slide.shapes.title
        size = 27.0
        self.place(placeholder, 40, 46, 560, 32)
        self.text(
            40,
            46,
            560,
            32,
            title,
            size,
            bold=True,
            heading=True,
            anchor="middle",
            color=color,
            shape=placeholder,
        )
        if subtitle:
            self.text(40, 80, 560, 20, subtitle, 14, color=color or self.theme.soft)

    def table(
        self,
        x: float,
        y: float,
        widths: Sequence[float],
        rows: Sequence[Sequence[str]],
        *,
        height: float = 24,
        size: float = 11.5,
        strong: int | None = None,
        numbers: bool = True,
    ) -> None:
        """A real table; the first row is its head, ``strong`` a row that stands out."""
        count = len(rows)
        frame = self.slide.shapes.add_table(
            count, len(widths), *emu(x, y, sum(widths), height * count)
        )
        table = frame.table
        _unstyled(frame)
        for index, width in enumerate(widths):
            table.columns[index].width = int(width * UNIT)
        for r, row in enumerate(rows):
            table.rows[r].height = int(height * UNIT)
            head, last = r == 0, strong is not None and r == strong % count
            fill = self.theme.dark if head else self.theme.tint if last else self.theme.ground
            for c, value in enumerate(row):
                cell = table.cell(r, c)
                _framed(cell, fill)
                bold = head or c == 0 or last
                room = (widths[c] - 17, height - 4)
                self._cell(cell, value, size, room, head=head, bold=bold, right=numbers and c > 0)
                if not head:
                    _underline(cell, self.theme.line)

    def _cell(
        self,
        cell: Any,
        value: str,
        size: float,
        room: tuple[float, float],
        *,
        head: bool,
        bold: bool,
        right: bool,
    ) -> None:
        from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
        from pptx.util import Pt

        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        paragraph = cell.text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = value
        fit = fonts.fitting(value, self.theme.body, size, *room, bold=bold)
        run.font.size = Pt(round(fit * POINTS * 2) / 2)
        run.font.bold = bold
        run.font.name = self.theme.body
        run.font.color.rgb = rgb(WHITE if head else self.theme.ink)


def emu(x: float, y: float, w: float, h: float) -> tuple[int, int, int, int]:
    return int(x * UNIT), int(y * UNIT), int(w * UNIT), int(h * UNIT)


def rgb(color: str) -> Any:
    from pptx.dml.color import RGBColor

    make: Any = RGBColor.from_string
    return make(color)


def paint(shape: Any, fill: str | None) -> None:
    if fill is None:
        shape.fill.background()
        return
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(fill)
    shape.shadow.inherit = False


def _bare(frame: Any, anchor: Anchor) -> None:
    from pptx.enum.text import MSO_ANCHOR

    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.word_wrap = True
    frame.vertical_anchor = {
        "top": MSO_ANCHOR.TOP,
        "middle": MSO_ANCHOR.MIDDLE,
        "bottom": MSO_ANCHOR.BOTTOM,
    }[anchor]


def _unstyled(frame: Any) -> None:
    """Take away the blue bands that a new table comes with."""
    from pptx.oxml.ns import qn

    properties = frame._element.graphic.graphicData.tbl.tblPr
    for name in ("firstRow", "bandRow"):
        properties.set(name, "0")
    style = properties.find(qn("a:tableStyleId"))
    if style is not None:
        style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def _framed(cell: Any, fill: str) -> None:
    cell.margin_left = cell.margin_right = int(8 * UNIT)
    cell.margin_top = cell.margin_bottom = int(2 * UNIT)
    cell.fill.solid()
    cell.fill.fore_color.rgb = rgb(fill)


def _underline(cell: Any, color: str) -> None:
    from lxml import etree
    from pptx.oxml.ns import qn

    properties = cell._tc.get_or_add_tcPr()
    line = etree.Element(qn("a:lnB"), w="9525")
    solid = etree.SubElement(line, qn("a:solidFill"))
    etree.SubElement(solid, qn("a:srgbClr"), val=color)
    properties.insert(0, line)

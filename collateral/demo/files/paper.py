"""A document being written from top to bottom: A4 pages, a cursor, a theme. Lengths are mm."""

from __future__ import annotations

import io
import logging
from datetime import UTC, datetime
from random import Random
from typing import Any

from collateral.demo.content_format import Block
from collateral.demo.files import art, fonts
from collateral.demo.files.canvas import MARK, WHITE
from collateral.demo.files.themes import Theme

MM = 0.3528  # a point
WIDE, TALL = 210.0, 297.0
MARGIN = 20.0
FOOT = 272.0  # below it stands only the footer
ISSUED = datetime(2025, 1, 1, 9, tzinfo=UTC)


class Paper:
    """The document; ``y`` is where the next piece begins."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        author: str,
        seed: str,
        *,
        running: str = "",
        contents: tuple[tuple[str, int], ...] = (),
    ) -> None:
        from fpdf import FPDF

        class Steady(FPDF):
            def file_id(self) -> None:
                """None at all: it would be made of the clock."""

        # Fonts carry dates from before 1970 here and there, which is no matter of ours.
        logging.getLogger("fontTools").setLevel(logging.ERROR)
        self.theme = theme
        self.seed = seed
        self.rng = Random(seed)
        self.running = running
        self.large = 1.18 if running else 1.0  # long documents are set larger
        self.contents = contents
        self.sections: list[tuple[str, int]] = []  # headings and the page each stands on
        self.y = MARGIN
        self.pdf: Any = Steady("P", "mm", "A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_creation_date(ISSUED)
        self.pdf.set_title(title)
        self.pdf.set_author(author)
        self.pdf.set_creator("Kelvane Marketing")
        self.pdf.set_producer("Kelvane")
        self._known: set[str] = set()

    def bytes(self) -> bytes:
        return bytes(self.pdf.output())

    def discard(self) -> None:
        """Let go of a document that was written only to see where its pages break."""
        for font in self.pdf.fonts.values():
            font.close()

    def page(self, *, ground: str | None = None) -> None:
        self.pdf.add_page()
        color = ground or self.theme.ground
        if color != WHITE:
            self.box(0, 0, WIDE, TALL, color)
        self.y = MARGIN
        if self.pdf.page_no() > 1 or not self.running:
            self.footer()

    def need(self, height: float) -> None:
        """Begin a new page where less than that is left."""
        if self.y + height > FOOT:
            self.page()

    def footer(self, color: str | None = None) -> None:
        ink = color or self.theme.soft
        self.mark(MARGIN, 280, color or self.theme.ink)
        self.write(MARGIN + 9.5, 284.2, "kelvane", 10, bold=True, color=color or self.theme.ink)
        if self.pdf.page_no() > 1:
            self.write(WIDE - MARGIN, 284.2, str(self.pdf.page_no()), 9, color=ink, align="right")
            if self.running:
                self.write(WIDE / 2, 284.2, self.running, 8.5, color=ink, align="center")

    def mark(self, x: float, y: float, color: str) -> None:
        self._fill(color)
        unit = 0.36
        for points in MARK:
            self.pdf.polygon([(x + px * unit, y + py * unit) for px, py in points], style="F")

    def write(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        color: str | None = None,
        align: str = "left",
        heading: bool = False,
    ) -> None:
        """One line of text; ``y`` is its base line."""
        family = self.font(size, bold=bold, heading=heading)
        self.pdf.set_text_color(*_rgb(color or self.theme.ink))
        wide = fonts.width(text, family, size * MM, bold=bold)
        x -= {"left": 0.0, "center": wide / 2, "right": wide}[align]
        self.pdf.text(x, y, text)

    def font(self, size: float, *, bold: bool = False, heading: bool = False) -> str:
        family = self.theme.heading if heading else self.theme.body
        name = fonts.STAND_INS.get(family, family)
        style = "B" if bold else ""
        if name + style not in self._known:
            self.pdf.add_font(name, style, str(fonts.path(family, bold=bold)))
            self._known.add(name + style)
        self.pdf.set_font(name, style, size)
        return family

    def lines(
        self, text: str, size: float, room: float, *, bold: bool = False, heading: bool = False
    ) -> list[str]:
        family = self.theme.heading if heading else self.theme.body
        return fonts.wrapped(text, family, size * MM, room * 0.98, bold=bold)

    def run(
        self,
        x: float,
        y: float,
        lines: list[str],
        size: float,
        *,
        leading: float = 1.42,
        bold: bool = False,
        color: str | None = None,
        heading: bool = False,
    ) -> float:
        """Lines below each other from the top ``y``; gives the y under the last."""
        for line in lines:
            self.write(x, y + size * MM * 0.95, line, size, bold=bold, color=color, heading=heading)
            y += size * MM * leading
        return y

    def box(self, x: float, y: float, w: float, h: float, color: str, *, radius: float = 0) -> None:
        self._fill(color)
        if radius:
            self.pdf.rect(x, y, w, h, style="F", round_corners=True, corner_radius=radius)
        else:
            self.pdf.rect(x, y, w, h, style="F")

    def dot(self, x: float, y: float, r: float, color: str) -> None:
        self._fill(color)
        self.pdf.ellipse(x - r, y - r, 2 * r, 2 * r, style="F")

    def rule(self, x: float, y: float, w: float, color: str | None = None) -> None:
        self.box(x, y, w, 0.25, color or self.theme.line)

    def stroke(self, points: list[tuple[float, float]], color: str, width: float) -> None:
        self.pdf.set_draw_color(*_rgb(color))
        self.pdf.set_line_width(width)
        self.pdf.polyline(points)

    def picture(self, name: str, x: float, y: float, w: float, h: float) -> None:
        document = art.svg(name, self.theme, self.seed, width=640, height=round(640 * h / w))
        self.pdf.image(io.BytesIO(art.jpeg(document, 960 if w > 120 else 640)), x, y, w, h)

    def _fill(self, color: str) -> None:
        self.pdf.set_fill_color(*_rgb(color))


def headed(paper: Paper, block: Block, *, size: float = 13) -> None:
    """The heading of a piece, where it has one, with its caption."""
    if block.title:
        if block.kind == "text":
            size *= 1.3 if paper.running else 1.0
        lines = paper.lines(block.title, size, WIDE - 2 * MARGIN, bold=True, heading=True)
        paper.need(size * MM * 1.3 * len(lines) + 22)
        if block.kind == "text":
            paper.sections.append((block.title, paper.pdf.page_no()))
            paper.y += 3 if paper.running and paper.y > MARGIN else 0
        paper.y = paper.run(MARGIN, paper.y, lines, size, bold=True, heading=True, leading=1.25)
        paper.y += 1.6
    if block.subtitle:
        lines = paper.lines(block.subtitle, 9, WIDE - 2 * MARGIN)
        paper.y = paper.run(MARGIN, paper.y, lines, 9, color=paper.theme.soft) + 1.5


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[:2], 16), int(color[2:4], 16), int(color[4:], 16)

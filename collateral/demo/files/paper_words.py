"""Pieces of a document that are words: covers, text in columns, quotes, boxes, steps."""

from __future__ import annotations

from collections.abc import Callable

from collateral.demo.content_format import Block
from collateral.demo.files.canvas import WHITE
from collateral.demo.files.paper import FOOT, MARGIN, MM, TALL, WIDE, Paper, headed

Piece = Callable[[Paper, Block], None]
PIECES: dict[str, Piece] = {}
ROOM = WIDE - 2 * MARGIN
GUTTER = 8.0


def piece(draw: Piece) -> Piece:
    PIECES[draw.__name__.rstrip("_")] = draw
    return draw


@piece
def cover(paper: Paper, block: Block) -> None:
    """How a document begins: ``style`` is band, full or head."""
    style = block.option("style", "band")
    {"band": _band, "full": _full, "head": _head}[style](paper, block)


@piece
def title(paper: Paper, block: Block) -> None:
    """The head of a document that has no picture."""
    _head(paper, block)


def _band(paper: Paper, block: Block) -> None:
    paper.page()
    paper.picture(block.option("art"), 0, 0, WIDE, 88)
    paper.y = 102
    paper.write(
        MARGIN, paper.y, block.option("kicker").upper(), 9, bold=True, color=paper.theme.bold
    )
    paper.y += 5
    lines = paper.lines(block.title, 25, ROOM * 0.92, bold=True, heading=True)
    paper.y = paper.run(MARGIN, paper.y, lines, 25, bold=True, heading=True, leading=1.14) + 3
    if block.subtitle:
        lines = paper.lines(block.subtitle, 12, ROOM * 0.9)
        paper.y = paper.run(MARGIN, paper.y, lines, 12, color=paper.theme.soft) + 4


def _full(paper: Paper, block: Block) -> None:
    paper.page(ground=paper.theme.dark)
    paper.picture(block.option("art"), 0, 0, WIDE, 168)
    paper.box(0, 168, WIDE, TALL - 168, paper.theme.dark)
    paper.box(MARGIN, 186, 14, 1.8, paper.theme.accent)
    lines = paper.lines(block.title, 31, ROOM, bold=True, heading=True)
    y = paper.run(MARGIN, 194, lines, 31, bold=True, heading=True, color=WHITE, leading=1.14)
    if block.subtitle:
        paper.run(MARGIN, y + 4, paper.lines(block.subtitle, 13, ROOM * 0.8), 13, color=WHITE)
    paper.footer(WHITE)
    paper.page()
    _contents(paper)


def _contents(paper: Paper) -> None:
    """What stands on which page, as the pass before found it."""
    paper.y = 40
    for name, page in paper.contents:
        lines = paper.lines(name, 13, ROOM - 24)
        paper.run(MARGIN, paper.y, lines, 13)
        paper.write(
            WIDE - MARGIN,
            paper.y + 4.4,
            str(page),
            13,
            align="right",
            color=paper.theme.bold,
            bold=True,
        )
        paper.y += 10.5
        paper.rule(MARGIN, paper.y - 2.6, ROOM)
    paper.y += 12


def _head(paper: Paper, block: Block) -> None:
    paper.page()
    art = block.option("art")
    paper.box(0, 0, WIDE, 62, paper.theme.dark)
    if art:
        paper.picture(art, 0, 0, WIDE, 62)
    paper.box(MARGIN, 17, 12, 1.6, paper.theme.accent)
    width = ROOM * (0.62 if art else 0.95)
    lines = paper.lines(block.title, 23, width, bold=True, heading=True)
    y = paper.run(MARGIN, 23, lines, 23, bold=True, heading=True, color=WHITE, leading=1.14)
    if block.subtitle:
        paper.run(MARGIN, y + 1.5, paper.lines(block.subtitle, 11, width), 11, color=WHITE)
    paper.y = 72


@piece
def text(paper: Paper, block: Block) -> None:
    """Paragraphs and points, in one column or, with ``columns=2``, in two of equal length."""
    columns = int(block.option("columns", "1"))
    size = float(block.option("size", "10.5" if columns == 1 else "11.3"))
    size *= paper.large
    headed(paper, block)
    width = (ROOM - GUTTER * (columns - 1)) / columns
    step = size * MM * (1.55 if paper.running else 1.45)
    set_lines: list[tuple[str, bool, float]] = []  # text, whether it begins a point, space above
    for paragraph in block.paragraphs:
        for index, line in enumerate(paper.lines(paragraph, size, width)):
            set_lines.append((line, False, 0.55 if index == 0 and set_lines else 0.0))
    for item in block.items:
        for index, line in enumerate(paper.lines(item, size, width - 5)):
            set_lines.append((f"\t{line}", index == 0, 0.3 if index == 0 else 0.0))
    total = sum(1 + above for _, _, above in set_lines)
    top, column, used = paper.y, 0, 0.0
    lowest = top
    for line, begins, above in set_lines:
        full = columns > 1 and used >= total / columns and column < columns - 1
        if full:
            column, used, paper.y = column + 1, 0.0, top
        if paper.y + step > FOOT:
            paper.page()
            top = lowest = paper.y
        above = 0 if used == 0 else above
        paper.y += above * step
        used += 1 + above
        x = MARGIN + column * (width + GUTTER)
        if begins:
            paper.dot(x + 1.2, paper.y + size * MM * 0.62, 0.75, paper.theme.accent)
        paper.write(
            x + (5 if line.startswith("\t") else 0), paper.y + size * MM * 0.95, line.strip(), size
        )
        paper.y += step
        lowest = max(lowest, paper.y)
    paper.y = lowest + 4


@piece
def kpis(paper: Paper, block: Block) -> None:
    """Figures in a row, each over its label."""
    headed(paper, block)
    paper.need(26)
    wide = ROOM / len(block.rows)
    for index, (value, label) in enumerate(block.rows):
        x = MARGIN + index * wide
        if index:
            paper.box(x - 3, paper.y, 0.25, 19, paper.theme.line)
        color = paper.theme.bold
        paper.write(x, paper.y + 8.6, value, 25, bold=True, heading=True, color=color)
        paper.run(
            x,
            paper.y + 12,
            paper.lines(label, 10, wide - 8),
            10,
            leading=1.2,
            color=paper.theme.soft,
        )
    paper.y += 27


@piece
def quote(paper: Paper, block: Block) -> None:
    lines = paper.lines(block.title, 16, ROOM - 26, bold=True, heading=True)
    tall = len(lines) * 16 * MM * 1.25 + 22
    paper.need(tall + 6)
    paper.box(MARGIN, paper.y, ROOM, tall, paper.theme.tint, radius=2)
    paper.write(
        MARGIN + 6, paper.y + 17, "“", 50, bold=True, heading=True, color=paper.theme.accent
    )
    y = paper.run(MARGIN + 20, paper.y + 7, lines, 16, bold=True, heading=True, leading=1.25)
    who, _, what = block.subtitle.partition(" | ")
    paper.write(MARGIN + 20, y + 5, who, 10, bold=True)
    paper.write(MARGIN + 20, y + 9.5, what, 9, color=paper.theme.soft)
    paper.y += tall + 7


@piece
def callout(paper: Paper, block: Block) -> None:
    """A strong box: what to remember, or what to do next."""
    size = 10.5
    lines = [line for part in block.paragraphs for line in paper.lines(part, size, ROOM - 16)]
    head = paper.lines(block.title, 15, ROOM - 16, bold=True, heading=True)
    tall = len(head) * 15 * MM * 1.25 + len(lines) * size * MM * 1.4 + 15
    paper.need(tall + 4)
    paper.box(MARGIN, paper.y, ROOM, tall, paper.theme.dark, radius=2)
    y = paper.run(
        MARGIN + 8,
        paper.y + 6.5,
        head,
        15,
        bold=True,
        heading=True,
        leading=1.25,
        color=paper.theme.accent,
    )
    paper.run(MARGIN + 8, y + 1.5, lines, size, color=WHITE, leading=1.4)
    paper.y += tall + 7


@piece
def steps(paper: Paper, block: Block) -> None:
    """Numbered steps, each with what it means."""
    headed(paper, block)
    for index, row in enumerate(block.rows):
        lines = paper.lines(row[1], 11, ROOM - 62)
        tall = max(10.5, len(lines) * 11 * MM * 1.36 + 4.5)
        paper.need(tall)
        paper.dot(MARGIN + 3.6, paper.y + 3.4, 3.4, paper.theme.dark)
        paper.write(
            MARGIN + 3.6, paper.y + 4.7, str(index + 1), 10, bold=True, color=WHITE, align="center"
        )
        head = paper.lines(row[0], 11.5, 47, bold=True)
        paper.run(MARGIN + 11, paper.y + 1.3, head, 11.5, bold=True, leading=1.2)
        paper.run(MARGIN + 62, paper.y + 1.4, lines, 11, leading=1.36)
        paper.y += max(tall, len(head) * 11.5 * MM * 1.2 + 4)
    paper.y += 4


@piece
def facts(paper: Paper, block: Block) -> None:
    """A pale box of names and values, in two columns."""
    tall = -(-len(block.rows) // 2) * 12.5 + (17 if block.title else 9)
    paper.need(tall + 4)
    paper.box(MARGIN, paper.y, ROOM, tall, paper.theme.tint, radius=2)
    y = paper.y + 7.5
    if block.title:
        paper.write(MARGIN + 7, y + 2, block.title, 11.5, bold=True, heading=True)
        y += 8.5
    for index, (name, value) in enumerate(block.rows):
        x = MARGIN + 7 + (index % 2) * ROOM / 2
        top = y + (index // 2) * 12.5
        paper.write(x, top + 1.5, name, 8.5, color=paper.theme.soft)
        paper.write(x, top + 6.3, value, 10.5, bold=True)
    paper.y += tall + 6


@piece
def checks(paper: Paper, block: Block) -> None:
    """Boxes to tick, in two columns."""
    headed(paper, block)
    wide = (ROOM - GUTTER) / 2
    half = -(-len(block.items) // 2)
    top, lowest = paper.y, paper.y
    for index, item in enumerate(block.items):
        if index == half:
            paper.y = top
        x = MARGIN if index < half else MARGIN + wide + GUTTER
        lines = paper.lines(item, 11, wide - 8)
        paper.box(x, paper.y + 0.2, 4, 4, paper.theme.second)
        paper.box(x + 0.4, paper.y + 0.6, 3.2, 3.2, paper.theme.ground)
        paper.y = paper.run(x + 7, paper.y + 0.2, lines, 11, leading=1.36) + 3
        lowest = max(lowest, paper.y)
    paper.y = lowest + 4


@piece
def photo(paper: Paper, block: Block) -> None:
    tall = float(block.option("height", "58"))
    paper.need(tall + 10)
    paper.picture(block.option("art"), MARGIN, paper.y, ROOM, tall)
    paper.y += tall + 3
    paper.y = (
        paper.run(MARGIN, paper.y, paper.lines(block.subtitle, 9, ROOM), 9, color=paper.theme.soft)
        + 4
    )


@piece
def break_(paper: Paper, _: Block) -> None:
    paper.page()

"""Pieces of a document that are figures: tables and charts, drawn as lines and areas."""

from __future__ import annotations

from collections.abc import Sequence

from collateral.demo.content_format import Block, number
from collateral.demo.files.canvas import WHITE
from collateral.demo.files.paper import MARGIN, MM, WIDE, Paper, headed
from collateral.demo.files.paper_words import ROOM, piece


@piece
def table(paper: Paper, block: Block) -> None:
    paper.need(min(110.0, 8.6 * len(block.rows) + 16))
    headed(paper, block)
    words = bool(block.option("words"))
    widths = _widths(block, words=words)
    strong = int(block.option("strong")) % len(block.rows) if block.option("strong") else -1
    for index, row in enumerate(block.rows):
        _row(paper, row, widths, head=index == 0, strong=index == strong, words=words)
    if block.paragraphs:
        paper.y = paper.run(
            MARGIN,
            paper.y + 2,
            paper.lines(block.paragraphs[0], 8.5, ROOM),
            8.5,
            color=paper.theme.soft,
        )
    paper.y += 7


def _widths(block: Block, *, words: bool) -> list[float]:
    """Of the columns, in millimetres."""
    if block.option("widths"):
        parts = [float(part) for part in block.option("widths").split(",")]
    else:
        others = len(block.rows[0]) - 1
        parts = [1.2, *[2.0] * others] if words else [2.0, *[1.0] * others]
    return [ROOM * part / sum(parts) for part in parts]


def _row(
    paper: Paper,
    row: Sequence[str],
    widths: Sequence[float],
    *,
    head: bool,
    strong: bool,
    words: bool,
) -> None:
    cells = [
        paper.lines(value, 9.5, width - 5, bold=head or place == 0)
        for place, (value, width) in enumerate(zip(row, widths, strict=True))
    ]
    tall = max(len(cell) for cell in cells) * 9.5 * MM * 1.3 + 3.6
    paper.need(tall)
    fill = paper.theme.dark if head else paper.theme.tint if strong else None
    if fill:
        paper.box(MARGIN, paper.y, ROOM, tall, fill)
    x = MARGIN
    for place, cell in enumerate(cells):
        bold = head or place == 0 or strong
        color = WHITE if head else paper.theme.ink
        for line_number, line in enumerate(cell):
            y = paper.y + 4.6 + line_number * 9.5 * MM * 1.3
            if place and not words:
                right = x + widths[place] - 2.5
                paper.write(right, y, line, 9.5, bold=bold, color=color, align="right")
            else:
                paper.write(x + 2.5, y, line, 9.5, bold=bold, color=color)
        x += widths[place]
    paper.y += tall
    if not head:
        paper.rule(MARGIN, paper.y, ROOM)


@piece
def matrix(paper: Paper, block: Block) -> None:
    """Marks in columns: who does what."""
    headed(paper, block)
    head, *lines = block.rows
    wide = 76 / (len(head) - 1)
    left = WIDE - MARGIN - 76
    for place, name in enumerate(head[1:]):
        paper.write(
            left + place * wide + wide / 2, paper.y + 4, name, 9.5, bold=True, align="center"
        )
    paper.y += 7
    for index, row in enumerate(lines):
        words = paper.lines(row[0], 10, ROOM - 84)
        tall = len(words) * 10 * MM * 1.3 + 4.4
        paper.need(tall)
        if index % 2 == 0:
            paper.box(MARGIN, paper.y, ROOM, tall, paper.theme.tint, radius=1)
        paper.run(MARGIN + 3, paper.y + 2.2, words, 10, leading=1.3)
        for place, mark in enumerate(row[1:]):
            x, y = left + place * wide + wide / 2, paper.y + tall / 2
            if mark == "yes":
                paper.dot(x, y, 2.1, paper.theme.second)
            elif mark == "no":
                paper.box(x - 2, y - 0.3, 4, 0.6, paper.theme.soft)
            else:
                paper.write(x, y + 1.2, mark, 9.5, align="center")
        paper.y += tall
    paper.y += 7


@piece
def bars(paper: Paper, block: Block) -> None:
    tall = 7.4 * len(block.rows)
    paper.need(tall + 16)
    headed(paper, block, size=11)
    highest = max(value for _, value in block.pairs())
    left = MARGIN + 46
    for index, (label, value) in enumerate(block.pairs()):
        y = paper.y + index * 7.4
        paper.write(left - 3, y + 4.1, label, 9.5, align="right")
        color = paper.theme.accent if str(index + 1) == block.option("hot") else paper.theme.second
        wide = max(0.6, (ROOM - 66) * value / highest)
        paper.box(left, y + 0.6, wide, 5, color)
        paper.write(left + wide + 2, y + 4.4, block.rows[index][1], 9.5, bold=True)
    paper.y += tall + 6


@piece
def columns(paper: Paper, block: Block) -> None:
    """Columns in time; with two series, side by side."""
    tall = float(block.option("height", "46"))
    paper.need(tall + 22)
    headed(paper, block, size=11)
    names = block.option("series").split(",") if block.option("series") else [""]
    values = [[number(cell) for cell in row[1:]] for row in block.rows]
    highest = max(max(row) for row in values)
    step = ROOM / len(values)
    colors = [paper.theme.second, paper.theme.accent]
    if len(names) > 1:
        _key(paper, names, colors)
    foot = paper.y + tall + 4
    for index, row in enumerate(values):
        part = step * 0.7 / len(row)
        for place, value in enumerate(row):
            x = MARGIN + index * step + step * 0.15 + place * part
            high = max(0.4, tall * value / highest)
            hot = len(row) == 1 and str(index + 1) == block.option("hot")
            paper.box(x, foot - high, part * 0.94, high, colors[1] if hot else colors[place])
            said, middle = block.rows[index][place + 1], x + part * 0.47
            paper.write(middle, foot - high - 1.4, said, 8.5, bold=True, align="center")
        label, middle = block.rows[index][0], MARGIN + index * step + step / 2
        paper.write(middle, foot + 4.4, label, 8.5, align="center", color=paper.theme.soft)
    paper.rule(MARGIN, foot, ROOM, paper.theme.soft)
    paper.y = foot + 11


def _key(paper: Paper, names: Sequence[str], colors: Sequence[str]) -> None:
    """Which colour is which series."""
    x = MARGIN
    for name, color in zip(names, colors, strict=True):
        paper.box(x, paper.y, 3, 3, color)
        paper.write(x + 4.5, paper.y + 2.7, name, 9, color=paper.theme.soft)
        x += 34
    paper.y += 7


@piece
def line(paper: Paper, block: Block) -> None:
    tall = 44.0
    paper.need(tall + 26)
    headed(paper, block, size=11)
    names = block.option("series").split(",") if block.option("series") else [""]
    values = [[number(cell) for cell in row[1:]] for row in block.rows]
    highest = max(max(row) for row in values) * 1.08
    foot, left, wide = paper.y + tall + 2, MARGIN + 12, ROOM - 40
    for part in range(5):
        y = foot - tall * part / 4
        paper.rule(left, y, wide)
        value = highest * part / 4
        paper.write(
            left - 2,
            y + 1.1,
            f"{value:,.0f}" if highest > 8 else f"{value:.1f}",
            8,
            color=paper.theme.soft,
            align="right",
        )
    step = wide / (len(values) - 1)
    colors = [paper.theme.second, paper.theme.accent]
    for place, name in enumerate(names):
        points = [
            (left + index * step, foot - tall * row[place] / highest)
            for index, row in enumerate(values)
        ]
        paper.stroke(points, colors[place], 0.8)
        paper.dot(*points[-1], 1.1, colors[place])
        paper.write(points[-1][0] + 2.5, points[-1][1] + 1.1, name, 9, bold=True)
    every = max(1, len(values) // 8)
    for index, row in enumerate(block.rows):
        if index % every == 0:
            paper.write(
                left + index * step, foot + 4.6, row[0], 8.5, align="center", color=paper.theme.soft
            )
    paper.y = foot + 12


@piece
def share(paper: Paper, block: Block) -> None:
    """Parts of a whole as one long bar, named below."""
    paper.need(40)
    headed(paper, block, size=11)
    theme = paper.theme
    colors = [theme.accent, theme.second, theme.soft, theme.dark, theme.line]
    pairs = block.pairs()
    whole, x = sum(value for _, value in pairs), MARGIN
    for index, (_, value) in enumerate(pairs):
        wide = ROOM * value / whole
        paper.box(x, paper.y, wide - 0.6, 11, colors[index])
        x += wide
    paper.y += 15
    wide = ROOM / len(pairs)
    for index, (label, shown) in enumerate(block.rows):
        x = MARGIN + index * wide
        paper.box(x, paper.y + 0.4, 3, 3, colors[index])
        paper.write(x + 5, paper.y + 3.2, shown, 11, bold=True)
        paper.run(
            x + 5, paper.y + 5, paper.lines(label, 9, wide - 7), 9, color=theme.soft, leading=1.2
        )
    paper.y += 18

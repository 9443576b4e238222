"""Slides that draw how something works: flows, time lines, screens, batches, maps."""

from __future__ import annotations

from collateral.demo.content_format import Block
from collateral.demo.files.canvas import WHITE, Canvas
from collateral.demo.files.scenes import signal
from collateral.demo.files.slides_words import layout


@layout
def flow(canvas: Canvas, block: Block) -> None:
    canvas.heading(block.title, block.subtitle)
    count = len(block.rows)
    gap = 30.0
    wide = (560 - gap * (count - 1)) / count
    strong = int(block.option("strong", "0"))
    for index, (head, rest) in enumerate(block.rows):
        x = 40 + index * (wide + gap)
        lit = index + 1 == strong
        canvas.box(x, 132, wide, 116, canvas.theme.dark if lit else canvas.theme.tint, radius=7)
        ink = WHITE if lit else canvas.theme.ink
        canvas.text(x + 8, 146, wide - 16, 22, head, 16.5, bold=True, align="center", color=ink)
        canvas.text(
            x + 8, 174, wide - 16, 68, rest.replace("; ", "\n"), 12.5, align="center", color=ink
        )
        if index < count - 1:
            canvas.arrow(x + wide + 3, 190, x + wide + gap - 3, 190, canvas.theme.ink, head=True)
    if block.paragraphs:
        canvas.text(40, 262, 560, 34, block.paragraphs[0], 13, color=canvas.theme.soft)


@layout
def timeline(canvas: Canvas, block: Block) -> None:
    canvas.heading(block.title, block.subtitle)
    count = len(block.rows)
    wide = 560 / count
    canvas.box(40 + wide / 2, 189, 560 - wide, 4, canvas.theme.line)
    for index, row in enumerate(block.rows):
        x = 40 + index * wide + wide / 2
        last = index == count - 1
        canvas.text(x - wide / 2 + 3, 150, wide - 6, 20, row[0], 16, bold=True, align="center")
        canvas.box(
            x - 10, 181, 20, 20, canvas.theme.accent if last else canvas.theme.dark, kind="OVAL"
        )
        canvas.text(x - wide / 2 + 3, 212, wide - 6, 20, row[1], 16, bold=True, align="center")
        canvas.text(
            x - wide / 2 + 5,
            234,
            wide - 10,
            50,
            row[2],
            13.5,
            align="center",
            color=canvas.theme.soft,
        )


@layout
def screen(canvas: Canvas, block: Block) -> None:
    """Predict and Line as the shift lead sees them."""
    canvas.heading(block.title, block.subtitle)
    theme = canvas.theme
    canvas.box(40, 102, 560, 204, theme.dark, radius=9)
    canvas.box(52, 114, 122, 180, theme.second, radius=6)
    for index, name in enumerate(block.items):
        y = 126 + index * 33
        color = theme.accent if str(index + 1) == block.option("hot", "3") else "5FC98B"
        canvas.box(64, y + 4, 9, 9, color, kind="OVAL")
        canvas.text(82, y - 1, 88, 19, name, 12.5, color=WHITE, anchor="middle")
    canvas.box(186, 114, 402, 104, theme.second, radius=6)
    canvas.text(200, 122, 370, 18, block.paragraphs[0], 12.5, color=WHITE)
    points = signal(canvas.rng, 0, 370, 0, 8)
    canvas.stroke([(202 + x, 186 + min(24, max(-38, y))) for x, y in points], WHITE, 1.6)
    canvas.box(460, 142, 1.6, 68, theme.accent)
    wide = (402 - 24) / 3
    for index, (label, value) in enumerate(block.rows):
        x = 186 + index * (wide + 12)
        canvas.box(x, 228, wide, 66, theme.second, radius=6)
        canvas.text(x + 12, 236, wide - 20, 16, label, 11.5, color=WHITE)
        canvas.text(x + 12, 254, wide - 20, 32, value, 23, bold=True, color=WHITE)


@layout
def tree(canvas: Canvas, block: Block) -> None:
    """What went into a batch, and where it went: ``in:`` and ``out:`` items around one box."""
    canvas.heading(block.title, block.subtitle)
    sources = [item[4:] for item in block.items if item.startswith("in: ")]
    targets = [item[5:] for item in block.items if item.startswith("out: ")]
    hot = block.option("hot").split(",")
    boxes = []
    for x, names, tall in ((40.0, sources, 40.0), (470.0, targets, 28.0)):
        step = 196 / len(names)
        for index, name in enumerate(names):
            boxes.append((x, 108 + index * step + (step - tall) / 2, tall, name))
    for x, y, tall, name in boxes:
        _end_of_tree(canvas, x, y, tall, name, lit=name in hot)
    canvas.box(258, 182, 124, 48, canvas.theme.dark, radius=7)
    canvas.text(
        264,
        182,
        112,
        48,
        block.option("batch"),
        17,
        bold=True,
        align="center",
        anchor="middle",
        color=WHITE,
    )


def _end_of_tree(canvas: Canvas, x: float, y: float, tall: float, name: str, *, lit: bool) -> None:
    """A box at the left or the right, with its line from or to the batch."""
    color = canvas.theme.accent if lit else canvas.theme.soft
    middle = y + tall / 2
    ends = (x + 130, middle, 258.0, 206.0) if x < 100 else (382.0, 206.0, x, middle)
    canvas.arrow(*ends, color, head=False)
    canvas.box(x, y, 130, tall, canvas.theme.accent if lit else canvas.theme.tint, radius=5)
    canvas.text(
        x + 6,
        y,
        118,
        tall,
        name,
        13.5,
        align="center",
        anchor="middle",
        bold=lit,
        color=canvas.theme.on_accent if lit else canvas.theme.ink,
    )


@layout
def map_(canvas: Canvas, block: Block) -> None:
    canvas.heading(block.title, block.subtitle)
    canvas.picture("map", 300, 56, 300, 250)
    step = min(46.0, 190 / max(1, len(block.rows)))
    for index, (value, label) in enumerate(block.rows):
        y = 114 + index * step
        canvas.text(
            40,
            y,
            92,
            step - 8,
            value,
            24,
            bold=True,
            heading=True,
            anchor="middle",
            color=canvas.theme.ink,
        )
        canvas.text(136, y, 170, step - 8, label, 13.5, anchor="middle", color=canvas.theme.soft)


@layout
def compare(canvas: Canvas, block: Block) -> None:
    """Two sides of one thing: rows of what is now and what comes."""
    canvas.heading(block.title, block.subtitle)
    head, *lines = block.rows
    for index, name in enumerate(head):
        x = 40 + index * 288
        lit = index == 1
        canvas.box(x, 108, 272, 190, canvas.theme.dark if lit else canvas.theme.tint, radius=7)
        ink = WHITE if lit else canvas.theme.ink
        canvas.text(
            x + 18,
            118,
            236,
            26,
            name,
            17,
            bold=True,
            anchor="middle",
            color=canvas.theme.accent if lit else ink,
        )
        step = min(36.0, 146 / len(lines))
        for place, row in enumerate(lines):
            y = 148 + place * step
            canvas.box(x + 18, y - 1, 236, 0.8, canvas.theme.second if lit else canvas.theme.line)
            canvas.text(x + 18, y + 2, 236, step - 4, row[index], 13, color=ink, anchor="middle")

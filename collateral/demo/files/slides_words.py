"""Slides that are mostly words: covers, sections, lists, cards, quotes, people."""

from __future__ import annotations

from collections.abc import Callable

from collateral.demo.content_format import Block
from collateral.demo.files import fonts
from collateral.demo.files.canvas import MARK, WHITE, Canvas

Layout = Callable[[Canvas, Block], None]

LAYOUTS: dict[str, Layout] = {}

# How much of a cover's width its picture leaves to the title.
COVER_WIDTHS = {
    "packaging": 300,
    "pharma": 300,
    "bearing": 320,
    "brewery": 310,
    "rings": 380,
    "spiral": 290,
    "chemistry": 320,
    "paper": 480,
    "network": 340,
    "squares": 360,
}


def layout(draw: Layout) -> Layout:
    LAYOUTS[draw.__name__.rstrip("_")] = draw
    return draw


def _display(
    canvas: Canvas,
    text: str,
    y: float,
    h: float,
    *,
    size: float = 38,
    width: float = 400,
    color: str = WHITE,
) -> float:
    """The big title of a dark slide, in its placeholder; gives the y under its last line."""
    title = canvas.slide.shapes.title
    family = canvas.theme.heading
    size = fonts.fitting(text, family, size, width, h, bold=True, leading=1.12)
    lines = len(fonts.wrapped(text, family, size, width, bold=True))
    width = fonts.balanced(text, family, size, width, bold=True)
    canvas.place(title, 40, y, width + 4, h)
    canvas.text(
        40,
        y,
        width + 4,
        h,
        text,
        size,
        bold=True,
        heading=True,
        color=color,
        shape=title,
        leading=1.12,
    )
    return y + lines * size * 1.17


def backdrop(canvas: Canvas, name: str) -> None:
    canvas.picture(name, 0, 0, 640, 360)
    canvas.to_back()  # it would cover the title otherwise


@layout
def cover(canvas: Canvas, block: Block) -> None:
    backdrop(canvas, block.option("art"))
    wide = float(block.option("width", "") or COVER_WIDTHS.get(block.option("art"), 400))
    canvas.box(40, 64, 36, 5, canvas.theme.accent)
    foot = _display(canvas, block.title, 80, 132, width=wide)
    if block.subtitle:
        canvas.text(40, foot + 8, min(wide, 330), 44, block.subtitle, 15, color=WHITE)
    canvas_logo(canvas, WHITE)


def canvas_logo(canvas: Canvas, color: str) -> None:
    """The mark and the name, as on every cover."""
    x, y = 40.0, 320.0
    for points in MARK:
        canvas.form([(x + px, y + py) for px, py in points], color)
    canvas.text(63, 317, 120, 20, "kelvane", 14, bold=True, color=color, anchor="middle")


@layout
def section(canvas: Canvas, block: Block) -> None:
    backdrop(canvas, block.option("art", "wave"))
    canvas.text(
        40,
        84,
        200,
        60,
        block.option("n", ""),
        52,
        bold=True,
        color=canvas.theme.accent,
        heading=True,
    )
    _display(canvas, block.title, 150, 80, size=32, width=470)
    canvas_logo(canvas, WHITE)


@layout
def closing(canvas: Canvas, block: Block) -> None:
    backdrop(canvas, block.option("art", "wave"))
    canvas.box(40, 84, 36, 5, canvas.theme.accent)
    wide = COVER_WIDTHS.get(block.option("art", "wave"), 430)
    foot = _display(canvas, block.title, 100, 110, width=wide)
    for index, line in enumerate(block.paragraphs):
        canvas.text(40, foot + 10 + index * 20, 360, 18, line, 13.5, color=WHITE)
    canvas_logo(canvas, WHITE)


@layout
def photo(canvas: Canvas, block: Block) -> None:
    backdrop(canvas, block.option("art", "plant"))
    canvas.box(40, 36, 28, 4, canvas.theme.accent)
    foot = _display(canvas, block.title, 48, 64, size=29, width=430)
    canvas.text(40, foot + 4, 380, 40, block.subtitle, 15, color=WHITE)


@layout
def list_(canvas: Canvas, block: Block) -> None:
    canvas.heading(block.title, block.subtitle)
    numbered = block.option("style", "numbers") == "numbers"
    top = 118 if block.subtitle else 104
    count = len(block.items)
    split = all(": " in item for item in block.items)
    step = min(52.0, (302 - top) / max(1, count))
    for index, item in enumerate(block.items):
        y = top + index * step
        if numbered:
            canvas.text(
                40,
                y,
                30,
                step - 6,
                str(index + 1),
                19,
                bold=True,
                color=canvas.theme.accent,
                heading=True,
                anchor="middle",
            )
        else:
            canvas.box(42, y + step / 2 - 6, 8, 8, canvas.theme.accent, kind="OVAL")
        head, _, rest = item.partition(": ")
        if split:
            canvas.text(72, y, 190, step - 6, head, 16, bold=True, anchor="middle")
            canvas.text(268, y, 332, step - 6, rest, 15, color=canvas.theme.soft, anchor="middle")
        else:
            canvas.text(72, y, 528, step - 6, item, 18, anchor="middle")
        if index < count - 1:
            canvas.box(72, y + step - 4, 528, 0.8, canvas.theme.line)


@layout
def big(canvas: Canvas, block: Block) -> None:
    """A figure that stands for the slide, and the facts that make it up."""
    canvas.heading(block.title, block.subtitle)
    canvas.box(40, 116, 262, 176, canvas.theme.dark, radius=8)
    canvas.text(
        62,
        158,
        222,
        58,
        block.paragraphs[0],
        50,
        bold=True,
        heading=True,
        color=canvas.theme.accent,
        anchor="bottom",
    )
    canvas.text(62, 222, 218, 44, block.paragraphs[1], 15, color=WHITE)
    step = 176 / len(block.rows)
    for index, (head, rest) in enumerate(block.rows):
        y = 116 + index * step
        canvas.text(334, y + 2, 266, 22, head, 18, bold=True)
        canvas.text(334, y + 26, 266, step - 30, rest, 13, color=canvas.theme.soft)
        if index < len(block.rows) - 1:
            canvas.box(334, y + step - 6, 266, 0.8, canvas.theme.line)


@layout
def cards(canvas: Canvas, block: Block) -> None:
    canvas.heading(block.title, block.subtitle)
    count = len(block.rows)
    gap = 14.0
    wide = (560 - gap * (count - 1)) / count
    strong = int(block.option("strong", str(count)))
    for index, (head, rest) in enumerate(block.rows):
        x = 40 + index * (wide + gap)
        lit = index + 1 == strong
        canvas.box(x, 112, wide, 184, canvas.theme.dark if lit else canvas.theme.tint, radius=7)
        mark = canvas.box(x + 16, 128, 24, 24, canvas.theme.accent, kind="OVAL")
        canvas.text(
            x + 16,
            128,
            24,
            24,
            str(index + 1),
            13,
            bold=True,
            align="center",
            anchor="middle",
            color=canvas.theme.on_accent,
            shape=mark,
        )
        ink = WHITE if lit else canvas.theme.ink
        canvas.text(x + 16, 162, wide - 30, 44, head, 18, bold=True, color=ink, anchor="middle")
        canvas.text(x + 16, 212, wide - 30, 74, rest, 13.5, color=ink)

"""Slides that let somebody speak: quotes, facts with a sign, prose, people, customers."""

from __future__ import annotations

from collateral.demo.content_format import Block
from collateral.demo.files import fonts
from collateral.demo.files.canvas import WHITE, Canvas
from collateral.demo.files.slides_words import layout

SHIELD = (
    (62, 126), (130, 108), (198, 126), (198, 190), (186, 232), (162, 262), (130, 284), (98, 262),
    (74, 232), (62, 190),
)  # fmt: skip
TICK = ((100, 192), (122, 216), (164, 168), (174, 177), (123, 235), (91, 201))


@layout
def quote(canvas: Canvas, block: Block) -> None:
    """Somebody's own words, with who said them."""
    canvas.box(0, 0, 640, 360, canvas.theme.tint)
    canvas.to_back()
    canvas.text(40, 44, 80, 80, "“", 110, bold=True, color=canvas.theme.accent, heading=True)
    title = canvas.slide.shapes.title
    family = canvas.theme.heading
    size = fonts.fitting(block.title, family, 27, 490, 110, bold=True)
    wide = fonts.balanced(block.title, family, size, 490, bold=True) + 4
    canvas.place(title, 40, 116, wide, 110)
    canvas.text(40, 116, wide, 110, block.title, size, bold=True, heading=True, shape=title)
    canvas.box(40, 254, 34, 34, canvas.theme.second, kind="OVAL")
    canvas.box(51, 260, 12, 12, canvas.theme.tint, kind="OVAL")
    canvas.box(46, 273, 22, 13, canvas.theme.tint, kind="ROUND_2_SAME_RECTANGLE")
    who, _, what = block.subtitle.partition(" | ")
    canvas.text(84, 253, 460, 18, who, 14.5, bold=True)
    canvas.text(84, 271, 460, 18, what, 12.5, color=canvas.theme.soft)


@layout
def facts(canvas: Canvas, block: Block) -> None:
    """A sign at the left, three or four facts beside it."""
    canvas.heading(block.title, block.subtitle)
    _sign(canvas, block.option("sign", "shield"))
    step = 188 / len(block.rows)
    for index, (head, rest) in enumerate(block.rows):
        y = 110 + index * step
        canvas.text(244, y, 356, 22, head, 17, bold=True)
        canvas.text(244, y + 23, 356, step - 26, rest, 13, color=canvas.theme.soft)


def _sign(canvas: Canvas, name: str) -> None:
    theme = canvas.theme
    if name == "shield":
        canvas.form(SHIELD, theme.dark)
        canvas.form(TICK, theme.accent)
        return
    canvas.box(54, 118, 152, 166, theme.tint, radius=10)
    if name == "clock":
        canvas.box(80, 150, 100, 100, theme.dark, kind="OVAL")
        canvas.box(88, 158, 84, 84, WHITE, kind="OVAL")
        canvas.box(127.5, 170, 5, 34, theme.dark)
        canvas.box(128, 199, 30, 5, theme.accent)
        canvas.box(125, 196, 10, 10, theme.dark, kind="OVAL")
    else:
        for index, tall in enumerate((34, 58, 84, 112)):
            canvas.box(
                78 + index * 28,
                264 - tall,
                18,
                tall,
                theme.accent if index == 3 else theme.second,
                radius=3,
            )


@layout
def prose(canvas: Canvas, block: Block) -> None:
    """A paragraph or two beside a picture."""
    canvas.heading(block.title, block.subtitle)
    canvas.picture(block.option("art"), 356, 108, 244, 188)
    text = "\n".join(block.paragraphs)
    top = 108.0
    if text:
        room = 188 if not block.items else 88
        canvas.text(40, top, 296, room, text, 14, leading=1.3)
        size = fonts.fitting(text, canvas.theme.body, 14, 292, room, leading=1.3)
        top += len(fonts.wrapped(text, canvas.theme.body, size, 292)) * size * 1.3 + 12
    step = min(36.0, (296 - top) / max(1, len(block.items)))
    for index, item in enumerate(block.items):
        y = top + index * step
        canvas.box(40, y + 6, 7, 7, canvas.theme.accent, kind="OVAL")
        canvas.text(56, y, 280, step - 3, item, 13.5)


@layout
def people(canvas: Canvas, block: Block) -> None:
    canvas.heading(block.title, block.subtitle)
    count = len(block.rows)
    wide = 560 / count
    for index, row in enumerate(block.rows):
        x = 40 + index * wide + wide / 2
        ground = canvas.theme.tint if index % 2 == 0 else canvas.theme.line
        canvas.box(x - 38, 124, 76, 76, ground, kind="OVAL")
        canvas.box(x - 14, 138, 28, 28, canvas.theme.second, kind="OVAL")
        canvas.box(x - 24, 170, 48, 27, canvas.theme.second, kind="ROUND_2_SAME_RECTANGLE")
        canvas.text(x - wide / 2 + 4, 212, wide - 8, 20, row[0], 15.5, bold=True, align="center")
        canvas.text(
            x - wide / 2 + 8,
            233,
            wide - 16,
            20,
            row[1],
            13,
            align="center",
            color=canvas.theme.soft,
        )
        if len(row) > 2:
            canvas.text(
                x - wide / 2 + 8,
                254,
                wide - 16,
                36,
                row[2],
                11.5,
                align="center",
                color=canvas.theme.soft,
            )


@layout
def logos(canvas: Canvas, block: Block) -> None:
    """Customers by name, each with a mark of its own."""
    canvas.heading(block.title, block.subtitle)
    marks = ("OVAL", "RECTANGLE", "ISOSCELES_TRIANGLE", "DIAMOND", "HEXAGON", "TEAR")
    columns = 4 if len(block.items) > 6 else 3
    lines = -(-len(block.items) // columns)
    wide, tall = (560 - 12 * (columns - 1)) / columns, min(58.0, (190 - 12 * (lines - 1)) / lines)
    for index, name in enumerate(block.items):
        x = 40 + (index % columns) * (wide + 12)
        y = 112 + (index // columns) * (tall + 12)
        canvas.box(x, y, wide, tall, None, radius=5, line=canvas.theme.line)
        color = canvas.theme.accent if index % 3 == 1 else canvas.theme.second
        canvas.box(x + 14, y + tall / 2 - 8, 16, 16, color, kind=marks[index % len(marks)])
        canvas.text(
            x + 40,
            y,
            wide - 50,
            tall,
            name,
            14.5,
            bold=True,
            anchor="middle",
            heading=index % 2 == 0,
        )

"""Slides that are mostly words: covers, sections, lists, cards, quotes, people."""

from __future__ import annotations

from collections.abc import Callable

from collateral.demo.content_format import Block
from collateral.demo.files import fonts
from collateral.demo.files.canvas import WHITE, Canvas

Layout = Callable[[Canvas, Block], None]

LAYOUTS: dict[str, Layout] = {}

# How much of a cover's width its picture leaves to the title.
COVER_WIDTHS = {
    "packaging": 300, "pharma": 300, "bearing": 320, "brewery": 310, "rings": 380,
    "spiral": 290, "chemistry": 320, "paper": 480, "network": 340, "squares": 360,
}


def layout(draw: Layout) -> Layout:
    LAYOUTS[draw.__name__.rstrip("_")] = draw
    return draw


def _display(canvas: Canvas, text: str, y: float, h: float, *, size: float = 38,
             width: float = 400, color: str = WHITE) -> float:
    """The big title of a dark slide, in its placeholder; gives the y under its last line."""
    title = canvas.slide.shapes.title
    family = canvas.theme.heading
    size = fonts.fitting(text, family, size, width, h, bold=True, leading=1.12)
    lines = len(fonts.wrapped(text, family, size, width, bold=True))
    while lines > 1 and len(fonts.wrapped(text, family, size, width - 12, bold=True)) == lines:
        width -= 12  # lines of like length: no single word on the last
    for name, value in zip(("left", "top", "width", "height"), (40, y, width + 12, h),
                           strict=True):
        setattr(title, name, int(value * 19050))
    canvas.text(40, y, width + 12, h, text, size, bold=True, heading=True, color=color,
                shape=title, leading=1.12)
    return y + lines * size * 1.17


def backdrop(canvas: Canvas, name: str) -> None:
    canvas.picture(name, 0, 0, 640, 360)
    # A picture added last would cover the title placeholder.
    tree = canvas.slide.shapes._spTree
    tree.insert(2, tree[-1])


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
    draw = canvas.slide.shapes.build_freeform
    x, y = 40.0, 320.0
    for points in (
        ((0, 0), (4, 0), (4, 14), (0, 14)),
        ((6, 7), (12, 0), (17, 0), (11, 7), (17, 14), (12, 14)),
    ):
        unit = 19050
        builder = draw(int((x + points[0][0]) * unit), int((y + points[0][1]) * unit))
        builder.add_line_segments(
            [(int((x + px) * unit), int((y + py) * unit)) for px, py in points[1:]], close=True
        )
        mark = builder.convert_to_shape()
        from collateral.demo.files.canvas import paint

        paint(mark, color)
        mark.line.fill.background()
    canvas.text(63, 317, 120, 20, "kelvane", 14, bold=True, color=color, anchor="middle")


@layout
def section(canvas: Canvas, block: Block) -> None:
    backdrop(canvas, block.option("art", "wave"))
    canvas.text(40, 84, 200, 60, block.option("n", ""), 52, bold=True,
                color=canvas.theme.accent, heading=True)
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
            canvas.text(40, y, 30, step - 6, str(index + 1), 19, bold=True,
                        color=canvas.theme.accent, heading=True, anchor="middle")
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
    canvas.text(62, 158, 222, 58, block.paragraphs[0], 50, bold=True, heading=True,
                color=canvas.theme.accent, anchor="bottom")
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
        canvas.text(x + 16, 128, 24, 24, str(index + 1), 13, bold=True, align="center",
                    anchor="middle", color=canvas.theme.on_accent, shape=mark)
        ink = WHITE if lit else canvas.theme.ink
        canvas.text(x + 16, 162, wide - 30, 44, head, 18, bold=True, color=ink, anchor="middle")
        canvas.text(x + 16, 212, wide - 30, 74, rest, 13.5, color=ink)


@layout
def quote(canvas: Canvas, block: Block) -> None:
    """Somebody's own words, with who said them."""
    canvas.box(0, 0, 640, 360, canvas.theme.tint)
    tree = canvas.slide.shapes._spTree
    tree.insert(2, tree[-1])
    canvas.text(40, 44, 80, 80, "“", 110, bold=True, color=canvas.theme.accent, heading=True)
    title = canvas.slide.shapes.title
    title.left, title.top, title.width, title.height = (
        int(v * 19050) for v in (40, 116, 500, 110)
    )
    canvas.text(40, 116, 500, 110, block.title, 27, bold=True, heading=True, shape=title)
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
        draw = canvas.slide.shapes.build_freeform(int(62 * 19050), int(126 * 19050))
        points = ((130, 108), (198, 126), (198, 190), (186, 232), (162, 262), (130, 284),
                  (98, 262), (74, 232), (62, 190))
        draw.add_line_segments([(int(x * 19050), int(y * 19050)) for x, y in points], close=True)
        shield = draw.convert_to_shape()
        from collateral.demo.files.canvas import paint

        paint(shield, theme.dark)
        shield.line.fill.background()
        tick = canvas.slide.shapes.build_freeform(int(100 * 19050), int(192 * 19050))
        points = ((122, 216), (164, 168), (174, 177), (123, 235), (91, 201))
        tick.add_line_segments([(int(x * 19050), int(y * 19050)) for x, y in points], close=True)
        mark = tick.convert_to_shape()
        paint(mark, theme.accent)
        mark.line.fill.background()
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
            canvas.box(78 + index * 28, 264 - tall, 18, tall,
                       theme.accent if index == 3 else theme.second, radius=3)


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
        canvas.text(x - wide / 2 + 8, 233, wide - 16, 20, row[1], 13, align="center",
                    color=canvas.theme.soft)
        if len(row) > 2:
            canvas.text(x - wide / 2 + 8, 254, wide - 16, 36, row[2], 11.5, align="center",
                        color=canvas.theme.soft)


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
        canvas.text(x + 40, y, wide - 50, tall, name, 14.5, bold=True, anchor="middle",
                    heading=index % 2 == 0)

"""Slides that show figures: charts, tables, gauges."""

from __future__ import annotations

import math

from collateral.demo.content_format import Block, number
from collateral.demo.files import charts, fonts
from collateral.demo.files.canvas import WHITE, Canvas
from collateral.demo.files.slides_words import layout

BODY = (40.0, 106.0, 560.0, 198.0)


def _form(block: Block) -> str:
    """The number format of a chart's labels: ``unit=h`` writes 412 h, ``unit=€`` writes €412."""
    unit = block.option("unit")
    plain = "#,##0.0" if block.option("decimals") else "#,##0"
    if unit in {"€", "£"}:
        return f'"{unit}"{plain}'
    return f'{plain}" {unit}"' if unit else plain


def _hot(block: Block) -> int | None:
    return int(block.option("hot")) - 1 if block.option("hot") else None


@layout
def bars(canvas: Canvas, block: Block) -> None:
    canvas.heading(block.title, block.subtitle)
    pairs = block.pairs()
    charts.bars(
        canvas, BODY, [label for label, _ in pairs], [("", [value for _, value in pairs])],
        colors=[canvas.theme.second], sideways=True, hot=_hot(block), form=_form(block), size=12,
    )


@layout
def columns(canvas: Canvas, block: Block) -> None:
    canvas.heading(block.title, block.subtitle)
    names = block.option("series").split(",") if block.option("series") else [""]
    series = [
        (name, [number(row[index + 1]) for row in block.rows]) for index, name in enumerate(names)
    ]
    colors = [canvas.theme.second, canvas.theme.accent, canvas.theme.soft]
    charts.bars(
        canvas, BODY, [row[0] for row in block.rows], series,
        colors=list(colors[: len(names)]), hot=_hot(block), form=_form(block),
        legend=len(names) > 1, size=11 if len(block.rows) < 10 else 9.5,
    )


@layout
def stacked(canvas: Canvas, block: Block) -> None:
    canvas.heading(block.title, block.subtitle)
    names = block.option("series").split(",")
    series = [
        (name, [number(row[index + 1]) for row in block.rows]) for index, name in enumerate(names)
    ]
    chart = charts.bars(
        canvas, BODY, [row[0] for row in block.rows], series,
        colors=[canvas.theme.second, canvas.theme.accent, canvas.theme.soft][: len(names)],
        stacked=True, legend=True, form=_form(block), gap=80,
    )
    _inside(chart, canvas, names, _form(block))


def _inside(chart: object, canvas: Canvas, names: list[str], form: str) -> None:
    """Each part's figure inside its part."""
    from pptx.enum.chart import XL_LABEL_POSITION
    from pptx.util import Pt

    from collateral.demo.files.canvas import rgb

    for index in range(len(names)):
        labels = chart.plots[0].series[index].data_labels  # type: ignore[attr-defined]
        labels.show_value = True
        labels.position = XL_LABEL_POSITION.CENTER
        labels.number_format, labels.number_format_is_linked = form, False
        labels.font.size = Pt(16)
        labels.font.bold = True
        labels.font.color.rgb = rgb(canvas.theme.on_accent if index == 1 else WHITE)


@layout
def waterfall(canvas: Canvas, block: Block) -> None:
    """From one total to another by steps; the first and last rows are the totals."""
    canvas.heading(block.title, block.subtitle)
    values = [value for _, value in block.pairs()]
    top, left, wide, tall = 134.0, 46.0, 548.0, 140.0
    highest = max(values[0], values[-1])
    step = wide / len(values)
    canvas.box(40, top + tall, 560, 1, canvas.theme.second)
    level = 0.0
    for index, (label, value) in enumerate(block.pairs()):
        total = index in {0, len(values) - 1}
        low, high = (0.0, value) if total else sorted((level, level + value))
        level = value if total else level + value
        color = canvas.theme.dark if total else canvas.theme.accent
        if not total and value > 0:
            color = canvas.theme.second
        x, y = left + index * step + step * 0.14, top + tall * (1 - high / highest)
        canvas.box(x, y, step * 0.72, max(2.0, tall * (high - low) / highest), color)
        canvas.text(x - 10, y - 19, step * 0.72 + 20, 17, block.rows[index][1], 13.5, bold=True,
                    align="center")
        canvas.text(left + index * step, top + tall + 8, step, 28, label, 12, align="center",
                    color=canvas.theme.soft)
        if index < len(values) - 1:
            y = top + tall * (1 - level / highest)
            canvas.box(x + step * 0.72, y, step * 0.28, 0.9, canvas.theme.soft)


@layout
def line(canvas: Canvas, block: Block) -> None:
    canvas.heading(block.title, block.subtitle)
    names = block.option("series").split(",") if block.option("series") else [""]
    series = [
        (name, [number(row[index + 1]) for row in block.rows]) for index, name in enumerate(names)
    ]
    charts.lines(
        canvas, BODY, [row[0] for row in block.rows], series,
        colors=[canvas.theme.second, canvas.theme.accent][: len(names)], form=_form(block),
        legend=len(names) > 1, every=int(block.option("every", "1")),
    )


@layout
def trend(canvas: Canvas, block: Block) -> None:
    """A measured value that drifts away; between the two marks lies the warning."""
    canvas.heading(block.title, block.subtitle)
    count, start = 60, float(block.option("start", "0.52"))
    values = []
    for index in range(count):
        at = index / (count - 1)
        drift = max(0.0, at - start) / (1 - start)
        values.append(1.6 + 0.3 * math.sin(index / 2.3) + canvas.rng.uniform(-0.22, 0.22)
                      + 8.6 * drift**2.1)
    left, foot, wide, tall = 46.0, 286.0, 548.0, 172.0
    if block.option("window"):
        x = left + wide * (start + 0.06)
        end = left + wide * 0.88
        canvas.box(x, foot - tall, end - x, tall, canvas.theme.tint)
        canvas.box(x, foot - tall, 1.5, tall, canvas.theme.accent)
        canvas.box(end, foot - tall, 1.5, tall, canvas.theme.second)
        canvas.text(x, foot - tall + 6, end - x, 22, block.option("window"), 17, bold=True,
                    align="center", color=canvas.theme.ink)
        first, last = block.items
        canvas.text(x - 60, foot + 3, 120, 14, first, 11, align="center", color=canvas.theme.soft)
        canvas.text(end - 60, foot + 3, 120, 14, last, 11, align="center", color=canvas.theme.soft)
    points = [(left + wide * index / (count - 1), foot - tall * value / 11)
              for index, value in enumerate(values)]
    _stroke(canvas, points, canvas.theme.second, 2.4)
    canvas.box(40, foot, 560, 1, canvas.theme.soft)


def _stroke(canvas: Canvas, points: list[tuple[float, float]], color: str, width: float) -> None:
    from pptx.util import Pt

    from collateral.demo.files.canvas import rgb

    unit = 19050
    scaled = [(int(x * unit), int(y * unit)) for x, y in points]
    builder = canvas.slide.shapes.build_freeform(*scaled[0])
    builder.add_line_segments(scaled[1:], close=False)
    drawn = builder.convert_to_shape()
    drawn.fill.background()
    drawn.shadow.inherit = False
    drawn.line.color.rgb = rgb(color)
    drawn.line.width = Pt(width)


@layout
def share(canvas: Canvas, block: Block) -> None:
    """Parts of a whole: a ring, and its parts named beside it."""
    canvas.heading(block.title, block.subtitle)
    pairs = block.pairs()
    theme = canvas.theme
    colors = [theme.accent, theme.second, theme.soft, theme.dark, theme.line][: len(pairs)]
    charts.doughnut(canvas, (40, 106, 210, 200), [label for label, _ in pairs],
                    [value for _, value in pairs], colors)
    if block.paragraphs:
        canvas.text(95, 184, 100, 28, block.paragraphs[0], 26, bold=True, align="center",
                    anchor="middle", heading=True)
        canvas.text(95, 212, 100, 16, block.paragraphs[1], 11, align="center", color=theme.soft)
    step = min(38.0, 190 / len(pairs))
    for index, row in enumerate(block.rows):
        y = 114 + index * step
        canvas.box(284, y + 6, 12, 12, colors[index], radius=3)
        canvas.text(306, y, 196, 24, row[0], 15, anchor="middle")
        canvas.text(502, y, 98, 24, row[1], 16, bold=True, align="right", anchor="middle")
        canvas.box(284, y + step - 5, 316, 0.8, theme.line)


@layout
def table(canvas: Canvas, block: Block) -> None:
    canvas.heading(block.title, block.subtitle)
    count = len(block.rows[0])
    if block.option("widths"):
        widths = [float(part) for part in block.option("widths").split(",")]
    else:
        first = 560 * (0.4 if count > 2 else 0.5)
        widths = [first, *[(560 - first) / (count - 1)] * (count - 1)]
    height = min(35.0, 190 / len(block.rows))
    strong = int(block.option("strong")) if block.option("strong") else None
    canvas.table(40, 112, widths, block.rows, height=height, size=min(14.5, height * 0.5),
                 strong=strong, numbers=block.option("words") == "")
    if block.paragraphs:
        canvas.text(40, 112 + height * len(block.rows) + 10, 560, 28, block.paragraphs[0], 11.5,
                    color=canvas.theme.soft)


@layout
def matrix(canvas: Canvas, block: Block) -> None:
    """What each of two or three ways can do: marks instead of words."""
    canvas.heading(block.title, block.subtitle)
    head, *lines = block.rows
    columns_ = len(head) - 1
    wide = 230 / columns_
    for index, name in enumerate(head[1:]):
        canvas.text(360 + index * wide, 104, wide - 6, 20, name, 12, bold=True, align="center",
                    anchor="middle")
    step = min(30.0, 176 / len(lines))
    for index, row in enumerate(lines):
        y = 126 + index * step
        if index % 2 == 0:
            canvas.box(40, y, 560, step, canvas.theme.tint, radius=3)
        canvas.text(52, y, 300, step, row[0], 13.5, anchor="middle")
        for place, mark in enumerate(row[1:]):
            x = 360 + place * wide + (wide - 6) / 2
            if mark == "yes":
                canvas.box(x - 7, y + step / 2 - 7, 14, 14, canvas.theme.second, kind="OVAL")
            elif mark == "no":
                canvas.box(x - 6, y + step / 2 - 1, 12, 2.4, canvas.theme.soft)
            else:
                canvas.text(x - wide / 2, y, wide, step, mark, 12, align="center",
                            anchor="middle", color=canvas.theme.ink)


@layout
def gauges(canvas: Canvas, block: Block) -> None:
    """Three figures, each on a dial of its own."""
    canvas.heading(block.title, block.subtitle)
    wide = 560 / len(block.rows)
    for index, row in enumerate(block.rows):
        value, label, full = row[0], row[1], number(row[2]) if len(row) > 2 else number(row[0])
        x = 40 + index * wide + wide / 2
        color = canvas.theme.accent if index == 0 else canvas.theme.second
        _arc(canvas, x, 214, 64, 1.0, canvas.theme.line)
        _arc(canvas, x, 214, 64, max(0.03, min(1.0, full / 100)), color)
        size = fonts.fitting(value, canvas.theme.heading, 27, 80, 36, bold=True)
        canvas.text(x - 50, 182, 100, 36, value, size, bold=True, align="center", anchor="middle",
                    heading=True)
        canvas.text(x - wide / 2 + 10, 234, wide - 20, 36, label, 14, align="center",
                    color=canvas.theme.soft)


def _arc(canvas: Canvas, x: float, y: float, r: float, part: float, color: str) -> None:
    from collateral.demo.files.canvas import paint

    unit, inner, steps = 19050, r - 15, max(3, int(28 * part))
    turn = [math.pi * (1 - part * k / steps) for k in range(steps + 1)]
    outside = [(x + math.cos(a) * r, y - math.sin(a) * r) for a in turn]
    inside = [(x + math.cos(a) * inner, y - math.sin(a) * inner) for a in reversed(turn)]
    points = [(int(px * unit), int(py * unit)) for px, py in outside + inside]
    builder = canvas.slide.shapes.build_freeform(*points[0])
    builder.add_line_segments(points[1:], close=True)
    arc = builder.convert_to_shape()
    paint(arc, color)
    arc.line.fill.background()

"""Slides that show figures: charts, tables, gauges."""

from __future__ import annotations

import math
from typing import Any

from collateral.demo.content_format import Block, number
from collateral.demo.files import charts
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
        canvas,
        BODY,
        [label for label, _ in pairs],
        [("", [value for _, value in pairs])],
        colors=[canvas.theme.second],
        sideways=True,
        hot=_hot(block),
        form=_form(block),
        size=12,
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
        canvas,
        BODY,
        [row[0] for row in block.rows],
        series,
        colors=list(colors[: len(names)]),
        hot=_hot(block),
        form=_form(block),
        legend=len(names) > 1,
        size=11 if len(block.rows) < 10 else 9.5,
    )


@layout
def stacked(canvas: Canvas, block: Block) -> None:
    canvas.heading(block.title, block.subtitle)
    names = block.option("series").split(",")
    series = [
        (name, [number(row[index + 1]) for row in block.rows]) for index, name in enumerate(names)
    ]
    chart = charts.bars(
        canvas,
        BODY,
        [row[0] for row in block.rows],
        series,
        colors=[canvas.theme.second, canvas.theme.accent, canvas.theme.soft][: len(names)],
        stacked=True,
        legend=True,
        form=_form(block),
        gap=80,
    )
    _inside(chart, canvas, names, _form(block))


def _inside(chart: Any, canvas: Canvas, names: list[str], form: str) -> None:
    """Each part's figure inside its part."""
    from pptx.enum.chart import XL_LABEL_POSITION
    from pptx.util import Pt

    from collateral.demo.files.canvas import rgb

    for index in range(len(names)):
        labels = chart.plots[0].series[index].data_labels
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
        color = canvas.theme.second if value > 0 else canvas.theme.accent
        if total:
            color = canvas.theme.dark
        x, y = left + index * step + step * 0.14, top + tall * (1 - high / highest)
        canvas.box(x, y, step * 0.72, max(2.0, tall * (high - low) / highest), color)
        canvas.text(
            x - 10,
            y - 19,
            step * 0.72 + 20,
            17,
            block.rows[index][1],
            13.5,
            bold=True,
            align="center",
        )
        canvas.text(
            left + index * step,
            top + tall + 8,
            step,
            28,
            label,
            12,
            align="center",
            color=canvas.theme.soft,
        )
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
        canvas,
        BODY,
        [row[0] for row in block.rows],
        series,
        colors=[canvas.theme.second, canvas.theme.accent][: len(names)],
        form=_form(block),
        legend=len(names) > 1,
        every=int(block.option("every", "1")),
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
        values.append(
            1.6 + 0.3 * math.sin(index / 2.3) + canvas.rng.uniform(-0.22, 0.22) + 8.6 * drift**2.1
        )
    left, foot, wide, tall = 46.0, 286.0, 548.0, 172.0
    if block.option("window"):
        x = left + wide * (start + 0.06)
        end = left + wide * 0.88
        canvas.box(x, foot - tall, end - x, tall, canvas.theme.tint)
        canvas.box(x, foot - tall, 1.5, tall, canvas.theme.accent)
        canvas.box(end, foot - tall, 1.5, tall, canvas.theme.second)
        canvas.text(
            x,
            foot - tall + 6,
            end - x,
            22,
            block.option("window"),
            17,
            bold=True,
            align="center",
            color=canvas.theme.ink,
        )
        first, last = block.items
        canvas.text(x - 60, foot + 3, 120, 14, first, 11, align="center", color=canvas.theme.soft)
        canvas.text(end - 60, foot + 3, 120, 14, last, 11, align="center", color=canvas.theme.soft)
    points = [
        (left + wide * index / (count - 1), foot - tall * value / 11)
        for index, value in enumerate(values)
    ]
    canvas.stroke(points, canvas.theme.second, 2.4)
    canvas.box(40, foot, 560, 1, canvas.theme.soft)


@layout
def share(canvas: Canvas, block: Block) -> None:
    """Parts of a whole: a ring, and its parts named beside it."""
    canvas.heading(block.title, block.subtitle)
    pairs = block.pairs()
    theme = canvas.theme
    colors = [theme.accent, theme.second, theme.soft, theme.dark, theme.line][: len(pairs)]
    charts.doughnut(
        canvas,
        (40, 106, 210, 200),
        [label for label, _ in pairs],
        [value for _, value in pairs],
        colors,
    )
    if block.paragraphs:
        canvas.text(
            95,
            184,
            100,
            28,
            block.paragraphs[0],
            26,
            bold=True,
            align="center",
            anchor="middle",
            heading=True,
        )
        canvas.text(95, 212, 100, 16, block.paragraphs[1], 11, align="center", color=theme.soft)
    step = min(38.0, 190 / len(pairs))
    for index, row in enumerate(block.rows):
        y = 114 + index * step
        canvas.box(284, y + 6, 12, 12, colors[index], radius=3)
        canvas.text(306, y, 196, 24, row[0], 15, anchor="middle")
        canvas.text(502, y, 98, 24, row[1], 16, bold=True, align="right", anchor="middle")
        canvas.box(284, y + step - 5, 316, 0.8, theme.line)

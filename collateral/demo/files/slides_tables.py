"""Slides of single figures: tables, matrices of marks, dials."""

from __future__ import annotations

import math

from collateral.demo.content_format import Block, number
from collateral.demo.files import fonts
from collateral.demo.files.canvas import Canvas
from collateral.demo.files.slides_words import layout


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
    canvas.table(
        40,
        112,
        widths,
        block.rows,
        height=height,
        size=min(14.5, height * 0.5),
        strong=strong,
        numbers=block.option("words") == "",
    )
    if block.paragraphs:
        canvas.text(
            40,
            112 + height * len(block.rows) + 10,
            560,
            28,
            block.paragraphs[0],
            11.5,
            color=canvas.theme.soft,
        )


@layout
def matrix(canvas: Canvas, block: Block) -> None:
    """What each of two or three ways can do: marks instead of words."""
    canvas.heading(block.title, block.subtitle)
    head, *lines = block.rows
    columns_ = len(head) - 1
    wide = 230 / columns_
    for index, name in enumerate(head[1:]):
        canvas.text(
            360 + index * wide,
            104,
            wide - 6,
            20,
            name,
            12,
            bold=True,
            align="center",
            anchor="middle",
        )
    step = min(30.0, 176 / len(lines))
    for index, row in enumerate(lines):
        y = 126 + index * step
        if index % 2 == 0:
            canvas.box(40, y, 560, step, canvas.theme.tint, radius=3)
        canvas.text(52, y, 300, step, row[0], 13.5, anchor="middle")
        for place, mark in enumerate(row[1:]):
            _mark(canvas, mark, 360 + place * wide + (wide - 6) / 2, y, wide, step)


def _mark(canvas: Canvas, mark: str, x: float, y: float, wide: float, step: float) -> None:
    """A dot for yes, a dash for no, else words; `x` is its middle."""
    if mark == "yes":
        canvas.box(x - 7, y + step / 2 - 7, 14, 14, canvas.theme.second, kind="OVAL")
    elif mark == "no":
        canvas.box(x - 6, y + step / 2 - 1, 12, 2.4, canvas.theme.soft)
    else:
        canvas.text(
            x - wide / 2,
            y,
            wide,
            step,
            mark,
            12,
            align="center",
            anchor="middle",
            color=canvas.theme.ink,
        )


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
        canvas.text(
            x - 50,
            182,
            100,
            36,
            value,
            size,
            bold=True,
            align="center",
            anchor="middle",
            heading=True,
        )
        canvas.text(
            x - wide / 2 + 10,
            234,
            wide - 20,
            36,
            label,
            14,
            align="center",
            color=canvas.theme.soft,
        )


def _arc(canvas: Canvas, x: float, y: float, r: float, part: float, color: str) -> None:
    inner, steps = r - 15, max(3, int(28 * part))
    turn = [math.pi * (1 - part * k / steps) for k in range(steps + 1)]
    outside = [(x + math.cos(a) * r, y - math.sin(a) * r) for a in turn]
    inside = [(x + math.cos(a) * inner, y - math.sin(a) * inner) for a in reversed(turn)]
    canvas.form(outside + inside, color)

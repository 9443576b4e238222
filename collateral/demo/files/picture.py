"""Pictures of the sample: posters, screens and diagrams, as PNG, JPEG or SVG."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from xml.sax.saxutils import escape

from collateral.demo.content_format import Block
from collateral.demo.files import art, fonts
from collateral.demo.files.scenes import SCENES, circle, path, rect, signal
from collateral.demo.files.themes import THEMES, Theme

WIDE, TALL = 1200, 800
Drawing = Callable[[Random, Theme, Block], str]


def make_picture(filename: str, theme_key: str, blocks: list[Block], seed: str) -> bytes:
    """The picture in the format that the file's name asks for."""
    block, theme = blocks[0], THEMES[theme_key]
    inner = DRAWINGS[block.kind](Random(seed), theme, block)
    document = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {TALL}" '
        f'width="{WIDE}" height="{TALL}">{inner}</svg>'
    )
    if filename.endswith(".svg"):
        return document.encode()
    if filename.endswith(".png"):
        return art.png(document, 1600)
    return art.jpeg(document, 1600, quality=88)


def _text(
    x: float,
    y: float,
    text: str,
    size: float,
    color: str,
    *,
    bold: bool = False,
    anchor: str = "start",
) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-family="Carlito, Calibri, sans-serif" '
        f'font-size="{size}" fill="#{color}" text-anchor="{anchor}"{weight}>{escape(text)}</text>'
    )


def _mark(x: float, y: float, color: str) -> str:
    return (
        f'<g transform="translate({x} {y}) scale(1.9)">'
        f'<path d="M0 0h4v14h-4z M6 7l6-7h5l-6 7 6 7h-5z" fill="#{color}"/></g>'
    ) + _text(x + 46, y + 24, "kelvane", 28, color, bold=True)


def _poster(rng: Random, theme: Theme, block: Block) -> str:
    """A scene over the whole sheet, words on it."""
    parts = [SCENES[block.option("art")](rng, theme, WIDE, TALL)]
    parts.append(rect(80, 96, 64, 9, theme.accent))
    y = 190.0
    for line in fonts.wrapped(block.title, "Calibri", 70, 430, bold=True):
        parts.append(_text(80, y, line, 70, "FFFFFF", bold=True))
        y += 78
    for line in fonts.wrapped(block.subtitle, "Calibri", 32, 420):
        parts.append(_text(80, y, line, 32, "FFFFFF"))
        y += 42
    parts.append(_mark(80, 720, "FFFFFF"))
    return "".join(parts)


def _screen(rng: Random, theme: Theme, block: Block) -> str:
    """Predict on the shift lead's screen."""
    parts = [rect(0, 0, WIDE, TALL, theme.dark), _mark(48, 36, "FFFFFF")]
    parts.append(_text(WIDE - 48, 62, block.subtitle, 24, theme.tint, anchor="end"))
    parts.append(rect(48, 100, 280, 650, theme.second, 'rx="12"'))
    for index, item in enumerate(block.items):
        y, hot = 150 + index * 62, str(index + 1) == block.option("hot")
        if hot:
            parts.append(rect(60, y - 30, 256, 52, theme.dark, 'rx="8"'))
        parts.append(circle(84, y - 6, 8, theme.accent if hot else "5FC98B"))
        parts.append(_text(106, y + 3, item, 25, "FFFFFF", bold=hot))
    parts.append(rect(352, 100, 800, 410, theme.second, 'rx="12"'))
    parts.append(_text(384, 150, block.title, 30, "FFFFFF", bold=True))
    for grid in range(5):
        parts.append(rect(384, 210 + grid * 60, 736, 1.5, theme.dark, 'opacity="0.5"'))
    points = [(384 + x, 400 + min(70, max(-150, y * 1.9))) for x, y in signal(rng, 0, 736, 0, 24)]
    parts.append(path(points, "FFFFFF", 3))
    parts.append(rect(880, 180, 3, 300, theme.accent))
    wide = (800 - 48) / 3
    for index, (label, value) in enumerate(block.rows):
        x = 352 + index * (wide + 24)
        parts.append(rect(x, 534, wide, 216, theme.second, 'rx="12"'))
        parts.append(_text(x + 28, 590, label, 26, theme.tint))
        parts.append(_text(x + 28, 680, value, 70, "FFFFFF", bold=True))
    return "".join(parts)


def _curve(rng: Random, theme: Theme, block: Block) -> str:
    """The warning between the first sign and the failure."""
    parts = [rect(0, 0, WIDE, TALL, theme.ground), rect(80, 84, 56, 8, theme.accent)]
    parts.append(_text(80, 156, block.title, 58, theme.ink, bold=True))
    parts.append(_text(80, 202, block.subtitle, 28, theme.soft))
    left, wide, foot = 80.0, 1040.0, 660.0
    start, end = left + wide * 0.52, left + wide * 0.88
    parts.append(rect(start, 260, end - start, foot - 260, theme.tint))
    points = []
    for index in range(110):
        at = index / 109
        drift = max(0.0, at - 0.48) / 0.52
        value = 24 + 9 * rng.uniform(-1, 1) + 360 * drift**2.3
        points.append((left + wide * at, foot - value))
    parts.append(path(points, theme.second, 5))
    parts.append(rect(left, foot, wide, 3, theme.soft))
    first, last = block.items
    for x, label, color in ((start, first, theme.accent), (end, last, theme.ink)):
        parts.append(rect(x - 2, 260, 4, foot - 260, color))
        parts.append(_text(x, foot + 44, label, 26, theme.ink, anchor="middle"))
    parts.append(
        _text(
            (start + end) / 2,
            330,
            block.option("window"),
            52,
            theme.ink,
            bold=True,
            anchor="middle",
        )
    )
    parts.append(_mark(80, 742, theme.ink))
    return "".join(parts)


def _diagram(_: Random, theme: Theme, block: Block) -> str:
    """Boxes in levels, with what goes between them."""
    parts = [rect(0, 0, WIDE, TALL, theme.ground), rect(80, 70, 56, 8, theme.accent)]
    parts.append(_text(80, 138, block.title, 50, theme.ink, bold=True))
    step = 520 / len(block.rows)
    for index, (level, name, between) in enumerate(block.rows):
        y, strong = 190 + index * step, str(index + 1) == block.option("hot")
        parts.append(_text(80, y + step * 0.36, level, 24, theme.soft))
        fill, ink = (theme.dark, "FFFFFF") if strong else (theme.tint, theme.ink)
        parts.append(rect(300, y, 520, step * 0.62, fill, 'rx="10"'))
        parts.append(_text(560, y + step * 0.39, name, 30, ink, bold=True, anchor="middle"))
        if index < len(block.rows) - 1:
            parts.append(rect(557, y + step * 0.64, 6, step * 0.32, theme.accent))
        for number, line in enumerate(fonts.wrapped(between, "Calibri", 23, 300)):
            parts.append(_text(850, y + step * 0.28 + number * 28, line, 23, theme.soft))
    parts.append(_mark(80, 742, theme.ink))
    return "".join(parts)


DRAWINGS: dict[str, Drawing] = {
    "poster": _poster,
    "screen": _screen,
    "curve": _curve,
    "diagram": _diagram,
}

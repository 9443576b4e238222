"""The pictures of Kelvane's material, drawn as SVG: plants at night, machines, signals, maps.

Each scene takes its random source, its theme and a size, and gives what stands inside the
``<svg>`` element. The same source draws the same picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from collateral.demo.files.themes import Theme

Scene = Callable[[Random, Theme, float, float], str]

SCENES: dict[str, Scene] = {}


def scene(draw: Scene) -> Scene:
    SCENES[draw.__name__] = draw
    return draw


def rect(x: float, y: float, w: float, h: float, fill: str, extra: str = "") -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" fill="#{fill}" {extra}/>'
    )


def circle(x: float, y: float, r: float, fill: str, extra: str = "") -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="{_paint(fill)}" {extra}/>'


def path(points: list[tuple[float, float]], stroke: str, width: float, extra: str = "") -> str:
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline points="{joined}" fill="none" stroke="#{stroke}" stroke-width="{width:.1f}"'
        f' stroke-linejoin="round" stroke-linecap="round" {extra}/>'
    )


def shape(d: str, fill: str, extra: str = "") -> str:
    return f'<path d="{d}" fill="{_paint(fill)}" {extra}/>'


def gradient(name: str, top: str, bottom: str, *, slant: bool = False) -> str:
    x2, y2 = (1, 0) if slant else (0, 1)
    y1 = 1 if slant else 0
    return (
        f'<defs><linearGradient id="{name}" x1="0" y1="{y1}" x2="{x2}" y2="{y2}">'
        f'<stop offset="0" stop-color="#{top}"/><stop offset="1" stop-color="#{bottom}"/>'
        "</linearGradient></defs>"
    )


def _paint(fill: str) -> str:
    return fill if fill == "none" or fill.startswith("url") else f"#{fill}"


def sky(theme: Theme, w: float, h: float) -> str:
    return gradient("sky", *theme.sky) + (
        f'<rect width="{w:.0f}" height="{h:.0f}" fill="url(#sky)"/>'
    )


def signal(rng: Random, x0: float, x1: float, y: float, swing: float) -> list[tuple[float, float]]:
    """A calm vibration that once kicks out, as a bearing does."""
    kick = x0 + (x1 - x0) * rng.uniform(0.66, 0.76)
    points = []
    x = x0
    while x <= x1:
        calm = math.sin(x / 11) * 0.55 + math.sin(x / 27 + 1) * 0.45 + rng.uniform(-0.12, 0.12)
        far = (x - kick) / 16
        burst = -6.2 * math.exp(-far * far) * math.cos(far * 2.6)
        points.append((x, y + swing * (calm + burst) * 0.5))
        x += 3
    return points


@scene
def wave(rng: Random, theme: Theme, w: float, h: float) -> str:
    points = signal(rng, 0, w, h * 0.74, 13)
    peak = min(points, key=lambda point: point[1])
    faint = signal(rng, 0, w, h * 0.8, 9)
    return "".join(
        (
            rect(0, 0, w, h, theme.dark),
            path(faint, theme.second, 1.2, 'opacity="0.9"'),
            path(points, theme.accent, 2),
            circle(*peak, 4.5, theme.accent),
        )
    )


@scene
def rings(rng: Random, theme: Theme, w: float, h: float) -> str:
    x, y = w * rng.uniform(0.78, 0.84), h * rng.uniform(0.5, 0.6)
    out = [rect(0, 0, w, h, theme.dark)]
    for i in range(9):
        strong = i in {2, 5}
        out.append(
            circle(
                x,
                y,
                16 + i * 24,
                "none",
                f'stroke="#{theme.accent if strong else theme.second}" '
                f'stroke-width="{3 if strong else 1.4}" opacity="{1 - i * 0.09:.2f}"',
            )
        )
    out.append(circle(x, y, 8, theme.accent))
    for i in range(5):
        angle = rng.uniform(0, math.tau)
        reach = 16 + rng.choice((2, 4, 5)) * 24
        out.append(
            circle(
                x + math.cos(angle) * reach, y + math.sin(angle) * reach, 4 + i % 2, theme.accent
            )
        )
    return "".join(out)


@scene
def squares(rng: Random, theme: Theme, w: float, h: float) -> str:
    out = [rect(0, 0, w, h, theme.dark)]
    step = h / 10
    columns = 10
    for row in range(10):
        for column in range(columns):
            if column < columns - row * 0.95 + rng.uniform(-0.7, 0.7):
                continue
            lit = rng.random() < 0.24
            out.append(
                rect(
                    w - (columns - column) * step - 10,
                    row * step + 4,
                    step - 7,
                    step - 7,
                    theme.accent if lit else theme.second,
                    f'rx="5" opacity="{1 if lit else rng.choice((0.45, 0.65, 0.85))}"',
                )
            )
    return "".join(out)


_PLANT = (
    "M0 0V-70h60v-30l50 30v-30l50 30v-30l50 30V0z",
    "M0 0V-150h14l4-40h16l4 40h14V0z",
    "M0 0V-118h70V0z M8-126h54v6H8z M30-160h4v34h-4z",
    "M0 0v-46a46 46 0 0 1 92 0V0z",
    "M0 0v-96h22V0z M28 0v-128h22V0z M56 0v-80h22V0z M-6-70h90v6h-90z",
    "M0 0V-58h120V0z M14-58v-22h18v22z M50-58v-36h10v36z M84-58v-22h18v22z",
    "M0 0L14-132h34L62 0z M10-136h42v-6H10z",
    "M0 0V-84l64-34V0z M70 0v-64h44V0z",
)
_WIDTHS = (214, 56, 74, 96, 92, 124, 66, 118)


@scene
def plant(rng: Random, theme: Theme, w: float, h: float) -> str:
    """A works at night: two rows of buildings, a moon, lit windows."""
    out = [sky(theme, w, h)]
    moon = w * rng.uniform(0.66, 0.8)
    out.append(circle(moon, h * 0.3, h * 0.11, "F3F0DC", 'opacity="0.9"'))
    for depth, (foot, scale, fill, opacity) in enumerate(
        ((h * 0.93, 0.95, theme.dark, 0.55), (h * 1.02, 1.3, "05080F", 0.78))
    ):
        x = -rng.uniform(20, 120)
        scale *= h / 360
        while x < w:
            index = rng.randrange(len(_PLANT))
            out.append(
                f'<g transform="translate({x:.0f} {foot:.0f}) scale({scale:.2f})" '
                f'fill="#{fill}" opacity="{opacity}"><path d="{_PLANT[index]}"/></g>'
            )
            x += _WIDTHS[index] * scale + rng.uniform(-14, 26) * scale
        if depth:
            for _ in range(int(w / 22)):
                out.append(
                    rect(
                        rng.uniform(0, w),
                        h * rng.uniform(0.86, 0.97),
                        7,
                        5,
                        "FFD27A",
                        'rx="1" opacity="0.85"',
                    )
                )
    return "".join(out)


@scene
def mill(rng: Random, theme: Theme, w: float, h: float) -> str:
    """Coils of hot strip, seen from the end."""
    out = [
        gradient("hot", "1C1614", theme.accent, slant=True),
        rect(0, 0, w, h, theme.dark),
        f'<rect width="{w:.0f}" height="{h:.0f}" fill="url(#hot)" opacity="0.8"/>',
    ]
    for x, y, turns in ((w * 0.79, h * 0.62, 17), (w * 0.56, h * 1.02, 9)):
        for i in range(turns):
            out.append(
                f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{12 + i * 9}" ry="{14 + i * 10}" '
                f'fill="none" stroke="#{rng.choice(("FFFFFF", theme.dark, theme.dark))}" '
                f'stroke-width="{rng.choice((2, 4, 5))}" opacity="{rng.uniform(0.25, 0.5):.2f}"/>'
            )
    return "".join(out)


@scene
def bearing(rng: Random, theme: Theme, w: float, h: float) -> str:
    x, y, reach = w * 0.77, h * 0.52, h * 0.35
    out = [
        gradient("deep", theme.second, theme.dark, slant=True),
        rect(0, 0, w, h, theme.dark),
        f'<rect width="{w:.0f}" height="{h:.0f}" fill="url(#deep)" opacity="0.55"/>',
    ]
    for r, width in ((1.24, 3), (1.12, 9), (0.78, 7), (0.66, 2), (0.34, 2), (0.2, 2)):
        out.append(
            circle(x, y, reach * r, "none", f'stroke="#FFF" stroke-width="{width}" opacity="0.4"')
        )
    hurt = rng.randrange(10)
    for i in range(10):
        angle = i / 10 * math.tau - 1.5
        bx, by = x + math.cos(angle) * reach * 0.95, y + math.sin(angle) * reach * 0.95
        out.append(circle(bx, by, reach * 0.14, theme.accent if i == hurt else "E6F3F1"))
        if i == hurt:
            for r in (0.24, 0.34, 0.44):
                out.append(
                    circle(
                        bx,
                        by,
                        reach * r,
                        "none",
                        f'stroke="#{theme.accent}" stroke-width="2" opacity="{0.9 - r:.2f}"',
                    )
                )
    return "".join(out)


@scene
def spectrum(rng: Random, theme: Theme, w: float, h: float) -> str:
    """A vibration spectrum: harmonics standing out of the noise."""
    out = [rect(0, 0, w, h, theme.dark)]
    count, foot = int(w / 9), h * 0.9
    for i in range(count):
        at = i / count
        tall = rng.uniform(0.02, 0.07)
        for peak, size in ((0.3, 0.2), (0.5, 0.36), (0.7, 0.62), (0.9, 0.3)):
            tall += size * math.exp(-(((at - peak) / 0.022) ** 2))
            tall += size * 0.35 * math.exp(-(((at - peak) / 0.06) ** 2))
        hot = 0.64 < at < 0.76
        out.append(
            rect(
                i * 9 + 2,
                foot - tall * h,
                4.5,
                tall * h,
                theme.accent if hot else theme.second,
                'rx="1.5"',
            )
        )
    out.append(rect(0, foot, w, 1.5, theme.soft))
    return "".join(out)


@scene
def network(rng: Random, theme: Theme, w: float, h: float) -> str:
    """Machines around an edge box, and what they say to it."""
    out = [rect(0, 0, w, h, theme.dark)]
    x, y = w * 0.77, h * 0.5
    for i in range(11):
        angle = i / 11 * math.tau + rng.uniform(-0.12, 0.12)
        reach = h * rng.uniform(0.28, 0.46)
        px, py = x + math.cos(angle) * reach * 1.15, y + math.sin(angle) * reach
        out.append(path([(x, y), (px, py)], theme.second, 1.8))
        lit = i % 4 == 1
        out.append(
            rect(
                px - 9,
                py - 9,
                18,
                18,
                theme.accent if lit else theme.second,
                f'rx="4" stroke="#{theme.dark}" stroke-width="2"',
            )
        )
        if lit:
            half = rng.uniform(0.4, 0.7)
            out.append(circle(x + (px - x) * half, y + (py - y) * half, 4, theme.accent))
    out.append(rect(x - 34, y - 24, 68, 48, "FFFFFF", 'rx="6"'))
    for i in range(5):
        out.append(rect(x - 25 + i * 11, y - 4, 6, 14, theme.dark, 'rx="1"'))
    out.append(circle(x + 22, y - 14, 3, theme.accent))
    return "".join(out)

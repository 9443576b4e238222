"""Europe as a grid of dots, as a scene and beneath other things."""

from __future__ import annotations

from random import Random

from collateral.demo.files.scenes import circle, rect, scene
from collateral.demo.files.themes import Theme


@scene
def dots(rng: Random, theme: Theme, w: float, h: float) -> str:
    """Europe as a grid of dots, with the plants that run Kelvane."""
    return rect(0, 0, w, h, theme.ground) + europe(theme, w, h, rng)


_EUROPE = (
    "..................####..........",
    ".................######.........",
    "................###..###........",
    "...............###..####........",
    "..............####.#####........",
    "..............###..#####........",
    "......#.......###..###..........",
    ".....##........#.#..............",
    "..#..##.......##................",
    ".##.####......#..########.......",
    ".##..###...############.........",
    "..#.####..##############........",
    ".....##..################.......",
    ".......###################......",
    "......####################......",
    ".......##################.......",
    "........#################.......",
    "........########.########.......",
    "..######.###..##..########......",
    ".########......##..#######......",
    ".######.........##..####..###...",
    ".#####....#......#...###.#####..",
    ".####............#....##.####...",
    "..##..........##........##......",
)
_PLANTS = (
    (21, 4, 0),
    (18, 6, 0),
    (6, 9, 1),
    (2, 9, 0),
    (5, 12, 1),
    (12, 12, 0),
    (14, 14, 1),
    (16, 15, 1),
    (10, 15, 0),
    (21, 13, 0),
    (15, 9, 0),
    (13, 16, 0),
)


def europe(theme: Theme, w: float, h: float, rng: Random) -> str:
    """The dots and plants alone, on whatever ground there is."""
    across, down = len(_EUROPE[0]), len(_EUROPE)
    step = min(w / across, h / down)
    left, top = (w - step * across) / 2, (h - step * down) / 2
    out = []
    for row, line in enumerate(_EUROPE):
        for column, mark in enumerate(line):
            if mark == "#":
                out.append(
                    circle(
                        left + (column + 0.5) * step,
                        top + (row + 0.5) * step,
                        step * 0.32,
                        theme.second,
                        'opacity="0.5"',
                    )
                )
    for column, row, large in _PLANTS:
        x, y = left + (column + 0.5) * step, top + (row + 0.5) * step
        reach = step * (0.95 if large else 0.65) * rng.uniform(0.95, 1.1)
        out.append(circle(x, y, reach * 1.7, theme.accent, 'opacity="0.25"'))
        out.append(circle(x, y, reach, theme.accent))
    return "".join(out)

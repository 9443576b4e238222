"""More scenes, one for each trade that Kelvane sells to."""

from __future__ import annotations

import math
from random import Random

from collateral.demo.files.scenes import circle, gradient, path, rect, scene, shape, sky
from collateral.demo.files.themes import Theme


@scene
def brewery(rng: Random, theme: Theme, w: float, h: float) -> str:
    """Conical tanks in a row, with bubbles rising."""
    out = [
        gradient("malt", theme.accent, theme.dark),
        rect(0, 0, w, h, theme.dark),
        f'<rect width="{w:.0f}" height="{h:.0f}" fill="url(#malt)" opacity="0.5"/>',
    ]
    for i in range(5):
        x, wide = w * 0.47 + i * w * 0.112, w * 0.095
        top = h * rng.uniform(0.16, 0.24)
        out.append(
            shape(
                f"M{x:.0f} {top + 14:.0f}q{wide / 2:.0f} -28 {wide:.0f} 0V{h * 0.72:.0f}"
                f"L{x + wide * 0.6:.0f} {h * 0.88:.0f}h-{wide * 0.2:.0f}L{x:.0f} {h * 0.72:.0f}z",
                theme.dark,
                f'opacity="0.82" stroke="#{theme.accent}" stroke-width="1.2"',
            )
        )
        level = h * rng.uniform(0.34, 0.58)
        out.append(rect(x + 5, level, 4, h * 0.7 - level, theme.accent, 'rx="2"'))
        out.append(circle(x + wide * 0.68, h * 0.42, 9, theme.tint, 'opacity="0.9"'))
        out.append(path([(x + wide * 0.68, h * 0.42), (x + wide * 0.76, h * 0.40)], theme.dark, 2))
    for _ in range(46):
        out.append(
            circle(
                rng.uniform(0, w),
                rng.uniform(h * 0.05, h),
                rng.uniform(1.5, 5),
                "FFFFFF",
                f'opacity="{rng.uniform(0.08, 0.3):.2f}"',
            )
        )
    return "".join(out) + rect(0, h * 0.93, w, h * 0.07, theme.dark, 'opacity="0.7"')


@scene
def water(rng: Random, theme: Theme, w: float, h: float) -> str:
    """A reservoir in layers, a pumping station on the far side."""
    out = [sky(theme, w, h), circle(w * 0.74, h * 0.26, h * 0.09, theme.accent, 'opacity="0.95"')]
    hill = " ".join(
        f"L{x:.0f} {h * (0.5 - 0.1 * math.sin(x / 88 + 1) - 0.05 * math.sin(x / 31)):.0f}"
        for x in range(0, int(w) + 20, 20)
    )
    out.append(shape(f"M0 {h:.0f}{hill}L{w:.0f} {h:.0f}z", theme.dark, 'opacity="0.55"'))
    x = w * rng.uniform(0.5, 0.56)
    out.append(shape(f"M{x:.0f} {h * 0.58:.0f}v-46h16v-14l22-12 22 12v14h42v46z", theme.dark))
    for i in range(4):
        out.append(rect(x + 12 + i * 22, h * 0.58 - 28, 7, 12, "FFE2A0", 'rx="1"'))
    for layer in range(6):
        y = h * (0.6 + layer * 0.075)
        crest = " ".join(
            f"L{px:.0f} {y + 5 * math.sin(px / (34 + layer * 9) + layer * 2.1):.1f}"
            for px in range(0, int(w) + 8, 8)
        )
        out.append(
            shape(f"M0 {h:.0f}L0 {y:.0f}{crest}L{w:.0f} {h:.0f}z", theme.second, 'opacity="0.32"')
        )
    return "".join(out)


@scene
def paper(rng: Random, theme: Theme, w: float, h: float) -> str:
    """The dryer section of a paper machine: web over cylinders."""
    out = [
        gradient("hall", theme.second, theme.dark),
        rect(0, 0, w, h, theme.dark),
        f'<rect width="{w:.0f}" height="{h:.0f}" fill="url(#hall)" opacity="0.6"/>',
    ]
    radius, web = h * 0.12, []
    hurt = rng.choice((5, 6, 7))
    for i in range(11):
        x, y = i * w / 10, h * (0.42 if i % 2 else 0.68)
        side = 1 if i % 2 == 0 else -1
        turn = [k * math.pi / 8 for k in range(9)]
        web += [(x - radius * math.cos(a), y + side * radius * math.sin(a)) for a in turn]
        colour = theme.accent if i == hurt else "FFFFFF"
        out.append(circle(x, y, radius - 3, theme.dark, f'stroke="#{colour}" stroke-width="2.5"'))
        out.append(circle(x, y, 5, colour))
        for k in range(3):
            angle = rng.uniform(0, 1) + k * math.tau / 3
            reach = radius * 0.6
            out.append(
                path(
                    [(x, y), (x + math.cos(angle) * reach, y + math.sin(angle) * reach)],
                    colour,
                    1.6,
                    'opacity="0.6"',
                )
            )
    out.append(path(web, "F4EFE2", 3, 'opacity="0.9"'))
    return "".join(out)


@scene
def packaging(rng: Random, theme: Theme, w: float, h: float) -> str:
    """Cartons on two belts."""
    out = [rect(0, 0, w, h, theme.dark)]
    for y, size in ((h * 0.52, 52), (h * 0.88, 74)):
        begin = w * (0.56 if size < 60 else 0.46)
        out.append(rect(begin, y, w, 6, theme.second))
        for x in range(int(begin) + 14, int(w), 26):
            out.append(circle(x, y + 12, 5, theme.second, 'opacity="0.7"'))
        edge = begin + rng.uniform(14, 30)
        while edge < w + 30:
            tall = size * rng.choice((0.7, 0.85, 1.0))
            lit = rng.random() < 0.3
            fill = theme.accent if lit else theme.tint
            out.append(rect(edge, y - tall, size, tall, fill, 'rx="2"'))
            out.append(
                rect(
                    edge + size * 0.42,
                    y - tall,
                    size * 0.16,
                    tall * 0.4,
                    theme.dark,
                    'opacity="0.25"',
                )
            )
            out.append(rect(edge + 8, y - 12, size * 0.3, 3, theme.dark, 'opacity="0.4"'))
            edge += size + rng.choice((12, 18, 34))
    return "".join(out)


@scene
def chemistry(rng: Random, theme: Theme, w: float, h: float) -> str:
    """A lattice of hexagons, some of them active."""
    out = [rect(0, 0, w, h, theme.dark)]
    side = h * 0.085
    for row in range(9):
        for column in range(12):
            x = w * 0.5 + column * side * 1.75 + (row % 2) * side * 0.875
            y = row * side * 1.52 + 6
            if x > w + side or rng.random() < max(0.0, 0.75 - column * 0.13):
                continue
            turns = [k * math.pi / 3 for k in range(6)]
            reach = side * 0.9
            corners = [(x + reach * math.sin(a), y + reach * math.cos(a)) for a in turns]
            d = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in corners) + "z"
            lit = rng.random() < 0.14
            fill = theme.accent if lit else theme.second
            filled = lit or rng.random() < 0.4
            out.append(
                shape(
                    d,
                    fill if filled else "none",
                    f'stroke="#{fill}" stroke-width="1.6" opacity="{1 if lit else 0.75}"',
                )
            )
    return "".join(out)


@scene
def pharma(rng: Random, theme: Theme, w: float, h: float) -> str:
    """Blister packs under a tilted light."""
    out = [sky(theme, w, h)]
    for p in range(3):
        x, y = w * (0.6 + p * 0.16), h * (0.08 + p * 0.14)
        cells = [rect(0, 0, 112, 168, "FFFFFF", 'rx="9" opacity="0.16"')]
        for row in range(5):
            for column in range(3):
                lit = rng.random() < 0.14
                fill, faint = (theme.accent, 1) if lit else ("FFFFFF", 0.5)
                look = f'rx="10" opacity="{faint}"'
                cells.append(rect(10 + column * 33, 10 + row * 31, 27, 21, fill, look))
        out.append(f'<g transform="translate({x:.0f} {y:.0f}) rotate(12)">{"".join(cells)}</g>')
    return "".join(out)


@scene
def spiral(rng: Random, theme: Theme, w: float, h: float) -> str:
    out = [rect(0, 0, w, h, theme.dark)]
    for i in range(130):
        angle, reach = i * 2.39996, math.sqrt(i) * min(w, h) * 0.042
        out.append(
            circle(
                w * 0.76 + math.cos(angle) * reach,
                h * 0.54 + math.sin(angle) * reach,
                1.6 + i * 0.035,
                theme.accent if rng.random() < 0.2 else theme.second,
            )
        )
    return "".join(out)


@scene
def sea(rng: Random, theme: Theme, w: float, h: float) -> str:
    """A boat on its way to the landing, under northern light."""
    out = [sky(theme, w, h)]
    for band in range(4):
        y = h * (0.1 + band * 0.07)
        ribbon = "L".join(
            f"{x:.0f} {y + 18 * math.sin(x / 90 + band) + rng.uniform(-2, 2):.0f}"
            for x in range(0, int(w) + 16, 16)
        )
        out.append(
            f'<path d="M{ribbon}" fill="none" stroke="#{theme.accent}" stroke-width="{9 - band}" '
            f'opacity="{0.22 - band * 0.04:.2f}"/>'
        )
    out.append(
        shape(
            f"M0 {h * 0.62:.0f}l{w * 0.2:.0f} -70 {w * 0.1:.0f} 40 {w * 0.16:.0f} -64 "
            f"{w * 0.2:.0f} 80 {w * 0.14:.0f} -34 {w * 0.2:.0f} 48v60H0z",
            theme.dark,
            'opacity="0.6"',
        )
    )
    out.append(rect(0, h * 0.64, w, h * 0.36, theme.dark, 'opacity="0.85"'))
    x, y = w * rng.uniform(0.6, 0.7), h * 0.76
    out.append(shape(f"M{x:.0f} {y:.0f}h118l-16 26h-84z", "F3F0DC"))
    cabin_and_mast = f"M{x + 26:.0f} {y:.0f}v-26h34v26z M{x + 70:.0f} {y:.0f}v-64h3v64z"
    out.append(shape(cabin_and_mast, theme.accent))
    out.append(path([(x + 72, y - 62), (x + 112, y - 2)], "F3F0DC", 1.2))
    for i in range(14):
        px, py = rng.uniform(0, w), h * rng.uniform(0.68, 0.98)
        out.append(path([(px, py), (px + 18 + i, py)], theme.soft, 1.4, 'opacity="0.6"'))
    return "".join(out)

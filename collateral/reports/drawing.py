"""Charts as SVG with plain colours, and as PNG: mail programs draw neither styles nor SVG.

The pages draw theirs in templates/components/chart.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from collateral.reports.sheets import Sheet

WIDTH = 640
INK, SOFT, LINE, FILL = "#13201f", "#566462", "#dfe4e4", "#0b6570"
MOST_BARS, MOST_COLUMNS = 10, 24
FONT = "Inter, 'DejaVu Sans', 'Liberation Sans', Arial, sans-serif"

Points = Sequence[tuple[str, float]]


def chart_of(sheet: Sheet, rows: Sequence[Sequence[object]]) -> str | None:
    """The sheet's chart as SVG; None where it has none or nothing is in it."""
    if sheet.chart is None:
        return None
    kind, names, numbers = sheet.chart
    points = [(str(row[names]), float(str(row[numbers] or 0))) for row in rows]
    if not any(value for _, value in points):
        return None
    if kind == "columns":
        return columns(points[-MOST_COLUMNS:])
    return bars(sorted(points, key=lambda point: -point[1])[:MOST_BARS])


def columns(points: Points) -> str:
    """Upright bars from zero, each with its number and name."""
    height, base = 220, 180
    most = max(value for _, value in points) or 1
    step = WIDTH / len(points)
    shapes = [f'<line x1="0" x2="{WIDTH}" y1="{base}" y2="{base}" stroke="{LINE}"/>']
    for place, (name, value) in enumerate(points):
        x, tall = place * step, (base - 24) * value / most
        middle = x + step / 2
        shapes.append(
            f'<rect x="{x + step * 0.2:.1f}" y="{base - tall:.1f}" width="{step * 0.6:.1f}"'
            f' height="{tall:.1f}" fill="{FILL}"/>'
        )
        shapes.append(_text(middle, base - tall - 6, f"{value:,.0f}", INK, "middle"))
        if len(points) <= 12 or place % 2 == 0:
            shapes.append(_text(middle, base + 20, name, SOFT, "middle"))
    return _svg(height, shapes)


def bars(points: Points) -> str:
    """Lying bars from zero, each with its name and number."""
    most = max(value for _, value in points) or 1
    shapes = []
    for place, (name, value) in enumerate(points):
        y = place * 28 + 8
        short = name if len(name) <= 34 else f"{name[:33]}…"
        shapes.append(_text(0, y + 14, short, SOFT, "start"))
        wide = 300 * value / most
        shapes.append(f'<rect x="260" y="{y}" width="{wide:.1f}" height="18" fill="{FILL}"/>')
        shapes.append(_text(268 + wide, y + 14, f"{value:,.0f}", INK, "start"))
    return _svg(len(points) * 28 + 16, shapes)


def _text(x: float, y: float, words: str, colour: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def _svg(height: int, shapes: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        f' width="{WIDTH}" height="{height}" font-family="{escape(FONT)}" font-size="12">'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>{"".join(shapes)}</svg>'
    )


def png(svg: str) -> bytes:
    """The picture at twice its size. Slow and heavy: for jobs alone."""
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=WIDTH * 2))

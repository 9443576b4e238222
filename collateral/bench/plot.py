"""docs/bench/index.html: what was kept of each measurement, drawn over the commits.

One picture for each figure of each command: a dot for each run (the median, or the value), a
line up to its 95th percentile, newest on the right. Plain HTML and SVG, without a script, so
that it opens from a checkout.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from collateral.config import ROOT

FOLDER = ROOT / "docs" / "bench"
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 300, 120, 8, 12, 18
_STYLE = """
:root { color-scheme: light dark; --line: #2a6f97; --far: #9bbdd0; --quiet: #667; }
@media (prefers-color-scheme: dark) { :root { --line: #7cc4e8; --far: #3d6478; --quiet: #9aa; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h2 { margin-top: 2.5rem; } h2 code { font-size: 1rem; }
.runs { color: var(--quiet); font-size: .85rem; }
.figures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); }
figure { margin: 0; } figcaption { font-size: .85rem; }
figcaption b { font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
circle { fill: var(--line); } polyline { fill: none; stroke: var(--line); stroke-width: 1.5; }
line { stroke: var(--far); stroke-width: 3; } line.axis { stroke: var(--quiet); stroke-width: .5; }
text { fill: var(--quiet); font-size: 10px; }
"""

Document = dict[str, Any]


def documents(folder: Path = FOLDER) -> list[Document]:
    """Every kept document, oldest first."""
    found = [json.loads(path.read_text()) for path in folder.glob("*/*.json")]
    return sorted(found, key=lambda document: document["at"])


def write(folder: Path = FOLDER) -> Path:
    """Write the page anew from all that is kept; where it lies."""
    path = folder / "index.html"
    path.write_text(page(documents(folder)))
    return path


def page(kept: Sequence[Document]) -> str:
    """The whole page."""
    by_command: dict[str, list[Document]] = defaultdict(list)
    for document in kept:
        by_command[document["command"]].append(document)
    parts = [part for command in sorted(by_command) for part in _section(by_command[command])]
    body = "\n".join(parts) or "<p>Nothing is kept yet.</p>"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Measurements</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        "<h1>Measurements, over the commits</h1>\n"
        "<p>Written by <code>collateral bench plot</code> from the documents beside it, which "
        "<code>collateral bench … --keep</code> writes. A dot is a run's median or value, the "
        "line above it reaches to the 95th percentile; the newest stands on the right. Load is "
        "how many programs wanted a processor before and after.</p>\n"
        f"{body}\n</body>\n</html>\n"
    )


def _section(runs: Sequence[Document]) -> Iterable[str]:
    """One command: what it ran on, and a picture for each of its figures."""
    last = runs[-1]
    yield f"<h2><code>{escape(last['command'])}</code></h2>"
    yield '<ul class="runs">' + "".join(f"<li>{_run(run)}</li>" for run in runs) + "</ul>"
    yield '<div class="figures">'
    for name in [figure["name"] for figure in last["figures"]]:
        points = [
            (run, figure) for run in runs for figure in run["figures"] if figure["name"] == name
        ]
        yield _figure(name, points)
    yield "</div>"


def _run(run: Document) -> str:
    machine, load = run["machine"], run["load"]
    commit = (run["commit"] or "no commit") + ("" if run["clean"] else " with changes")
    return escape(
        f"{run['at'][:16].replace('T', ' ')}, {commit}: {machine['cores']} cores of "
        f"{machine['processor']}, {machine['memory_gb']} GB, {machine['system']}, Python "
        f"{machine['python']}; load {load['start']} to {load['end']}, {run['seconds']} s"
    )


def _figure(name: str, points: Sequence[tuple[Document, Document]]) -> str:
    last = points[-1][1]
    said = f"<b>{_number(_middle(last))}</b> {escape(last.get('unit', ''))}".strip()
    if "p95" in last:
        said += f", 95th percentile <b>{_number(last['p95'])}</b>"
    title = escape(name.replace("_", " "))
    return (
        f"<figure><figcaption>{title}: {said}</figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">'
        f"{''.join(_marks(points))}</svg></figure>"
    )


def _marks(points: Sequence[tuple[Document, Document]]) -> Iterable[str]:
    top = max(max(_middle(figure), figure.get("p95", 0)) for _, figure in points) or 1
    floor = HEIGHT - BOTTOM
    step = (WIDTH - 2 * LEFT) / max(len(points) - 1, 1)

    def height(value: float) -> float:
        return round(floor - (floor - TOP) * max(value, 0) / top, 1)

    yield f'<line class="axis" x1="0" y1="{floor}" x2="{WIDTH}" y2="{floor}"/>'
    yield f'<text x="0" y="{TOP - 3}">{_number(top)}</text>'
    yield f'<text x="0" y="{HEIGHT - 5}">{escape(points[0][0]["at"][:10])}</text>'
    places = []
    for number, (run, figure) in enumerate(points):
        x, y = round(LEFT + step * number, 1), height(_middle(figure))
        places.append(f"{x},{y}")
        if "p95" in figure:
            yield f'<line x1="{x}" y1="{y}" x2="{x}" y2="{height(figure["p95"])}"/>'
        says = escape(f"{run['commit']}: {_number(_middle(figure))}")
        yield f'<circle cx="{x}" cy="{y}" r="3"><title>{says}</title></circle>'
    if len(places) > 1:
        yield f'<polyline points="{" ".join(places)}"/>'


def _middle(figure: Document) -> float:
    return float(figure["median"] if "median" in figure else figure["value"])


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

"""docs/bench/index.html: what was kept of each measurement, drawn over the commits.

A table for each command, a row for each of its figures: a dot for each run (the median, or the
value), a line up to its 95th percentile, newest on the right, and the newest in numbers beside the
run before. Plain HTML and SVG, without a script, so that it opens from a checkout.
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
WIDTH, HEIGHT, EDGE = 240, 44, 5
GIVEN = {"assets", "seed", "events", "files", "minutes", "readers", "writers", "bulk"}
"""What was asked for and not measured."""
_STYLE = """
:root {
  color-scheme: light dark;
  --line: #2a6f97; --far: #b9d3e0; --quiet: #5a6270; --rule: #dde1e6;
}
@media (prefers-color-scheme: dark) {
  :root { --line: #7cc4e8; --far: #2f5366; --quiet: #a3adb8; --rule: #333a42; }
}
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; }
h2 { margin: 2.5rem 0 .25rem; } h2 code { font-size: 1rem; }
.runs { color: var(--quiet); font-size: .85rem; margin: .25rem 0 .75rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-top: 1px solid var(--rule); padding: .25rem .75rem .25rem 0; text-align: left; }
thead th { border: 0; color: var(--quiet); font-size: .8rem; font-weight: normal; }
tbody th { font-weight: normal; }
.n { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
.newest { font-weight: 600; }
svg { display: block; width: 240px; height: 44px; }
@media (max-width: 40rem) {
  body { font-size: 13px; } th, td { padding-right: .4rem; }
  svg { width: 84px; height: 32px; } .before { display: none; }
}
circle { fill: var(--line); } polyline { fill: none; stroke: var(--line); stroke-width: 1.5; }
line { stroke: var(--far); stroke-width: 3; } line.axis { stroke: var(--rule); stroke-width: 1; }
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
        "<code>collateral bench … --keep</code> writes. One row is one figure. In its picture a "
        "dot is a run (its commit shows under the pointer), the oldest on the left, at its median "
        "or value from nought up; the line above it reaches to the 95th percentile. Compare runs "
        "of one machine at like load: it is how many programs wanted a processor before and "
        "after.</p>\n"
        f"{body}\n</body>\n</html>\n"
    )


def _section(runs: Sequence[Document]) -> Iterable[str]:
    """One command: what it ran on, and a row for each of its figures."""
    last = runs[-1]
    yield f"<h2><code>{escape(last['command'])}</code></h2>"
    yield f'<p class="runs">Newest of {len(runs)}: {_run(last)}</p>'
    yield (
        '<div class="wide"><table><thead><tr><th scope="col">figure</th>'
        '<th scope="col">over the commits</th><th scope="col" class="n">newest</th>'
        '<th scope="col" class="n">95th percentile</th>'
        '<th scope="col" class="n before">run before</th>'
        '<th scope="col" class="n">change</th></tr></thead><tbody>'
    )
    for name in [figure["name"] for figure in last["figures"]]:
        if name not in GIVEN:
            yield _row(
                name,
                [(run, one) for run in runs for one in run["figures"] if one["name"] == name],
            )
    yield "</tbody></table></div>"
    if runs[1:]:
        earlier = "".join(f"<li>{_run(run)}</li>" for run in runs[-2::-1])
        yield f'<details class="runs"><summary>Runs before</summary><ul>{earlier}</ul></details>'


def _run(run: Document) -> str:
    machine, load = run["machine"], run["load"]
    commit = (run["commit"] or "no commit") + ("" if run["clean"] else " with changes")
    return escape(
        f"{run['at'][:16].replace('T', ' ')}, {commit}: {machine['cores']} cores of "
        f"{machine['processor']}, {machine['memory_gb']} GB, {machine['system']}, Python "
        f"{machine['python']}; load {load['start']} to {load['end']}, {run['seconds']} s"
    )


def _row(name: str, points: Sequence[tuple[Document, Document]]) -> str:
    last = points[-1][1]
    title, unit = escape(name.replace("_", " ")), escape(last.get("unit", ""))
    before = _middle(points[-2][1]) if points[1:] else None
    change = f"{_middle(last) / before - 1:+.0%}" if before else ""
    cells = (
        ("n newest", f"{_number(_middle(last))} {unit}".strip()),
        ("n", _number(last["p95"]) if "p95" in last else ""),
        ("n before", "" if before is None else _number(before)),
        ("n", change),
    )
    return (
        f'<tr><th scope="row">{title}</th><td><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{title}, {len(points)} runs">{"".join(_marks(points))}</svg></td>'
        + "".join(f'<td class="{kind}">{said}</td>' for kind, said in cells)
        + "</tr>"
    )


def _marks(points: Sequence[tuple[Document, Document]]) -> Iterable[str]:
    top = max(max(_middle(figure), figure.get("p95", 0)) for _, figure in points) or 1
    floor = HEIGHT - EDGE
    step = (WIDTH - 2 * EDGE) / max(len(points) - 1, 1)

    def height(value: float) -> float:
        return round(floor - (floor - EDGE) * max(value, 0) / top, 1)

    yield f'<line class="axis" x1="0" y1="{floor}" x2="{WIDTH}" y2="{floor}"/>'
    places = []
    for number, (run, figure) in enumerate(points):
        x, y = round(EDGE + step * number, 1), height(_middle(figure))
        places.append(f"{x},{y}")
        if "p95" in figure:
            yield f'<line x1="{x}" y1="{y}" x2="{x}" y2="{height(figure["p95"])}"/>'
        says = escape(f"{run['at'][:10]} {run['commit']}: {_number(_middle(figure))}")
        yield f'<circle cx="{x}" cy="{y}" r="3"><title>{says}</title></circle>'
    if len(places) > 1:
        yield f'<polyline points="{" ".join(places)}"/>'


def _middle(figure: Document) -> float:
    return float(figure["median"] if "median" in figure else figure["value"])


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

"""The document of a measurement: what was measured, where, of which commit, and the figures.

    {"bench": "search", "command": "collateral bench search --assets 1000",
     "commit": "0123abc", "clean": true, "at": "2026-11-22T09:20:00+00:00", "seconds": 61.0,
     "machine": {"processor": "…", "cores": 2, "memory_gb": 8.2, "system": "Linux 6.1",
                 "python": "3.11.2"},
     "load": {"start": 0.1, "end": 1.2},
     "figures": [{"name": "search page over HTTP", "unit": "ms", "median": 10.1, "p95": 19.0,
                  "worst": 22.0, "count": 200}, {"name": "page_bytes", "value": 81000}],
     "notes": {"errors": []}}

Figures have a `median` or a `value`. `notes` holds what is no number. Nothing in it names the
machine or a place on it. Kept as docs/bench/BENCH/DATE-COMMIT.json, which `collateral
bench plot` draws.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from collateral.config import ROOT

KEPT: Path = ROOT / "docs" / "bench"
PLACES = ("database", "url", "folder")
"""Options whose values are places on one machine: of them only that they were given is said."""
SILENT = ("as_json", "keep", "home")


@dataclass(frozen=True)
class Began:
    """When a measurement began, and how busy the machine was (processes waiting, over a minute)."""

    at: datetime
    clock: float
    load: float


def begin() -> Began:
    return Began(datetime.now(UTC), time.monotonic(), round(os.getloadavg()[0], 2))


def named(context: click.Context) -> str:
    """The command as it would be typed, with each option that is not its default."""
    words = ["collateral bench", str(context.info_name)]
    for option in context.command.params:
        name, value = str(option.name), context.params.get(str(option.name))
        if name in SILENT or value == option.get_default(context) or value in (None, ()):
            continue
        flag = option.opts[0]
        if value is True:
            words.append(flag)
        elif name in PLACES:
            words.append(f"{flag} …")
        else:
            each = value if isinstance(value, tuple) else (value,)
            words += [f"{flag} {one}" for one in each]
    return " ".join(words)


def document(command: str, began: Began, result: dict[str, Any]) -> dict[str, Any]:
    """The document of one run of `command` with this result."""
    figures, notes = figures_of(result)
    return {
        "bench": command.split()[2],
        "command": command,
        "commit": _git("rev-parse", "--short=10", "HEAD"),
        "clean": not _git("status", "--porcelain", "--untracked-files=no", "--", "collateral"),
        "at": began.at.isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - began.clock, 1),
        "machine": machine(),
        "load": {"start": began.load, "end": round(os.getloadavg()[0], 2)},
        "figures": figures,
        "notes": notes,
    }


def figures_of(
    result: dict[str, Any], within: str = ""
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The figures of a result and what is none.

    What has a name and a median is one as it is; a number is one of that name; a mapping of
    numbers is one for each, named after both.
    """
    figures: list[dict[str, Any]] = []
    notes: dict[str, Any] = {}
    for key, value in result.items():
        name = f"{within}{key}"
        if _measured(value):
            figures.append({"unit": "ms"} | value)
        elif isinstance(value, list) and value and all(_measured(each) for each in value):
            figures += [{"unit": "ms"} | each for each in value]
        elif isinstance(value, int | float) and not isinstance(value, bool):
            figures.append({"name": name, "value": value})
        elif isinstance(value, dict):
            deeper, rest = figures_of(value, f"{name}, ")
            figures += deeper
            notes |= rest
        else:
            notes[name] = value
    return figures, notes


def _measured(value: Any) -> bool:
    return isinstance(value, dict) and "name" in value and "median" in value


def machine() -> dict[str, Any]:
    """What was measured on; nothing that tells one such machine from another."""
    import psutil

    return {
        "processor": _processor(),
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _git(*arguments: str) -> str:
    """What git says of the checkout; nothing where there is none."""
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def keep(document: dict[str, Any], folder: Path = KEPT) -> Path:
    """Write the document to its place; where it lies, from the root of the checkout."""
    day, clock = document["at"][:10], document["at"][11:16].replace(":", "")
    place = folder / str(document["bench"])
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{day}-{clock}-{document['commit'] or 'unknown'}.json"
    path.write_text(json.dumps(document, indent=1) + "\n")
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path

"""What is installed here, what is missing, and what that costs.

Each check tries the thing itself: a query is run, a canary is sent into the cage, a
program is asked for its version. Only what is `broken` keeps the library from working;
what is `missing` costs what its sentence says.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from flask import current_app
from sqlalchemy import text

from collateral import __version__
from collateral.backup.tables import known_revisions, schema_revision
from collateral.config import ROOT, Settings
from collateral.db import db, is_sqlite
from collateral.queue import queue
from collateral.storage import RESERVE, storage

FONTS = ROOT / "collateral" / "reading" / "fonts"
LOW_SPACE = 2 << 30  # bytes


class State(StrEnum):
    OK = "ok"
    MISSING = "missing"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `costs` and `get` say something where it is not ok."""

    part: str
    name: str
    state: State
    found: str
    costs: str = ""
    get: str = ""


@dataclass(frozen=True)
class Program:
    """A program of the system that some work uses."""

    name: str
    commands: tuple[str, ...]
    version: str
    costs: str
    package: str


PROGRAMS = (
    Program(
        "LibreOffice",
        ("soffice", "libreoffice"),
        "--version",
        "no previews of ppt, doc, odt, odp, rtf, xls and ods; their text and download work",
        "libreoffice-nogui",
    ),
    Program(
        "ffmpeg",
        ("ffmpeg",),
        "-version",
        "videos have no poster frame; they are found and downloaded",
        "ffmpeg",
    ),
    Program(
        "Chromium",
        ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
        "--version",
        "the browser journeys of the tests cannot run; the library itself does not use it",
        "chromium",
    ),
)
PACKAGES = (
    "flask",
    "sqlalchemy",
    "whoosh-reloaded",
    "pypdfium2",
    "betteroffice-pptx",
    "pillow",
    "lxml",
)


def examine() -> list[Finding]:
    """Look at everything. Takes a few seconds; changes nothing."""
    findings: list[Finding] = []
    for name, part in _PARTS.items():
        try:
            findings += part()
        except Exception as error:
            sentence = str(error).splitlines()[0] if str(error) else type(error).__name__
            findings.append(Finding(name, name, State.BROKEN, sentence))
    return findings


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _versions() -> Iterator[Finding]:
    yield Finding("versions", "Collateral", State.OK, __version__)
    yield Finding("versions", "Python", State.OK, platform.python_version())
    old = sqlite3.sqlite_version_info < (3, 35)
    yield Finding(
        "versions",
        "SQLite",
        State.BROKEN if old else State.OK,
        sqlite3.sqlite_version,
        "the embedded database needs 3.35 or newer" if old else "",
    )
    for package in PACKAGES:
        yield Finding("versions", package, State.OK, importlib.metadata.version(package))


def _home() -> Iterator[Finding]:
    home = _settings().home
    free = shutil.disk_usage(home).free
    low = free < LOW_SPACE
    yield Finding(
        "home",
        "space",
        State.BROKEN if free < RESERVE else State.MISSING if low else State.OK,
        f"{free / (1 << 30):.1f} GiB free in {home}",
        "uploads are refused when it runs out" if low else "",
    )
    key = home / "secret_key"
    if key.exists():
        mode = key.stat().st_mode & 0o777
        loose = bool(mode & 0o077)
        yield Finding(
            "home",
            "secret key",
            State.BROKEN if loose else State.OK,
            f"{key}, mode {mode:o}",
            "others on this machine can read it" if loose else "",
            f"chmod 600 {key}" if loose else "",
        )


def _database() -> Iterator[Finding]:
    db.session.execute(text("select 1"))
    version = ".".join(str(n) for n in db.engine.dialect.server_version_info or ())
    name = "SQLite" if is_sqlite() else "PostgreSQL"
    yield Finding("database", name, State.OK, version)
    here, newest = schema_revision(), next(iter(known_revisions()), None)
    behind = here != newest
    yield Finding(
        "database",
        "tables",
        State.MISSING if behind else State.OK,
        f"at revision {here or 'none'}" + (f" of {newest}" if behind else ""),
        "the next `collateral run` brings them up to date" if behind else "",
    )


def _search() -> Iterator[Finding]:
    kind = _settings().search_url.partition(":")[0]
    if kind == "whoosh":
        folder = Path(_settings().search_url.partition(":")[2])
        where = folder if folder.exists() else folder.parent
        writable = os.access(where, os.W_OK)
        yield Finding(
            "search",
            "index",
            State.OK if writable else State.BROKEN,
            str(folder),
            "" if writable else "nothing new is found",
        )
    else:
        yield Finding("search", "index", State.OK, "in the database")


def _queue() -> Iterator[Finding]:
    waiting = queue().waiting()
    yield Finding("queue", "jobs", State.OK, f"{waiting} waiting")


def _files() -> Iterator[Finding]:
    storage().size("0" * 64)
    yield Finding("files", "store", State.OK, _settings().storage_url.partition("?")[0])


def _mail() -> Iterator[Finding]:
    if _settings().mail_url:
        yield Finding("mail", "server", State.OK, "set")
    else:
        yield Finding(
            "mail",
            "server",
            State.MISSING,
            "none set",
            "mails are written to the home as .eml instead of being sent",
            "set MAIL_URL=smtp://…",
        )


def _programs() -> Iterator[Finding]:
    for program in PROGRAMS:
        path = next(filter(None, map(shutil.which, program.commands)), None)
        if path is None:
            yield Finding(
                "programs",
                program.name,
                State.MISSING,
                "not installed",
                program.costs,
                f"apt-get install {program.package}",
            )
        else:
            yield Finding(
                "programs", program.name, State.OK, _first_line(path, program.version) or path
            )


def _first_line(path: str, argument: str) -> str:
    try:
        said = subprocess.run([path, argument], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.stdout.decode(errors="replace").strip().partition("\n")[0][:100]


def _fonts() -> Iterator[Finding]:
    fonts = [path for path in FONTS.rglob("*") if path.suffix in (".ttf", ".otf")]
    yield Finding(
        "fonts",
        "bundled fonts",
        State.OK if fonts else State.BROKEN,
        f"{len(fonts)} files",
        "" if fonts else "slides are drawn without their words",
    )


def _confinement() -> Iterator[Finding]:
    from collateral.reading.confine import layers

    for layer in layers():
        yield Finding(
            "confinement",
            layer.name,
            State.OK if layer.holds else State.MISSING,
            "holds" if layer.holds else "does not hold here",
            "" if layer.holds else layer.costs,
        )


_PARTS: dict[str, Callable[[], Iterator[Finding]]] = {
    "versions": _versions,
    "home": _home,
    "database": _database,
    "search": _search,
    "queue": _queue,
    "files": _files,
    "mail": _mail,
    "programs": _programs,
    "fonts": _fonts,
    "confinement": _confinement,
}

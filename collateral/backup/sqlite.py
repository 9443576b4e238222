"""The embedded database: SQLite's own online copy, which sees one moment and holds up nobody."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from collateral.db import db
from collateral.errors import Invalid

NAME = "database.sqlite"
# In one go: a copy in steps begins anew whenever somebody writes in between.
ALL_PAGES = -1


def copies() -> Iterator[tuple[str, Path]]:
    """The name and place of a copy of the database, which is gone when the next is asked for."""
    with tempfile.TemporaryDirectory(dir=database_path().parent) as folder:
        path = Path(folder) / NAME
        with (
            closing(sqlite3.connect(database_path(), timeout=60)) as source,
            closing(sqlite3.connect(path)) as target,
        ):
            source.backup(target, pages=ALL_PAGES)
            target.execute("pragma journal_mode=delete")
        yield NAME, path


def put_in_place(folder: Path) -> None:
    """Let the copy in `folder` be the library's database. Raises Invalid when it is damaged."""
    path = folder / NAME
    with closing(sqlite3.connect(path)) as connection:
        if connection.execute("pragma integrity_check").fetchone()[0] != "ok":
            raise Invalid("The backup's database is damaged; nothing was restored.")
    db.session.remove()
    db.engine.dispose()
    target = database_path()
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    path.replace(target)


def database_path() -> Path:
    """Where the embedded database lies."""
    return Path(make_url(str(db.engine.url)).database or "")

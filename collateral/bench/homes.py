"""The library that a measurement works in: where it lies, who looks at it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from collateral.accounts.models import Person


@dataclass(frozen=True)
class Measured:
    """A library that is measured: its application (with a context pushed), the environment that
    makes another like it, where it lies, and what there is to say of it."""

    app: Flask
    environ: dict[str, str]
    home: Path
    told: dict[str, Any]

    @property
    def port(self) -> int:
        """The free port that BASE_URL names."""
        return int(self.environ["BASE_URL"].rsplit(":", 1)[1])


@contextmanager
def library(assets: int, seed: int, home: Path | None, database: str = "") -> Iterator[Measured]:
    """A library of so many assets, in `home` where one is to be kept, with search in the
    database where one is named. What was built before is used again."""
    with tempfile.TemporaryDirectory(prefix="collateral-bench-") as folder:
        place = home or Path(folder)
        app, environ = app_in(place, database, "postgres:" if database else "")
        with app.app_context():
            told = {"assets": assets, "seed": seed, **built(place, assets, seed)}
            yield Measured(app, environ, place, told)


def app_in(home: Path, database: str = "", search: str = "") -> tuple[Flask, dict[str, str]]:
    """An application over a library in `home`, and the environment that makes another like it."""
    from collateral import create_app
    from collateral.bench.serving import free_port
    from collateral.config import Settings

    home.mkdir(parents=True, exist_ok=True)
    environ = {
        "COLLATERAL_HOME": str(home.absolute()),
        "SEARCH_URL": search or f"whoosh:{home.absolute() / 'index'}",
        "BASE_URL": f"http://127.0.0.1:{free_port()}",
        "DATABASE_URL": database,
        "STORAGE_URL": "",
        "QUEUE_URL": "",
        "LOG_LEVEL": "WARNING",
    }
    return create_app(replace(Settings.from_environ(environ), testing=False)), environ


def built(home: Path, assets: int, seed: int) -> dict[str, Any]:
    """Fill and index the library, each where that was not done before; how long it took."""
    from collateral.bench import library
    from collateral.db import db
    from collateral.search import jobs

    if (home / "built").exists():
        return {}
    db.create_all()
    started = time.monotonic()
    if not (home / "filled").exists():
        library.build(assets, seed)
        (home / "filled").touch()
    filled = time.monotonic()
    jobs.rebuild()
    (home / "built").touch()
    return {
        "built_seconds": round(filled - started, 1),
        "indexed_seconds": round(time.monotonic() - filled, 1),
    }


def marketer() -> Person:
    from sqlalchemy import select

    from collateral.accounts.models import Person, PersonRole, Role
    from collateral.db import db

    return db.session.scalars(
        select(Person).join(PersonRole).where(PersonRole.role == Role.MARKETER)
    ).one()


def somebody() -> Person:
    from sqlalchemy import select

    from collateral.accounts.models import Person
    from collateral.db import db

    return db.session.scalars(select(Person).order_by(Person.id).limit(1)).one()

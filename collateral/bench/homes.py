"""The library that a measurement works in: where it lies, who looks at it."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from collateral.accounts.models import Person


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
    """Fill and index the library where that was not done before; how long it took."""
    from collateral.bench import library
    from collateral.db import db
    from collateral.search import jobs

    if (home / "built").exists():
        return {}
    db.create_all()
    started = time.monotonic()
    library.build(assets, seed)
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

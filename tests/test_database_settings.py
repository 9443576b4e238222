"""What is set of the database is done: pools, a pooler in between, a copy for reports."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from collateral import create_app
from collateral.config import Settings
from collateral.db import COPY, db, engine_options
from collateral.search.engine import engine
from collateral.search.jobs import rebuild
from collateral.usage import recounting
from collateral.usage.models import EventKind
from tests.conftest import make_settings
from tests.databases import SERVER
from tests.factories import make_asset, make_person
from tests.usage.support import happen

SERVER_URL = "postgresql://somewhere/library"


def told(tmp_path: Path, **given: str) -> Settings:
    return Settings.from_environ({"COLLATERAL_HOME": str(tmp_path), **given})


def test_pools_are_as_large_as_was_said_and_the_copy_has_its_own(tmp_path: Path) -> None:
    said = {"DATABASE_POOL": "3", "DATABASE_PREPARE": "0", "SECRET_KEY": "s" * 40}
    app = create_app(
        told(tmp_path, DATABASE_URL=SERVER_URL, DATABASE_READ_URL=SERVER_URL + "2", **said)
    )
    with app.app_context():
        assert db.engines[COPY].url.database == "library2"
        for each in (db.engine, db.engines[COPY]):
            assert each.pool.size() == 3  # type: ignore[attr-defined]
            assert each.dialect.name == "postgresql"
    assert engine_options(SERVER_URL, prepare=0)["connect_args"]["prepare_threshold"] is None
    assert engine_options(SERVER_URL)["connect_args"]["prepare_threshold"] == 5


@pytest.mark.skipif(not SERVER, reason="SQLite needs no pooler")
def test_nothing_is_kept_between_two_transactions(database_url: str, tmp_path: Path) -> None:
    """A pooler in transaction mode gives each of them another connection of the server."""
    app: Flask = create_app(
        make_settings(
            tmp_path, database_url=database_url, search_url="postgres:", database_prepare=0
        )
    )
    with app.app_context():
        person, asset = make_person(), make_asset("The deck")
        for _ in range(8):
            happen(EventKind.VIEWED, asset, person, datetime(2026, 3, 2, tzinfo=UTC))
            db.session.commit()
        for _step in recounting.recount():
            db.session.commit()
        rebuild()
        assert engine().count() == 1
        db.session.commit()
        with db.engine.connect() as connection:
            left = {
                what: connection.scalar(text(f"select count(*) from {where}"))
                for what, where in {
                    "locks": "pg_locks where locktype = 'advisory' and database = "
                    "(select oid from pg_database where datname = current_database())",
                    "tables": "pg_class where relpersistence = 't'",
                    "statements": "pg_prepared_statements",
                    "settings": "pg_settings where source = 'session' and name not in "
                    "('client_encoding', 'transaction_isolation', 'transaction_read_only', "
                    "'transaction_deferrable')",
                }.items()
            }
        assert left == dict.fromkeys(left, 0)
        db.session.remove()
        db.engine.dispose()

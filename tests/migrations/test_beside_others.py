"""On PostgreSQL the newest migrations run while others read and write, and lose nothing.

A million events, two who read and two who write all the time, and somebody who will not let go
for a while. Each of them gives up when a lock takes a second: nobody may.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import event, text

from collateral import create_app
from collateral.db import db
from tests.conftest import make_settings
from tests.databases import SERVER, drop, on_server
from tests.migrations.rules import complaints

pytestmark = pytest.mark.skipif(not SERVER, reason="SQLite has one writer and no such locks")

log = logging.getLogger(__name__)
SINCE = "0016"
"""Migrations after this one are held to it."""
MANY = 1_000_000
_FIRST = """
insert into person (id, email, name, active, time_zone, locale, theme, sample, created_at)
  values (1, 'ana@example.com', 'Ana', true, 'UTC', 'en', 'system', false, now());
insert into team_set (id, key) values (1, 'p1');
insert into asset (id, title, summary, status, owner_id, created_by_id, created_at, updated_at,
  publish_when_ready, edits, revision, indexed_revision, sample)
  select n, 'Asset ' || n, '', 'published', 1, 1, now(), now(), false, 0, 1, 1, false
  from generate_series(1, 100) n;
insert into asset_version (id, asset_id, number, sha256, bytes, filename, family, label, state,
  media_type, notices, properties, changes, attempts, created_by_id, created_at)
  select id, id, 1, lpad(id::text, 64, '0'), 1, 'a.pdf', 'pdf', 'PDF', 'ready',
  'application/pdf', '[]', '{}', '', 0, 1, now() from asset;
"""
_EVENT = """
insert into event (key, at, day, kind, asset_id, version_id, person_id, who, session, team_set_id,
  kept)
  select {key}, at, at::date, 'viewed', asset, asset, 1, 'p1', 's', 1, true
  from (select n, {at} as at, n % 100 + 1 as asset from generate_series(1, {many}) n) made
"""


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Flask]:
    """A library as it was before, with one event in two of a time."""
    name = f"beside_{uuid.uuid4().hex[:12]}"
    on_server(f"create database {name}")
    app = create_app(make_settings(tmp_path, database_url=SERVER.replace("{name}", name)))
    with app.app_context():
        upgrade(revision=SINCE)
        with db.engine.begin() as connection:
            connection.execute(text(_FIRST))
        yield app
        db.session.remove()
        db.engine.dispose()
    drop(name)


def fill(many: int, key: str = "case when n % 10 = 0 then 'k' || n end") -> None:
    spread = f"timestamptz '2024-01-01' + n * interval '1 year' / {many}"
    with db.engine.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text(_EVENT.format(key=key, at=spread, many=many)))


def content() -> Any:
    """All events as one number each way, and how the next one is counted."""
    with db.engine.begin() as connection:
        found = connection.execute(
            text(
                "select count(*), sum(id), sum(hashtext(key)), sum(extract(epoch from at)), "
                "sum(asset_id), min(day), max(day) from event"
            )
        ).one()
        return (*found, connection.scalar(text("select nextval('event_id_seq')")) - found.sum)


@dataclass
class Others:
    """People at work, each on a connection of her own that waits for no lock beyond a second."""

    address: str
    over: threading.Event = field(default_factory=threading.Event)
    done: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    longest: float = 0.0
    threads: list[threading.Thread] = field(default_factory=list)

    def work(self, name: str, statement: str) -> None:
        def run() -> None:
            with psycopg.connect(self.address, autocommit=True) as connection:
                connection.execute("set lock_timeout = '1s'")
                while not self.over.is_set():
                    began = time.perf_counter()
                    try:
                        connection.execute(statement)
                    except psycopg.Error as error:
                        self.failed.append(f"{name}: {error}")
                        return
                    self.longest = max(self.longest, time.perf_counter() - began)
                    self.done[name] = self.done.get(name, 0) + 1
                    time.sleep(0.005)

        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()

    def end(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()


def test_a_million_events_are_divided_while_others_work(migrated: Flask) -> None:
    fill(MANY)
    address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    others = Others(address)
    event_now = _EVENT.format(key="null", at="now()", many=1)
    others.work("writer", event_now)
    others.work("changer", "update asset set title = title where id = 7")
    others.work("reader", "select count(*) from event where asset_id = 7 and day > '2024-12-20'")
    others.work("deals", "select * from event where deal_id = 1")
    holder = psycopg.connect(address)
    holder.execute("select 1 from event limit 1")
    # Reading, and then doing nothing: what wants the table for itself must come back later.
    letting_go = threading.Timer(4.0, holder.close)
    letting_go.start()
    began = time.perf_counter()
    try:
        upgrade()
    finally:
        letting_go.join()
        others.end()
    # Shown by --log-cli-level=INFO; docs/bench/postgres.md has it.
    log.info("%.1f s, the longest statement %.3f s", time.perf_counter() - began, others.longest)
    assert others.failed == []
    assert min(others.done.values()) > 10
    assert len(others.done) == 4
    with db.engine.connect() as connection:
        count = connection.scalar(text("select count(*) from event"))
        assert count == MANY + others.done["writer"]
        assert not connection.scalar(text("select count(*) from event_other"))


def test_up_and_down_keep_every_event(migrated: Flask) -> None:
    fill(5000)
    before = content()
    upgrade(revision="0017")
    assert content()[:-1] == before[:-1]
    with db.engine.begin() as connection:
        connection.execute(text(_EVENT.format(key="null", at="now()", many=1)))
        connection.execute(text("delete from event where id > 5000"))
    downgrade(revision=SINCE)
    assert content()[:-1] == before[:-1]
    upgrade()
    assert content()[:-1] == before[:-1]


def test_a_migration_that_was_broken_off_goes_on_where_it_was(migrated: Flask) -> None:
    fill(500)
    with db.engine.connect() as raw:
        raw = raw.execution_options(isolation_level="AUTOCOMMIT")
        # An index that is left behind invalid, as a broken connection leaves it.
        raw.execute(text("create index event_before_key on event (key, at, day) where key > 'k5'"))
        raw.execute(
            text(
                "update pg_index set indisvalid = false "
                "where indexrelid = 'event_before_key'::regclass"
            )
        )
    upgrade()
    assert content()[0] == 500


def test_no_new_migration_keeps_others_out_of_a_large_table(migrated: Flask) -> None:
    fill(100)
    said: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        upgrade()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert any("partition by" in statement for statement in said)
    assert complaints(said) == []

"""A library moves into another database: every row, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from collateral import clock, create_app
from collateral.accounts import audit
from collateral.accounts.models import AuditEntry, Role
from collateral.adaptations.models_prints import PrintFile
from collateral.assets.models import Asset, Vocabulary
from collateral.backup import moving
from collateral.backup.commands import database
from collateral.backup.tables import known_revisions, schema_revision
from collateral.db import db, is_sqlite
from collateral.deals.one_deal import upsert_deal
from collateral.errors import Conflict, Invalid
from collateral.queue import queue
from collateral.usage import partitions
from collateral.usage.models import DailySum, Event, EventKind
from collateral.working import the_only_worker
from tests.conftest import make_settings
from tests.factories import make_asset, make_person, make_team, make_term
from tests.usage.support import happen

MARCH = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)
HIGHEST = 70
NEWEST = known_revisions()[0]
SAID = {"ü": [1.0, 1e16, -0.0, None, True], "b": {"y": 1e-7, "x": "“words”"}}
"""PostgreSQL has its own order of keys, and its own way to write such numbers."""


@contextmanager
def library(home: Path) -> Iterator[Flask]:
    """One in SQLite, whichever database the tests are run on, with its tables."""
    home.mkdir()
    app = create_app(make_settings(home, database_url=f"sqlite:///{home / 'collateral.sqlite'}"))
    with app.app_context():
        db.create_all(None)
        audit.protect(db.engine)
        at_the_newest_revision()
        yield app
        db.session.remove()
        db.engine.dispose()


def at_the_newest_revision() -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("create table alembic_version (version_num varchar(32))")
        connection.exec_driver_sql(f"insert into alembic_version values ('{NEWEST}')")


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Flask]:
    """A stocked library in SQLite."""
    with library(tmp_path / "source") as app:
        stock()
        yield app


@pytest.fixture
def target(elsewhere: Flask) -> Flask:
    """Another, in the database that the tests are run on, where nothing is."""
    with elsewhere.app_context():
        at_the_newest_revision()
        db.session.remove()
    return elsewhere


def stock() -> None:
    """People, an asset, a deal, use over a year's turn, an audit trail, a number given and gone."""
    team = make_team("Field")
    admin = make_person(Role.ADMIN, Role.MANAGER, name="Ada")
    rep = make_person(Role.REP, name="Rosa", teams=[team])
    term = make_term(Vocabulary.STAGE, "evaluation")
    first = make_asset("Downtime", owner=admin, terms=[term], tags=["cost"], pages=["One", "Two"])
    second = make_asset("Another", owner=admin)
    first.cost_amount, first.cost_currency = Decimal("1200.50"), "EUR"
    first.replacement_id = second.id
    first.versions[0].properties = SAID
    upsert_deal("D-1", {"name": "A deal", "stage": "Evaluation", "amount": "EUR 9000.10"}, at=MARCH)
    for month in (1, 2, 11):
        with clock.hold(MARCH.replace(month=month)):
            happen(EventKind.VIEWED, first, rep, MARCH.replace(month=month))
            happen(EventKind.DOWNLOADED, second, rep, MARCH.replace(month=month))
    for number in range(3):
        audit.record(
            "thing.changed", by=admin, kind="asset", id=first.id, number=number, said="“ü”"
        )
    gone = print_of(first)
    gone.id = HIGHEST
    db.session.add(gone)
    db.session.commit()
    db.session.delete(gone)
    db.session.commit()


def print_of(asset: Asset) -> PrintFile:
    return PrintFile(
        asset_id=asset.id,
        version_id=asset.current_version_id,
        root_id=asset.id,
        page_count=0,
        printed=False,
        recipe=1,
    )


def no_progress(_table: str, _rows: int) -> None:
    pass


def told() -> dict[str, Any]:
    """What reports and the trail tell of the library whose turn it is."""
    sums = [
        tuple(db.session.execute(select(*(func.sum(column) for column in columns))).one())
        for columns in (
            (DailySum.shown, DailySum.views, DailySum.unique_views, DailySum.downloads),
            (Event.id, Event.asset_id, Event.team_set_id),
        )
    ]
    asset = db.session.scalars(select(Asset).where(Asset.title == "Downtime")).one()
    return {
        "sums": sums,
        "asset": (asset.id, asset.cost_amount, asset.created_at, asset.tags, asset.replacement_id),
        "pages": [page.text for page in asset.versions[0].pages],
        "trail": audit.verify(),
        "properties": asset.versions[0].properties,
        "detail": db.session.scalars(select(AuditEntry.detail).order_by(AuditEntry.id)).all(),
        "counts": {
            one.name: db.session.scalar(select(func.count()).select_from(one))
            for one in db.metadata.sorted_tables
        },
    }


def address_of(app: Flask) -> str:
    return str(app.extensions["settings"].database_url)


def is_empty() -> bool:
    return db.session.scalar(select(func.count()).select_from(Asset)) == 0


def test_all_of_it_moves_and_back(
    source: Flask, without_tables: Flask, empty_database: str, tmp_path: Path
) -> None:
    before = told()
    assert before["trail"].broken is None
    assert before["trail"].entries >= 3

    ran = source.test_cli_runner().invoke(database, ["move", "--to", address_of(without_tables)])
    assert ran.exit_code == 0, ran.output + repr(ran.exception)
    assert f"{sum(before['counts'].values())} rows" in ran.output
    assert "DATABASE_URL=" in ran.output

    with without_tables.app_context():
        assert told() == before
        assert schema_revision() == known_revisions()[0]
        if not is_sqlite():
            with db.engine.connect() as connection:
                firsts = {part.first for part in partitions.parts(connection)}
            assert {date(2026, 1, 1), date(2026, 2, 1), date(2026, 11, 1)} <= firsts
            assert db.session.scalar(text(f"select count(*) from {partitions.OTHER}")) == 0
        db.session.remove()
        with library(tmp_path / "back") as back:
            pass
        moving.move(address_of(back), no_progress)
        # Numbers go on behind those that were given, also to what is gone.
        assert make_asset("After").id == max(before["asset"][0], before["asset"][-1]) + 1
        assert number_of_the_next_print() == HIGHEST + 1
    with back.app_context():
        assert told() == before
        assert number_of_the_next_print() == HIGHEST + 1
        db.session.remove()
        db.engine.dispose()


def number_of_the_next_print() -> int:
    asset = db.session.scalars(select(Asset).where(Asset.title == "Downtime")).one()
    made = print_of(asset)
    db.session.add(made)
    db.session.flush()
    number = made.id
    db.session.rollback()
    return number


def test_broken_off_it_leaves_nothing_there_and_is_begun_anew(source: Flask, target: Flask) -> None:
    def interrupted(table: str, _rows: int) -> None:
        if table == "event":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moving.move(address_of(target), interrupted)
    with target.app_context():
        assert is_empty()
        db.session.remove()
    moving.move(address_of(target), no_progress)
    with target.app_context():
        assert not is_empty()
        db.session.remove()
    with pytest.raises(Conflict, match="not empty"):
        moving.move(address_of(target), no_progress)


def test_a_row_that_came_out_otherwise_is_found(source: Flask, target: Flask) -> None:
    with target.app_context():
        change = (
            "create trigger meddling after insert on team begin "
            "update team set name = 'Office' where id = new.id; end"
            if is_sqlite()
            else "create function meddle() returns trigger language plpgsql as "
            "$$ begin new.name = 'Office'; return new; end $$; "
            "create trigger meddling before insert on team for each row execute function meddle()"
        )
        with db.engine.begin() as connection:
            connection.exec_driver_sql(change)
        db.session.remove()
    with pytest.raises(Invalid, match="team: its rows there are not those here"):
        moving.move(address_of(target), no_progress)
    with target.app_context():
        assert is_empty()


def test_tables_of_something_else_are_left_alone(
    source: Flask, without_tables: Flask, empty_database: str
) -> None:
    with without_tables.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("create table invoice (id integer)")
    with pytest.raises(Conflict, match="does not know"):
        moving.move(address_of(without_tables), no_progress)


def test_a_library_in_use_stays(tmp_path: Path, source: Flask) -> None:
    home = tmp_path / "used"
    home.mkdir()
    waiting = f"sqlite:{home / 'queue.sqlite'}"
    url = address_of(source)
    app = create_app(make_settings(home, database_url=url, queue_url=waiting))
    with library(tmp_path / "target") as target:
        pass
    refused = []

    def write(_table: str, _rows: int) -> None:
        """Somebody without a worker: kept waiting, until she is told so."""
        with source.app_context(), db.engine.connect() as connection:
            connection.exec_driver_sql("pragma busy_timeout=1")
            with pytest.raises(OperationalError, match="locked"):
                connection.exec_driver_sql("update team set name = 'Later'")
            refused.append(True)

    with app.app_context():
        with the_only_worker(queue()), pytest.raises(Conflict, match="in use"):
            moving.move(address_of(target), no_progress)
        moving.move(address_of(target), write)
        db.engine.dispose()
    assert refused


def test_no_move_into_itself_or_from_older_tables(source: Flask, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="very database"):
        moving.move(address_of(source), no_progress)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '0001'")
    with pytest.raises(Conflict, match="collateral migrate"):
        moving.move(f"sqlite:///{tmp_path / 'target.sqlite'}", no_progress)

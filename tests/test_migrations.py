"""The migrations make the tables that the models say."""

from __future__ import annotations

import re
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text

from collateral import create_app
from collateral.db import db
from collateral.requests.models_steps import ProductionStep, StepKind
from collateral.requests.rules import spread
from collateral.sharing.models import Copy, CopyKind
from tests.conftest import make_settings
from tests.databases import SERVER, drop, on_server
from tests.support import counted_queries


@pytest.fixture
def migrated(tmp_path: Path) -> object:
    if not SERVER:
        yield f"sqlite:///{tmp_path / 'migrated.sqlite'}"
        return
    name = f"migrated_{uuid.uuid4().hex[:12]}"
    on_server(f"create database {name}")
    yield SERVER.replace("{name}", name)
    drop(name)


def _is_whole(name: str | None, kind: str, _parents: object) -> bool:
    """Not a part of a table that is divided: the models know the whole."""
    return kind != "table" or name is None or re.match(r"event_(other|before|\d{4})", name) is None


def _is_of_this_database(item: Any, _name: str | None, *_more: object) -> bool:
    """Not a key that the models make on the other database alone (`ddl_if`)."""
    made_if = getattr(item, "_ddl_if", None)
    return made_if is None or made_if.dialect == db.engine.dialect.name


COMPARED = {"include_name": _is_whole, "include_object": _is_of_this_database}


# SQLite's own list of indexes has no words for one of an expression; PostgreSQL compares it.
@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_migrations_end_at_the_models_and_can_be_taken_back(tmp_path: Path, migrated: str) -> None:
    app = create_app(make_settings(tmp_path, database_url=migrated))
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts=COMPARED)
            assert compare_metadata(context, db.metadata) == []
        downgrade(revision="base")
        left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
        db.engine.dispose()
    assert left == set()


def test_the_audit_trail_is_append_only_after_the_migrations(tmp_path: Path, migrated: str) -> None:
    app = create_app(make_settings(tmp_path, database_url=migrated))
    with app.app_context():
        upgrade()
        with db.engine.begin() as connection:
            connection.execute(
                text(
                    "insert into audit_entry (at, action, object_kind, detail, previous_hash, hash)"
                    " values ('2026-01-01 00:00:00', 'asset.retired', 'asset', '{}', '0', '1')"
                )
            )
        with pytest.raises(Exception, match="append-only"), db.engine.begin() as connection:
            connection.execute(text("delete from audit_entry"))
        db.engine.dispose()


BEFORE = (
    "insert into share_copy (key, kind, state, mark, position, attempts, pages_made, created_at)"
)


def test_copies_keep_their_pages_and_need_no_count_of_them(tmp_path: Path, migrated: str) -> None:
    """The code after 0028 neither reads nor writes `pages_made`, which that before does both to."""
    app = create_app(make_settings(tmp_path, database_url=migrated))
    with app.app_context():
        upgrade(revision="0027")
        with db.engine.begin() as connection:
            connection.execute(
                text(f"{BEFORE} values ('k', 'pictures', 'ready', '', 1, 1, 0, '2026-01-01')")
            )
            connection.execute(text("insert into share_copy_page values (1, 1, 'a', 'b')"))
        upgrade(revision="0028")
        with counted_queries(app) as seen:
            (old,) = db.session.scalars(select(Copy))
            assert [page.number for page in old.pages] == [1]
            db.session.add(Copy(key="new", kind=CopyKind.PICTURES))
            db.session.commit()
        assert len(seen) > 2
        assert not [statement for statement in seen if "pages_made" in statement]
        with db.engine.begin() as connection:
            connection.execute(
                text(f"{BEFORE} values ('old', 'file', 'waiting', '', 1, 0, 0, '2026-01-01')")
            )
            found = connection.execute(text("select pages_made from share_copy"))
            assert list(found.scalars()) == [0, 0, 0]
        db.session.remove()
        db.engine.dispose()


TAKEN_ON = """
insert into request (id, title, detail, query, state, by_id, at, changed_at, maker_id, due_on,
  reason) values ({id}, 'A sheet', '', '', '{state}', 1, '2026-03-01', '2026-03-01 08:00:00+00:00',
  {maker}, {due}, '')
"""


def test_what_was_taken_on_before_there_were_steps_has_them(tmp_path: Path, migrated: str) -> None:
    app = create_app(make_settings(tmp_path, database_url=migrated))
    with app.app_context():
        upgrade(revision="0029")
        with db.engine.begin() as connection:
            connection.execute(
                text(
                    "insert into person (id, email, name, active, time_zone, locale, theme, sample,"
                    " created_at) values (1, 'ana@example.com', 'Ana', true, 'UTC', 'en', 'system',"
                    " false, '2026-01-01')"
                )
            )
            for id, state, maker, due in (
                (1, "taken_on", 1, "'2026-03-18'"),
                (2, "taken_on", 1, "'2026-02-01'"),
                (3, "open", "null", "null"),
            ):
                connection.execute(text(TAKEN_ON.format(id=id, state=state, maker=maker, due=due)))
        upgrade(revision="0030")
        steps = db.session.scalars(
            select(ProductionStep).order_by(ProductionStep.request_id, ProductionStep.number)
        ).all()
        for request_id, due in ((1, date(2026, 3, 18)), (2, date(2026, 2, 1))):
            own = [step for step in steps if step.request_id == request_id]
            assert [step.kind for step in own] == list(StepKind)
            assert [step.due_on for step in own] == spread(date(2026, 3, 1), due, 5)
            assert {(step.assignee_id, step.done_at) for step in own} == {(1, None)}
        assert len(steps) == 10
        db.session.remove()
        db.engine.dispose()

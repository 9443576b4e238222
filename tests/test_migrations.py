"""The migrations make the tables that the models say."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text

from collateral import create_app
from collateral.db import db
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

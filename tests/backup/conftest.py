"""A second library beside the test's own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from collateral import create_app
from collateral.db import db
from collateral.serve import migrate_database
from tests.conftest import make_settings
from tests.databases import SERVER, copy_of, drop, on_server


@contextmanager
def _library(home: Path, template: str | None) -> Iterator[Flask]:
    """A library in `home`; its database is a copy of `template`, or has no tables at all."""
    home.mkdir()
    with copy_of(template, home, empty=True) if template else _no_tables(home) as url:
        app = create_app(make_settings(home, database_url=url))
        yield app
        with app.app_context():
            db.engine.dispose()


@contextmanager
def _no_tables(home: Path) -> Iterator[str]:
    if not SERVER:
        yield f"sqlite:///{home / 'collateral.sqlite'}"
        return
    name = f"test_{uuid.uuid4().hex[:12]}"
    on_server(f"create database {name}")
    yield SERVER.replace("{name}", name)
    drop(name)


@pytest.fixture
def elsewhere(empty_database: str, tmp_path: Path) -> Iterator[Flask]:
    """Another library, where nobody lives yet."""
    with _library(tmp_path / "elsewhere", empty_database) as app:
        yield app


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Flask]:
    """A library whose tables were made by the migrations, as they are outside of tests."""
    with _library(tmp_path / "migrated", None) as app:
        with app.app_context():
            migrate_database()
        yield app


@pytest.fixture
def without_tables(tmp_path: Path) -> Iterator[Flask]:
    """A place for a library, with an empty database."""
    with _library(tmp_path / "without", None) as app:
        yield app

"""A second library beside the test's own."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text

from collateral import create_app
from collateral.db import db
from collateral.serve import migrate_database
from tests.conftest import SERVER, make_settings


def _on_server(statement: str) -> None:
    engine = create_engine(SERVER.replace("{name}", "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@contextmanager
def _library(home: Path, template: str | None) -> Iterator[Flask]:
    """A library in `home`; its database is a copy of `template`, or has no tables at all."""
    home.mkdir()
    name = f"test_{uuid.uuid4().hex[:12]}"
    if SERVER:
        copied = f" template {make_url(template).database}" if template else ""
        _on_server(f"create database {name}{copied}")
        url = SERVER.replace("{name}", name)
    else:
        url = f"sqlite:///{home / 'collateral.sqlite'}"
        if template:
            shutil.copyfile(template.removeprefix("sqlite:///"), home / "collateral.sqlite")
    app = create_app(make_settings(home, database_url=url))
    yield app
    with app.app_context():
        db.engine.dispose()
    if SERVER:
        _on_server(f"drop database if exists {name} with (force)")


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

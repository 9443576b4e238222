"""A second library beside the test's own."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text

from collateral import create_app
from collateral.db import db
from tests.conftest import SERVER, make_settings


def _on_server(statement: str) -> None:
    engine = create_engine(SERVER.replace("{name}", "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def elsewhere(empty_database: str, tmp_path: Path) -> Iterator[Flask]:
    """Another library, where nobody lives yet."""
    home = tmp_path / "elsewhere"
    home.mkdir()
    name = f"test_{uuid.uuid4().hex[:12]}"
    if SERVER:
        _on_server(f"create database {name} template {make_url(empty_database).database}")
        url = SERVER.replace("{name}", name)
    else:
        shutil.copyfile(empty_database.removeprefix("sqlite:///"), home / "collateral.sqlite")
        url = f"sqlite:///{home / 'collateral.sqlite'}"
    other = create_app(make_settings(home, database_url=url))
    yield other
    with other.app_context():
        db.engine.dispose()
    if SERVER:
        _on_server(f"drop database if exists {name} with (force)")

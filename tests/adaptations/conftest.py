"""A library with one published master and an adaptation of it, read once and copied."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from collateral import create_app
from collateral.db import db, is_sqlite
from tests.adaptations.arranged import Scene
from tests.conftest import make_settings
from tests.databases import copy_of


@dataclass(frozen=True)
class Arranged:
    """A library that nobody changes any more: where its files lie, and its database."""

    home: Path
    url: str


@pytest.fixture(scope="session")
def arranged(empty_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arranged]:
    """Reading a deck takes its time, so it is done once for all tests."""
    home = tmp_path_factory.mktemp("arranged")
    with copy_of(empty_database, home) as url:
        app = create_app(make_settings(home, database_url=url))
        with app.app_context():
            Scene.arrange().hand_in()
            if is_sqlite():
                with db.engine.connect() as connection:
                    connection.execute(text("pragma wal_checkpoint(truncate)"))
            db.session.remove()
            db.engine.dispose()
        yield Arranged(home, url)


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, empty_database: str, tmp_path: Path
) -> Iterator[str]:
    """A database of this test's own; where it asks for the scene, a copy of that one's."""
    source = empty_database
    if "scene" in request.fixturenames:
        kept: Arranged = request.getfixturevalue("arranged")
        shutil.copytree(kept.home / "files", tmp_path / "files", copy_function=os.link)
        source = kept.url
    with copy_of(source, tmp_path, empty=source == empty_database) as url:
        yield url


@pytest.fixture
def scene(app: Flask) -> Scene:
    """A rep, two marketers, the master, and an adaptation that is still private."""
    del app
    return Scene.found()

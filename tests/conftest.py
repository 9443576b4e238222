"""What every test may ask for: a library of its own, a browserless client, real files.

Each test gets a fresh database (databases.py). Jobs run at once, in a context of their own,
when the transaction that queued them is over.
"""

from __future__ import annotations

import gc
import os
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import CodeType
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, text
from werkzeug.routing import Rule

from collateral import create_app
from collateral.accounts import passwords
from collateral.config import Settings
from collateral.db import db
from collateral.search import queries
from tests.databases import SERVER, copy_of, drop, on_server
from tests.support import Browser, Visitor

FILES = Path(os.environ.get("COLLATERAL_FILES") or Path(__file__).parents[2] / "shared" / "files")


# A hash is meant to take long, and most tests of sign-in are about something else: what they
# get is argon2id too, at the least cost. tests/accounts/test_passwords.py has the real one.
REAL_HASHER = passwords.HASHER
passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


# On a busy machine half a second may not be enough for anything; what an engine leaves out for
# want of time is tested with times of the tests' own.
queries.SECONDS = 60.0


# No test is about how long its examples take to be drawn.
hypothesis.settings.register_profile(
    "here", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("here")


# Werkzeug takes each route apart and compiles two functions for it, and each test makes an
# application: without this, that is nearly all of making one. What comes of it follows from what
# the route says alone.
_compile_rule = Rule.compile
_COMPILED_RULES: dict[tuple[object, ...], Rule] = {}


def _compiled(rule: Rule) -> None:
    assert rule.map is not None
    kinds = tuple(rule.map.converters.items())
    key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, repr(rule.defaults), kinds)
    first = _COMPILED_RULES.setdefault(key, rule)
    if first is rule:
        _compile_rule(rule)
        return
    rule.arguments |= first.arguments
    rule._parts, rule._trace, rule._converters = first._parts, first._trace, first._converters
    rule._build = first._build.__func__.__get__(rule)  # type: ignore[attr-defined]
    rule._build_unknown = first._build_unknown.__func__.__get__(rule)  # type: ignore[attr-defined]


Rule.compile = _compiled  # type: ignore[method-assign]


# An engine compiles each statement once, and each test makes an engine: those of one kind share
# what they compiled.
_make_engine = SQLAlchemy._make_engine
_FIRST: dict[str, Engine] = {}


def _engine(self: SQLAlchemy, bind: str | None, options: dict[str, Any], app: Flask) -> Engine:
    engine = _make_engine(self, bind, options, app)
    first = _FIRST.setdefault(engine.dialect.name, engine)
    first._compiled_cache.capacity = 10_000  # type: ignore[union-attr]
    engine.dialect = engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
    return engine


SQLAlchemy._make_engine = _engine  # type: ignore[method-assign]

# A test that the machine's end would spoil is begun anew: nothing waits for the disk.
os.fsync = lambda _file: None

# What the imports made stays, so that it need not be looked through for what may go.
gc.freeze()
gc.set_threshold(50_000, 20, 100)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out the tests that ask for no database, or nothing of it that others
    do not ask as well (marked `either`): there they are the same. `-m either` runs those."""
    if not SERVER:
        return
    asked_for = "either" in config.option.markexpr
    asking = [
        item
        for item in items
        if {"empty_database", "migrated"} & set(_fixtures(item))
        and (asked_for or item.get_closest_marker("either") is None)
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in asking])
    items[:] = asking


def _fixtures(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The folder of real files; tests that look at them are skipped where it is absent."""
    if not FILES.is_dir():
        pytest.skip(f"no real files at {FILES.name}; set COLLATERAL_FILES")
    return FILES


def make_settings(home: Path, **changes: object) -> Settings:
    """Settings for a library in `home`, with jobs that run at once."""
    settings = Settings.from_environ(
        {
            "COLLATERAL_HOME": str(home),
            "SEARCH_URL": f"whoosh:{home / 'index'}",
            "SECRET_KEY": "a secret for tests alone, long enough to pass",
            "BASE_URL": "http://localhost",
            "LOG_LEVEL": "WARNING",
        }
    )
    return replace(
        settings, testing=True, **{"queue_url": "immediate:", "sample_assets": 2, **changes}
    )


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database with our tables and nothing in them, to be copied."""
    home = tmp_path_factory.mktemp("template")
    if SERVER:
        name = f"template_{uuid.uuid4().hex[:12]}"
        on_server(f"create database {name}")
        url = SERVER.replace("{name}", name)
    else:
        url = f"sqlite:///{home / 'empty.sqlite'}"
    app = create_app(make_settings(home, database_url=url))
    with app.app_context():
        db.create_all(None)  # not of a copy that another test named
        from collateral.accounts import audit

        audit.protect(db.engine)
        if not SERVER:
            with db.engine.connect() as connection:
                connection.execute(text("pragma wal_checkpoint(truncate)"))
        db.engine.dispose()
    yield url
    if SERVER:
        drop(name)


@pytest.fixture
def database_url(empty_database: str, tmp_path: Path) -> Iterator[str]:
    """A database of this test's own."""
    with copy_of(empty_database, tmp_path, empty=True) as url:
        yield url


class CompiledTemplates(BytecodeCache):
    """Each template compiled once for all tests instead of once for each application."""

    def __init__(self) -> None:
        self.code: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.code.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self.code[bucket.key] = (bucket.checksum, bucket.code)


COMPILED_TEMPLATES = CompiledTemplates()


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return make_settings(tmp_path, database_url=database_url)


@pytest.fixture
def bare_app(settings: Settings) -> Iterator[Flask]:
    """The application, with no context pushed."""
    app = create_app(settings)
    app.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    app.test_client_class = Browser
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(bare_app: Flask) -> Iterator[Flask]:
    """The application, with a context for the test's own reads and factories."""
    with bare_app.app_context():
        yield bare_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who has not signed in."""
    return app.test_client()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """`visitor.as_(person)` is a client signed in as that person."""
    return Visitor(app)

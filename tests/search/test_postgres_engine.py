"""The engine inside PostgreSQL: the shared expectations, and what is its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, text, update

from collateral import create_app
from collateral.accounts.models import Role
from collateral.assets.models import Asset
from collateral.clock import now
from collateral.db import db
from collateral.retirement import operations as retirement
from collateral.search import engine as chosen
from collateral.search import jobs
from collateral.search.engines.postgres import PostgresEngine, holding, looking, phrases, storing
from collateral.search.engines.postgres.storing import WRITING
from collateral.search.engines.postgres.tables import LIVE, VERSION
from collateral.search.engines.protocol import Engine, Sort
from tests.conftest import make_settings
from tests.databases import SERVER
from tests.factories import make_asset, make_person
from tests.search.documents import ALL, document, exact, filled, found
from tests.search.expectations import Expectations
from tests.support import Browser, Visitor

pytestmark = pytest.mark.skipif(not SERVER, reason="runs in the step with PostgreSQL")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine with nothing in it yet."""
    database = create_engine(database_url)
    yield PostgresEngine(database)
    database.dispose()


class TestPostgres(Expectations):
    """The same questions give the same assets as in every other engine."""


def test_a_rebuild_that_was_broken_off_leaves_the_old_index(engine: PostgresEngine) -> None:
    filled(engine, document(1, "Turbine"))

    def broken() -> Iterator[object]:
        yield document(2, "Pump")
        raise RuntimeError("pulled")

    with pytest.raises(RuntimeError, match="pulled"):
        engine.rebuild(broken(), lambda: None)  # type: ignore[arg-type]
    assert exact(engine, "turbine") == [1]
    filled(engine, document(3, "Pump"))
    assert engine.ids() == {3}
    with engine._database.connect() as connection:
        schemas = connection.execute(
            text("select nspname from pg_namespace where nspname like 'search%'")
        ).scalars()
        assert list(schemas) == [LIVE]


def test_who_finds_another_writing_goes(engine: PostgresEngine) -> None:
    filled(engine, document(1, "Turbine"))
    with engine._database.begin() as other:
        other.execute(text(f"select pg_advisory_xact_lock({WRITING}, hashtext('{VERSION}'))"))
        assert not engine.write([document(2, "Pump")], ())
    assert engine.write([document(2, "Pump")], ())
    assert engine.ids() == {1, 2}


def test_the_same_question_costs_one_look_until_the_index_changes(engine: PostgresEngine) -> None:
    filled(engine, document(1, "Turbine"))
    asked: list[str] = []
    event.listen(engine._database, "before_cursor_execute", lambda *said: asked.append(said[2]))
    assert exact(engine, "turbine") == [1]
    first = len(asked)
    assert exact(engine, "turbine") == [1]
    assert len(asked) == first + 1 < 2 * first
    engine.write([document(2, "Turbine hall")], [])
    assert set(exact(engine, "turbine")) == {1, 2}


def test_facts_in_memory_follow_single_changes_and_many(
    engine: PostgresEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(engine, *(document(n, "Turbine", terms=("stage:a",)) for n in range(1, 6)))
    assert found(engine, "turbine").facets["stage:a"] == 5
    first = engine._held
    engine.write([document(2, "Turbine", terms=("stage:b",)), document(9, "Turbine")], [4])
    engine.write([document(9, "Turbine", status="retired", terms=("stage:b",))], [5])
    answer = found(engine, "turbine")
    assert {match.id for match in answer.matches} == {1, 2, 3}
    assert (answer.facets["stage:a"], answer.facets["stage:b"]) == (2, 1)
    assert found(engine, sort=Sort.TITLE).total == 3
    assert engine._held.first is first.first  # what was there is not read again
    monkeypatch.setattr(holding, "MUCH", 1)
    engine.write([document(4, "Turbine", terms=("stage:a",))], [])
    assert found(engine, "turbine").facets["stage:a"] == 3
    assert engine._held.first.count == 5


def test_what_typing_was_answered_is_kept_until_the_index_changes(engine: PostgresEngine) -> None:
    filled(engine, document(1, "Turbine"))

    def answers() -> tuple[list[int], list[int]]:
        completed = engine.complete(("turb",), ALL, frozenset(), 5)
        ids = engine.suggest(("turb",), ALL, frozenset(), 5)
        return sorted(ids), [one.total for one in completed]

    assert answers() == ([1], [1])
    asked: list[str] = []
    event.listen(engine._database, "before_cursor_execute", lambda *of: asked.append(of[2]))
    assert answers() == ([1], [1])
    assert not any("title_word" in statement for statement in asked)
    engine.write([document(2, "Turbine")], [])
    assert answers() == ([1, 2], [2])


def test_a_phrase_is_found_by_its_pages_however_they_are_read(
    engine: PostgresEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(
        engine,
        *(document(n, "Turbine", ["the hall of pumps"] * 40, deals=n) for n in range(1, 40)),
        document(50, "Turbine", ["of the hall", "pumps"]),
        document(51, "Hall of Turbines", ["of", "pumps"]),
    )
    monkeypatch.setattr(phrases, "AT_ONCE", 5)
    assert found(engine, '"hall of"', limit=50).total == 40  # by the index of pages
    monkeypatch.setattr(phrases, "MOST_PAGES", 0)
    answer = found(engine, '"hall of" pumps', limit=50)  # one asset after the other
    assert answer.total == 40
    assert not answer.cut_short
    # With the index locked for longer than it is given, and no time to read on.
    monkeypatch.setattr(phrases, "_pages_to_read", lambda *_: 0)  # it would wait for the lock
    monkeypatch.setattr(phrases, "SHARE", 0.02)
    engine.write((), [39])
    with engine._database.connect() as other:
        other.execute(text(f"lock table {LIVE}.page in access exclusive mode"))
        release = threading.Timer(0.6, other.rollback)
        release.start()
        answer = found(engine, '"hall of"', limit=50)
        release.join()
    assert answer.cut_short
    held = {match.id for match in answer.matches if not match.near}
    assert held == {51, 38, 37, 36, 35, 34}  # its title, then the most used


def test_what_is_kept_of_a_state_goes_with_it(
    engine: PostgresEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can never be asked for again, and a library that changes has a new state each second."""
    monkeypatch.setattr(looking, "ONE_BY_ONE", 0)  # or the weights of so few are not kept
    filled(engine, *(document(number, f"Pump hall {number}") for number in range(1, 9)))
    kept = (engine._found, engine._ranked, engine._weights, engine._titled)

    def ask() -> list[int]:
        for word in ("pump", "hall"):
            found(engine, word)
            engine.suggest((word,), ALL, frozenset(), 5)
        return [len(memory._kept) for memory in kept]

    before = ask()
    assert all(before)
    engine.write((), [8])
    assert ask() == before


def test_what_is_no_word_to_postgresql_breaks_nothing(engine: PostgresEngine) -> None:
    filled(engine, document(1, "O'Neill \\ & | ! :* <-> ('x')", ["a\x1fb 'quoted' \\back"]))
    for typed in ("o'neill", "\\", "':*", "a & b | !c", "<->", "x:A", "%_%", "'"):
        assert found(engine, typed).total <= 1
        engine.suggest((typed,), ALL, frozenset(), 5)
        engine.complete((typed,), ALL, frozenset(), 5)
        engine.corrections((typed * 5,), ALL, frozenset(), 2, 5.0)


@pytest.fixture
def library(tmp_path: Path, database_url: str) -> Iterator[Flask]:
    """An application that searches inside its database."""
    app = create_app(make_settings(tmp_path, database_url=database_url, search_url="postgres:"))
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_library_follows_its_rows_and_heals(library: Flask) -> None:
    rep, marketer = make_person(Role.REP), make_person(Role.MARKETER)
    asset = make_asset("Turbine outlook", pages=["Welcome", "The gearbox hums"])
    asset_id = asset.id
    client = Visitor(library).as_(rep)

    def finds(typed: str) -> bool:
        return f"/assets/{asset_id}" in client.get(f"/library?q={typed}").text

    assert finds("gearbox")
    assert finds("turbnie")
    asset = db.session.get_one(Asset, asset_id)
    asset.title = "Compressor outlook"
    db.session.commit()
    assert finds("compressor")
    with db.engine.begin() as connection:
        connection.execute(text(f"drop schema {LIVE} cascade"))
    assert client.get("/library?q=compressor").status_code == 200
    assert finds("compressor")  # the first who asked had it made anew
    retirement.retire(
        db.session.get_one(Asset, asset_id), by=marketer, at=now(), reason="Out of date."
    )
    db.session.commit()
    assert not finds("gearbox")
    assert isinstance(chosen.engine(), PostgresEngine)


def test_beside_an_index_of_another_version_nothing_is_missed(library: Flask) -> None:
    asset = make_asset("Turbine outlook")
    earlier, later = "search_live_1_9", "search_live_900_1"
    with db.engine.begin() as connection:
        for schema in ("search_live", earlier, later):
            connection.execute(text(f"create schema {schema}"))
    # What a program of the other version does with a change: it goes into its own index alone.
    db.session.execute(
        update(Asset)
        .where(Asset.id == asset.id)
        .values(title="Compressor", revision=90, indexed_revision=90)
    )
    db.session.commit()
    client = Visitor(library).as_(make_person(Role.REP))
    assert f"/assets/{asset.id}" not in client.get("/library?q=compressor").text
    jobs.sweep()
    assert f"/assets/{asset.id}" in client.get("/library?q=compressor").text

    def left() -> set[str]:
        with db.engine.connect() as connection:
            return {"search_live", earlier, later} & set(storing.others(connection))

    assert left() == {"search_live", earlier, later}
    with db.engine.begin() as connection:
        connection.execute(text(f"update {LIVE}.state set made = made - interval '25 hours'"))
    jobs.sweep()
    assert left() == {later}

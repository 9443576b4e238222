"""The index follows the rows, heals, and is made anew beside the live one."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from collateral.accounts.models import Person, Role
from collateral.assets.models import Asset, AssetTag, AssetVersion, Page, Status
from collateral.assets.revisions import touch
from collateral.clock import now
from collateral.config import Settings
from collateral.db import db
from collateral.deals.models import Deal
from collateral.search import jobs, queries, typeahead
from collateral.search.engine import engine
from collateral.search.engines.filelock import held
from collateral.search.requests import SearchRequest
from collateral.usage.operations import declare_use, retract_use
from tests.factories import add_version, make_asset, make_person
from tests.support import Visitor


@pytest.fixture
def rep(app: Flask) -> Person:
    return make_person(Role.REP)


def total(person: Person, q: str, **request: object) -> int:
    return queries.search(person, SearchRequest(q=q, only=True, **request)).total  # type: ignore[arg-type]


def behind() -> int:
    return (
        db.session.scalar(
            select(func.count(Asset.id)).where(Asset.indexed_revision < Asset.revision)
        )
        or 0
    )


def folder(settings: Settings) -> Path:
    return Path(settings.search_url.removeprefix("whoosh:"))


def test_each_change_is_found_when_it_is_committed(rep: Person) -> None:
    asset = make_asset("Turbine")
    assert total(rep, "turbine") == 1
    asset.title = "Compressor"
    db.session.commit()
    assert (total(rep, "turbine"), total(rep, "compressor")) == (0, 1)
    asset.tag_rows.append(AssetTag(tag="pricing"))
    db.session.commit()
    assert total(rep, "tag:pricing") == 1
    add_version(asset, pages=["A hydrogen page"])
    db.session.commit()
    assert total(rep, "hydrogen") == 1
    assert behind() == 0


def test_retired_leaves_and_restored_comes_back(rep: Person) -> None:
    asset = make_asset("Turbine")
    asset.status = Status.RETIRED
    db.session.commit()
    assert total(rep, "turbine") == 0
    asset.status = Status.PUBLISHED
    db.session.commit()
    assert total(rep, "turbine") == 1


def test_a_change_that_was_rolled_back_is_not_found(rep: Person) -> None:
    asset = make_asset("Turbine")
    asset.title = "Compressor"
    db.session.flush()
    db.session.rollback()
    make_asset("Another")
    assert (total(rep, "turbine"), total(rep, "compressor")) == (1, 0)


def test_bulk_changes_say_so_themselves(rep: Person) -> None:
    asset = make_asset("Turbine")
    db.session.execute(update(Asset).values(title="Compressor"))
    touch(db.session(), [asset.id])
    db.session.commit()
    assert total(rep, "compressor") == 1


def test_deleted_rows_leave_the_index(rep: Person) -> None:
    kept, gone = make_asset("Turbine"), make_asset("Turbine")
    gone_id = gone.id
    gone.current_version_id = None
    db.session.commit()
    db.session.execute(delete(Page))
    db.session.execute(delete(AssetVersion).where(AssetVersion.asset_id == gone_id))
    db.session.execute(delete(Asset).where(Asset.id == gone_id))
    db.session.commit()
    jobs.sweep()
    assert engine().ids() == {kept.id}
    assert total(rep, "turbine") == 1


def test_what_the_busy_writer_missed_the_sweep_finds(rep: Person, settings: Settings) -> None:
    with held(folder(settings) / "write.lock", wait=False) if _made(settings) else _never():
        make_asset("Turbine")
        assert behind() == 1
    jobs.sweep()
    assert behind() == 0
    assert total(rep, "turbine") == 1


def _made(settings: Settings) -> bool:
    make_asset("The first makes the index")
    return (folder(settings) / "current").exists()


def _never() -> object:
    raise AssertionError("there is no index")


# Whoosh leaves a table of contents that it cannot read to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("harm", ["removed", "current", "schema", "emptied", "toc", "facts"])
def test_a_lost_or_broken_index_heals(rep: Person, settings: Settings, harm: str) -> None:
    make_asset("Turbine", pages=["One", "hydrogen"])
    index = folder(settings)
    generation = json.loads((index / "current").read_text())["generation"]
    current_app_forgets_its_engine()
    if harm == "removed":
        shutil.rmtree(index)
    elif harm == "current":
        (index / "current").write_text("{")
    elif harm == "schema":
        (index / "current").write_text(json.dumps({"generation": generation, "schema": 0}))
    elif harm == "emptied":
        shutil.rmtree(index / generation)
    elif harm == "toc":
        for file in (index / generation).glob("*.toc"):
            file.write_bytes(b"\x80\x04nonsense")
    else:
        for file in (index / generation).glob("*.facts.col"):
            file.write_bytes(b"")
    assert not engine().healthy()
    jobs.sweep()
    assert engine().healthy()
    assert total(rep, "hydrogen") == 1


def current_app_forgets_its_engine() -> None:
    from flask import current_app

    current_app.extensions.pop("search", None)


def test_without_an_index_titles_are_found_and_the_page_says_so(
    rep: Person, settings: Settings, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_asset("Turbine costs", pages=["hydrogen"])
    make_asset("Turbine draft", status=Status.DRAFT)
    monkeypatch.setattr(jobs, "rebuild", lambda: None)
    shutil.rmtree(folder(settings))
    current_app_forgets_its_engine()
    result = queries.search(rep, SearchRequest(q="turbine -hydrogen stage:x"))
    assert result.degraded
    result = queries.search(rep, SearchRequest(q="turbine"))
    assert [hit.asset.title for hit in result.hits] == ["Turbine costs"]
    answer = visitor.as_(rep).get("/library?q=turbine")
    assert answer.status_code == 200
    assert "made anew" in answer.text
    assert visitor.as_(rep).get("/search/suggest?q=turb").status_code == 200


def test_a_search_that_meets_a_broken_index_has_it_made_anew(
    rep: Person, settings: Settings
) -> None:
    make_asset("Turbine", pages=["hydrogen"])
    shutil.rmtree(folder(settings))
    current_app_forgets_its_engine()
    assert queries.search(rep, SearchRequest(q="hydrogen")).degraded
    assert total(rep, "hydrogen") == 1


def test_reindex_follows_changes_made_meanwhile(rep: Person, settings: Settings) -> None:
    asset = make_asset("Turbine")
    before = json.loads((folder(settings) / "current").read_text())["generation"]
    asset_id = asset.id

    real = engine().rebuild

    def slow(documents: object, late: object) -> bool:
        taken = list(documents)  # type: ignore[call-overload]
        asset.title = "Compressor"
        db.session.commit()
        make_asset("Newcomer")
        return real(iter(taken), late)  # type: ignore[arg-type]

    engine().rebuild = slow  # type: ignore[method-assign]
    jobs.rebuild()
    after = json.loads((folder(settings) / "current").read_text())["generation"]
    assert after != before
    assert not (folder(settings) / before).exists()
    assert behind() == 0
    assert (total(rep, "compressor"), total(rep, "turbine"), total(rep, "newcomer")) == (1, 0, 1)
    assert db.session.get_one(Asset, asset_id).indexed_revision > 0


def test_a_reader_in_another_process_notices_changes_and_switches(
    rep: Person, settings: Settings
) -> None:
    from collateral.search.engines.whoosh import WhooshEngine

    make_asset("Turbine")
    other = WhooshEngine(folder(settings))
    assert other.count() == 1
    make_asset("Second")
    assert other.count() == 2
    jobs.rebuild()
    assert other.count() == 2
    assert other.generation() == engine().generation()


def test_proven_use_is_an_order_that_follows_uses(rep: Person) -> None:
    first, second = make_asset("Turbine one"), make_asset("Turbine two")
    deal = Deal(external_id="1", name="A deal", owner_id=rep.id)
    db.session.add(deal)
    db.session.commit()
    use = declare_use(first, deal, by=rep, at=now(), stage="evaluation")
    db.session.commit()

    def order() -> list[int]:
        found = queries.search(rep, SearchRequest(q="turbine", sort="proven"))
        return [hit.asset.id for hit in found.hits]

    assert order() == [first.id, second.id]
    hit = queries.search(rep, SearchRequest(q="turbine", sort="proven")).hits[0]
    assert hit.uses.deals == 1
    retract_use(use, by=rep, at=now(), reason="mistake")
    db.session.commit()
    assert order() == [second.id, first.id]


def test_who_seeds_the_shared_generator_does_not_confuse_the_index(rep: Person) -> None:
    for number in range(4):
        random.seed(1)
        make_asset(f"Gearbox {number}")
    assert total(rep, "gearbox") == 4


def test_a_web_process_reads_the_titles_before_anybody_types(app: Flask) -> None:
    make_asset("Turbine")
    parts = [part for _offset, part in engine().snapshot().parts]  # type: ignore[attr-defined]
    assert [part.opened.title_words for part in parts] == [None]
    typeahead.warm()
    assert parts[0].opened.title_words.words == ["turbine"]

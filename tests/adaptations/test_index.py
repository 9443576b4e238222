"""The index in the database answers as lineage asks, for those who may see the source."""

from __future__ import annotations

import zlib

import msgspec
import pytest
from flask import Flask
from sqlalchemy import func, select

from collateral.accounts.models import Role
from collateral.adaptations import indexing, jobs_adaptations
from collateral.adaptations.index import MOST_PAGES, DatabaseLibrary
from collateral.adaptations.jobs_prints import behind, index_version
from collateral.adaptations.lineage import trace
from collateral.adaptations.models import Adaptation
from collateral.adaptations.models_prints import PrintCommon, PrintFile, PrintHash, PrintToken
from collateral.adaptations.packing import pack, unpack
from collateral.adaptations.prints import PagePrint, Picture
from collateral.adaptations.relations import Change
from collateral.adaptations.tracing import prints_of, trace_file, trace_version
from collateral.assets.models import Asset, Status
from collateral.clock import now
from collateral.db import db
from tests.adaptations.test_lineage import made_deck
from tests.factories import make_asset, make_person
from tests.support import counted_queries

LEGAL = "All rights reserved. No part may be copied without consent."


def texts(seed: int, size: int = 10) -> list[str]:
    """The pages of a made deck as reading would put them down."""
    return ["\n".join(page.boxes) for page in made_deck(seed, size)]


def known(seed: int, **fields: object) -> Asset:
    asset = make_asset(f"Deck {seed}", pages=texts(seed), **fields)  # type: ignore[arg-type]
    index_version(asset.current_version_id or 0)
    return asset


@pytest.fixture
def library(app: Flask) -> list[Asset]:
    return [known(seed) for seed in range(6)]


def test_a_page_survives_packing() -> None:
    page = PagePrint(
        3,
        ("Payback in 11 months", "設備停止"),
        (Picture("a" * 64, "ff00ff00ff00ff00", 0.25),),
        ((1.0, 2.5),),
        (("picture", 0, 1, 8, 7),),
        "Say it slowly.",
    )
    assert unpack(3, pack(page)) == page


def test_a_print_of_a_later_program_is_read_as_far_as_it_is_known() -> None:
    page = PagePrint(3, ("Payback in 11 months",), (), (), (), "Say it slowly.")
    later = [*msgspec.msgpack.decode(zlib.decompress(pack(page))), {"unheard": "of"}]
    assert unpack(3, zlib.compress(msgspec.msgpack.encode(later))) == page


def test_an_upload_that_takes_pages_of_another_asset_is_traced_to_it(library: list[Asset]) -> None:
    copy = make_asset("final_v7", pages=[*texts(2)[3:8], *texts(99)[:2]])
    found = trace_version(copy.current_version)  # type: ignore[arg-type]
    assert [source.asset for source in found.sources] == [library[2].id]
    assert [p.source.print.number for p in found.pages if p.source] == [4, 5, 6, 7, 8]


def test_a_copy_belongs_to_the_family_that_it_came_from(library: list[Asset]) -> None:
    roots = db.session.scalar(select(PrintToken.roots).where(PrintToken.hash == 0))
    copy = make_asset("Copy", pages=texts(2)[3:8])
    index_version(copy.current_version_id or 0)
    file = db.session.scalars(select(PrintFile).where(PrintFile.asset_id == copy.id)).one()
    assert file.root_id == library[2].id
    assert db.session.scalar(select(PrintToken.roots).where(PrintToken.hash == 0)) == roots


def test_what_a_person_may_not_see_is_no_source(app: Flask, library: list[Asset]) -> None:
    rep = make_person(Role.REP)
    hidden = known(50, status=Status.DRAFT)
    rows = hidden.current_version.pages  # type: ignore[union-attr]
    assert trace_file(rows, "deck", person=rep).sources == ()
    assert [s.asset for s in trace_file(rows, "deck", person=None).sources] == [hidden.id]
    assert [s.asset for s in trace_file(rows, "deck", person=hidden.owner).sources] == [hidden.id]


def test_an_indexed_version_can_be_forgotten_without_a_trace(library: list[Asset]) -> None:
    def size() -> tuple[int, int, int]:
        return tuple(  # type: ignore[return-value]
            db.session.scalar(select(total)) or 0
            for total in (
                func.count(PrintFile.id),
                func.count(PrintHash.hash),
                func.sum(PrintToken.roots),
            )
        )

    before = size()
    asset = known(60)
    assert size() > before
    indexing.forget([asset.current_version_id or 0])
    assert size() == before


def test_indexing_again_leaves_what_was(library: list[Asset]) -> None:
    before = db.session.scalar(select(func.count()).select_from(PrintHash))
    index_version(library[3].current_version_id or 0)
    assert db.session.scalar(select(func.count()).select_from(PrintHash)) == before


def test_two_workers_at_one_version_put_it_in_once(library: list[Asset]) -> None:
    """The second looked for it before the first had put it in."""
    version = library[3].current_version
    assert version is not None

    def all_of_it() -> tuple[int, int, int]:
        files, hashes = select(func.count(PrintFile.id)), select(func.count(PrintHash.hash))
        words = select(func.sum(PrintToken.roots))
        return tuple(db.session.scalar(query) or 0 for query in (files, hashes, words))  # type: ignore[return-value]

    before = all_of_it()
    again = indexing.NewFile(version.id, library[3].id, False, prints_of(version), library[3].id)
    assert indexing.add([again], at=now()) == set()
    db.session.commit()
    assert all_of_it() == before


def test_what_an_adaptation_needs_is_put_in_without_keeping_others_from_writing(app: Flask) -> None:
    """Tracing it takes a while, and in SQLite one transaction writes at a time."""
    asset = make_asset("Master", pages=texts(5))
    adaptation = Adaptation(
        title="Mine",
        person_id=asset.owner_id,
        named_asset_id=asset.id,
        sha256="0" * 64,
        bytes=1,
        filename="mine.pptx",
        media_type="",
        family="deck",
        label="",
    )
    db.session.add(adaptation)
    db.session.commit()
    assert jobs_adaptations._source_known(adaptation)
    with app.app_context():
        assert db.session.scalars(select(PrintFile.asset_id)).all() == [asset.id]


def test_the_sweep_finds_what_was_read_and_is_not_indexed(library: list[Asset]) -> None:
    new = make_asset("New", pages=["Words that nobody has seen"])
    assert behind(0, 10) == [new.current_version_id]
    index_version(new.current_version_id or 0)
    assert behind(0, 10) == []


def test_a_page_in_very_many_decks_is_noted_for_some_of_them(app: Flask) -> None:
    asset = make_asset(pages=[LEGAL])
    version = asset.current_version
    assert version is not None
    page = PagePrint(1, (LEGAL,))
    # One version with the same page very often stands for as many decks.
    pages = [PagePrint(n, page.boxes) for n in range(1, MOST_PAGES + 1)]
    indexing.add([indexing.NewFile(version.id, asset.id, False, pages, asset.id)], at=now())
    kept = db.session.scalar(select(func.count()).select_from(PrintHash))
    assert db.session.scalar(select(func.count()).select_from(PrintCommon)) == len(
        {*page.kept, *page.marks}
    )
    later = make_asset(pages=[LEGAL])
    index_version(later.current_version_id or 0)
    assert db.session.scalar(select(func.count()).select_from(PrintHash)) == kept


def test_a_trace_is_a_few_statements_however_large_the_library(
    app: Flask, library: list[Asset]
) -> None:
    version = library[1].current_version
    assert version is not None
    pages = prints_of(version)
    with counted_queries(app) as few:
        trace(pages, DatabaseLibrary())
    for seed in range(100, 106):
        known(seed)
    with counted_queries(app) as many:
        trace(pages, DatabaseLibrary())
    assert len(many) == len(few) <= 8


def test_an_empty_library_knows_nothing(app: Flask) -> None:
    assert DatabaseLibrary().roots() == 0
    asset = make_asset(pages=texts(1))
    found = trace_version(asset.current_version)  # type: ignore[arg-type]
    assert {page.change for page in found.pages} == {Change.NEW}

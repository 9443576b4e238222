"""What is shown of an asset that was found is what it is now, though it is kept in memory."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from collateral.accounts.models import Person, Role
from collateral.assets import vocabularies
from collateral.assets.models import Asset, Status, Vocabulary
from collateral.clock import now
from collateral.db import db
from collateral.search.engines.protocol import Match
from collateral.search.hits import shown
from collateral.search.marks import Marks
from collateral.search.matching import PageText, best_page
from collateral.search.results import Hit
from tests.factories import add_version, make_asset, make_person, make_term


@pytest.fixture
def rep(app: Flask) -> Person:
    return make_person(Role.REP)


def hit(person: Person, asset: Asset, marks: Marks = ()) -> Hit:
    (found,) = shown(person, [Match(asset.id, 1.0, near=False)], marks)
    return found


def test_an_edit_is_shown_at_once(rep: Person) -> None:
    asset = make_asset("Turbine outlook")
    assert hit(rep, asset).asset.title == "Turbine outlook"
    asset.title = "Pump outlook"
    asset.review_on = now().date()
    db.session.commit()
    found = hit(rep, asset).asset
    assert (found.title, found.review_on) == ("Pump outlook", asset.review_on)


def test_a_term_with_another_name_is_shown_at_once(rep: Person) -> None:
    term = make_term(Vocabulary.STAGE, "evaluation", "Evaluation")
    asset = make_asset(terms=[term])
    assert [t.label for t in hit(rep, asset).asset.terms] == ["Evaluation"]
    vocabularies.rename(term, "Assessment", by=make_person(Role.ADMIN))
    db.session.commit()
    assert [t.label for t in hit(rep, asset).asset.terms] == ["Assessment"]


def test_a_new_version_is_shown_at_once(rep: Person) -> None:
    asset = make_asset(pages=["One page"])
    assert hit(rep, asset).asset.version == 1
    add_version(asset, pages=["One page", "and a second"])
    db.session.commit()
    found = hit(rep, asset).asset
    assert (found.version, found.version_id) == (2, asset.current_version_id)


def test_who_may_not_see_it_any_more_is_not_shown_what_is_kept(rep: Person) -> None:
    asset = make_asset()
    assert hit(rep, asset).asset.status is Status.PUBLISHED
    asset.status = Status.DRAFT
    db.session.commit()
    assert shown(rep, [Match(asset.id, 1.0, near=False)], ()) == ()


def test_pictures_of_pages_are_shown_as_they_come(rep: Person) -> None:
    asset = make_asset(pages=["Turbines", "Pumps"])
    version = asset.current_version
    assert version is not None
    version.read_at = None  # it is being read
    db.session.commit()
    first, second = version.pages
    assert hit(rep, asset, (("pumps",),)).page is not None
    for page, preview in ((first, "a" * 64), (second, "b" * 64)):
        page.preview_320 = preview
        db.session.commit()
    found = hit(rep, asset, (("pumps",),))
    assert found.asset.cover is not None
    assert found.asset.cover.preview == "a" * 64
    assert found.page is not None
    assert found.page.preview == "b" * 64


def test_a_file_that_is_read_again_is_shown_with_its_new_pictures(rep: Person) -> None:
    asset = make_asset(pages=["Turbines"])
    version = asset.current_version
    assert version is not None
    version.read_at = now() - timedelta(hours=1)
    version.pages[0].preview_320 = "a" * 64
    db.session.commit()
    assert hit(rep, asset, (("turbines",),)).page is not None
    version.read_at = now()
    version.pages[0].preview_320 = "b" * 64
    db.session.commit()
    found = hit(rep, asset, (("turbines",),))
    assert found.asset.cover is not None
    assert found.asset.cover.preview == "b" * 64
    assert found.page is not None
    assert found.page.preview == "b" * 64


def test_words_side_by_side_are_not_found_across_two_pages() -> None:
    pages = [PageText(1, "One", "a cold", ""), PageText(2, "Two", "start", "a cold start")]
    found = best_page(pages, (("cold", "start"),))
    assert found is not None
    assert found.numbers == (2,)
    assert best_page([*pages[:1], PageText(2, "start", "", "")], (("cold", "start"),)) is None


def test_the_page_that_says_most_of_the_words_is_the_best_one() -> None:
    pages = [
        PageText(1, "Costs", "pumps " * 50, ""),
        PageText(2, "Turbines", "pumps", ""),
        PageText(3, "Pumps", "turbines", ""),
    ]
    found = best_page(pages, (("pumps",), ("turbines",)))
    assert found is not None
    assert (found.page.number, found.numbers) == (2, (1, 2, 3))
    only = best_page(pages, (("pumps",),))
    assert only is not None
    assert only.page.number == 3, "its title says it"

"""Terms and synonyms."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale

from collateral.accounts.models import Role
from collateral.assets import description, queries, vocabularies
from collateral.assets.description import Description
from collateral.assets.models import Term, Vocabulary
from collateral.db import db
from collateral.errors import Conflict, Invalid, WrongState
from tests.factories import make_asset, make_person, make_term
from tests.support import SignedInClient, Visitor


@pytest.fixture
def admin(visitor: Visitor) -> SignedInClient:
    return visitor.as_(make_person(Role.ADMIN))


def test_an_admin_adds_and_renames_terms(admin: SignedInClient) -> None:
    admin.post(
        "/admin/vocabularies/terms", data={"vocabulary": "industry", "label": "Food & drink"}
    )
    term = db.session.query(Term).one()
    assert term.key == "industry:food-drink"
    answer = admin.post(
        f"/admin/vocabularies/terms/{term.id}",
        data={"act": "rename", "label": "Food"},
        follow_redirects=True,
    )
    assert "Renamed to “Food”" in answer.text
    db.session.expire_all()
    assert (term.label, term.slug) == ("Food", "food-drink")
    again = admin.post(
        "/admin/vocabularies/terms", data={"vocabulary": "industry", "label": "Food; drink!"}
    )
    assert again.status_code == 409


def test_renaming_a_term_tells_search(app: Flask) -> None:
    term = make_term(Vocabulary.STAGE, "proposal")
    asset, other = make_asset(terms=[term]), make_asset()
    before, untouched = asset.revision, other.revision
    vocabularies.rename(term, "Offer", by=make_person(Role.ADMIN))
    db.session.commit()
    db.session.expire_all()
    assert asset.revision > before
    assert other.revision == untouched


def test_merging_gives_every_asset_the_other_term_once(admin: SignedInClient) -> None:
    old, new = make_term(Vocabulary.STAGE, "offer"), make_term(Vocabulary.STAGE, "proposal")
    both, one = make_asset(terms=[old, new]), make_asset(terms=[old])
    before, old_id = one.revision, old.id
    answer = admin.post(
        f"/admin/vocabularies/terms/{old_id}", data={"act": "merge", "into": new.id}
    )
    assert answer.status_code == 303
    db.session.expire_all()
    assert [term.key for term in both.terms] == ["stage:proposal"]
    assert [term.key for term in one.terms] == ["stage:proposal"]
    assert one.revision > before
    assert db.session.get(Term, old_id) is None


def test_terms_of_two_vocabularies_do_not_merge(app: Flask) -> None:
    stage, product = make_term(Vocabulary.STAGE, "a"), make_term(Vocabulary.PRODUCT, "b")
    by = make_person(Role.ADMIN)
    with pytest.raises(WrongState):
        vocabularies.merge(stage, product, by=by)
    with pytest.raises(WrongState):
        vocabularies.merge(stage, stage, by=by)


def test_a_term_in_use_is_not_removed(admin: SignedInClient) -> None:
    used, free = make_term(Vocabulary.STAGE, "a"), make_term(Vocabulary.STAGE, "b")
    make_asset(terms=[used])
    for term, status in ((used, 409), (free, 303)):
        path = f"/admin/vocabularies/terms/{term.id}"
        assert admin.post(path, data={"act": "remove"}).status_code == status


def test_synonyms_come_in_groups(admin: SignedInClient) -> None:
    admin.post("/admin/vocabularies/synonyms", data={"words": "Downtime, outage,  outage "})
    group = queries.synonym_groups()[0]
    assert group.words == ["downtime", "outage"]
    page = admin.get("/admin/vocabularies?vocabulary=stage")
    assert "downtime, outage" in page.text
    lone = admin.post("/admin/vocabularies/synonyms", data={"words": "alone"})
    assert lone.status_code == 400
    admin.post("/admin/vocabularies/synonyms", data={"id": group.id, "words": " "})
    db.session.expire_all()
    assert queries.synonym_groups() == []


def test_only_admins_change_the_words(marketer: SignedInClient) -> None:
    assert marketer.get("/admin/vocabularies").status_code == 403
    data = {"vocabulary": "stage", "label": "x"}
    assert marketer.post("/admin/vocabularies/terms", data=data).status_code == 403


def test_a_label_without_a_word_is_no_term(app: Flask) -> None:
    by = make_person(Role.ADMIN)
    for label in ("", "&&&", "x" * 121):
        with pytest.raises(Invalid):
            vocabularies.add_term(Vocabulary.STAGE, label, by=by)
    vocabularies.add_term(Vocabulary.STAGE, "One", by=by)
    with pytest.raises(Conflict):
        vocabularies.add_term(Vocabulary.STAGE, "one", by=by)


def test_an_asset_is_collected_from_its_page(rep: SignedInClient) -> None:
    asset = make_asset()
    assert rep.get(f"/assets/{asset.id}/collect").status_code == 200
    made = rep.post(
        f"/assets/{asset.id}/collect", data={"title": "For Lindau"}, follow_redirects=True
    )
    assert "Added to “For Lindau”" in made.text
    page = rep.get(f"/assets/{asset.id}/collect")
    assert "For Lindau" in page.text


def test_what_is_wrong_is_said_in_the_reader_s_language(app: Flask, visitor: Visitor) -> None:
    person = make_person(Role.ADMIN)
    person.locale = "de"
    db.session.commit()
    answer = visitor.as_(person).post(
        "/admin/vocabularies/terms", data={"vocabulary": "industry", "label": "!!!"}
    )
    assert answer.status_code == 400
    assert "Ein Begriff braucht einen Namen mit Buchstaben oder Ziffern." in answer.text
    asset, strange = make_asset(), Description(terms=["stage:none"], teams=["Nord"])
    with force_locale("de"), pytest.raises(Invalid) as refused:
        description.apply(asset, strange)
    assert "Es gibt keinen Begriff „stage:none“." in refused.value.sentence
    assert "Es gibt kein Team „Nord“." in refused.value.sentence

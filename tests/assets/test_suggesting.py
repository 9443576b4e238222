"""What a file's words suggest about it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from collateral.accounts.models import Role
from collateral.assets.models import Asset, Vocabulary
from collateral.assets.suggesting import MOST, Content, Word, suggest
from collateral.db import db
from tests.assets.files import make_deck, send
from tests.factories import make_person, make_term
from tests.support import SignedInClient, Visitor

WORDS = [
    Word("type:deck", "Deck"),
    Word("type:case-study", "Case study"),
    Word("type:one-pager", "One-pager"),
    Word("product:predict", "Predict"),
    Word("industry:food-drink", "Food and drink", ("dairy", "brewery")),
    Word("stage:proposal", "Proposal"),
    Word("language:german", "German"),
]


def offered(
    pages: list[tuple[str, str]], filename: str = "v7.pptx", family: str = "deck", **more: object
) -> dict[str, list[str]]:
    content = Content(filename, family, "de", len(pages), pages)
    found: dict[str, list[str]] = {}
    for one in suggest(content, WORDS, **more):  # type: ignore[arg-type]
        found.setdefault(one.field, []).append(one.value)
    return found


def test_what_titles_and_many_pages_say_is_offered() -> None:
    pages = [("Predict in dairies", ""), ("Two lines", "In a brewery, in a dairy"), ("", "Dairy")]
    found = offered(pages)
    assert found["terms"] == ["industry:food-drink", "product:predict"]
    assert found["type"] == ["type:deck"]
    assert found["language"] == ["language:german"]


def test_a_word_said_once_in_passing_is_not_what_a_file_is_about() -> None:
    pages = [("Stops", "words")] * 9 + [("Next", "We send a proposal")]
    assert "terms" not in offered(pages)


def test_part_words_do_not_count() -> None:
    assert "terms" not in offered([("Predictable stops, predicted", "unpredict")] * 4)


def test_the_first_title_says_the_type_before_the_kind_of_file_does() -> None:
    pages = [("Case study: Hollis Dairy", "")]
    assert offered(pages, family="pdf")["type"] == ["type:case-study"]
    assert offered([("Hollis", "")], family="pdf")["type"] == ["type:one-pager"]
    assert "type" not in offered([("Hollis", "")] * 9, family="pdf")


def test_a_title_is_offered_only_where_nobody_gave_one() -> None:
    pages = [("What a stop costs", "")]
    assert offered(pages, title="v7")["title"] == ["What a stop costs"]
    assert "title" not in offered(pages)
    assert "title" not in offered([("Presentation1", "")], title="v7")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=40), st.text(max_size=200)), max_size=6),
    st.text(max_size=40),
    st.sets(st.sampled_from([word.key for word in WORDS])),
)
def test_nothing_is_offered_that_is_there_or_unknown(
    pages: list[tuple[str, str]], filename: str, have: set[str]
) -> None:
    content = Content(filename, "deck", "de", len(pages), pages)
    found = suggest(content, WORDS, have=sorted(have))
    values = [one.value for one in found]
    assert not set(values) & have
    assert set(values) <= {word.key for word in WORDS}
    assert len(values) == len(set(values)) <= MOST + 2


def test_an_upload_is_offered_its_terms_and_keeps_what_is_taken(
    marketer: SignedInClient, visitor: Visitor
) -> None:
    make_term(Vocabulary.TYPE, "deck")
    make_term(Vocabulary.PRODUCT, "predict")
    sent = send(marketer, make_deck("Predict in dairies\nPredict"), "Predict_v7.pptx").json
    row = marketer.get(f"/upload/state?ids={sent['id']}").json["items"][0]["row"]
    assert "Accept 3 suggestions" in row
    assert db.session.get_one(Asset, sent["asset"]).terms == []
    address = f"/assets/{sent['asset']}/suggested?take=type:deck&take=product:predict&title=Predict"
    rep = visitor.as_(make_person(Role.REP))
    assert rep.post(address).status_code == 404
    assert marketer.post(address, headers={"Accept": "application/json"}).status_code == 200
    asset = db.session.get_one(Asset, sent["asset"])
    assert sorted(term.key for term in asset.terms) == ["product:predict", "type:deck"]
    assert asset.title == "Predict"
    row = marketer.get(f"/upload/state?ids={sent['id']}").json["items"][0]["row"]
    assert "data-take" not in row

"""What a search with misspelt words says may have been meant."""

from __future__ import annotations

import re

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from collateral.accounts.models import Role
from collateral.assets.models import Vocabulary
from collateral.search.language import parse
from collateral.search.spelling import Meant, meant, rewritings, words_of
from tests.factories import make_asset, make_person, make_team, make_term
from tests.support import Visitor


def test_only_the_misspelt_words_are_replaced() -> None:
    right = {"downtme": ("downtime",), "brewries": ("breweries", "brewers")}
    assert rewritings('"Downtme" for brewries -steel', right) == [
        '"downtime" for breweries -steel',
        '"downtime" for brewers -steel',
    ]
    assert rewritings("Grüße", {"grusse": ("grusse",)}) == ["grusse"]
    assert rewritings("nothing wrong", {}) == []


def test_what_finds_nothing_is_not_offered() -> None:
    totals = {"turbine": 3, "turbins": 0}
    found = meant("turbina", {"turbina": ("turbins", "turbine")}, totals.__getitem__)
    assert found == (Meant("turbine", 3),)


def test_words_of_terms_are_not_spelling() -> None:
    assert words_of(parse("stage:evaluaton pump title:turbnie pump")) == ("pump", "turbnie")


@given(st.text(max_size=80), st.dictionaries(st.text(max_size=6), st.just(("x",)), max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_rewritten(text: str, right: dict[str, tuple[str, ...]]) -> None:
    assert len(rewritings(text, right)) <= 1


def offered(page: str) -> list[str]:
    part = re.search(r"Did you mean(.*?)</p>", page, re.DOTALL)
    return re.findall(r'href="([^"]*)"', part[1]) if part else []


def test_the_page_asks_what_was_meant_and_keeps_the_filters(app: Flask, visitor: Visitor) -> None:
    stage = make_term(Vocabulary.STAGE, "evaluation")
    make_asset("Turbine outlook", terms=[stage])
    make_asset("Turbine report")
    client = visitor.as_(make_person(Role.REP))
    page = client.get("/library?q=turbnie&stage=evaluation").text
    links = offered(page)
    assert links == ["/library?q=turbine&amp;stage=evaluation"]
    assert re.search(r"turbine</a> <span[^>]*>1 asset<", page)
    assert "Turbine outlook" in client.get(links[0].replace("&amp;", "&")).text
    assert offered(client.get("/library?q=turbine").text) == []


def test_a_word_that_only_hidden_assets_have_is_never_offered(app: Flask, visitor: Visitor) -> None:
    make_asset("Zephyrine board paper", teams=[make_team()])
    page = visitor.as_(make_person(Role.REP)).get("/library?q=zephyrnie").text
    assert "Nothing for" in page
    assert "zephyrine" not in page.lower()

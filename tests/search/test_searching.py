"""Searching through the page, as people do."""

from __future__ import annotations

from flask import Flask

from collateral.accounts.models import Role
from collateral.search import queries
from collateral.search.requests import SearchRequest
from tests.factories import make_asset, make_person
from tests.support import Visitor


def test_a_word_on_a_page_finds_the_asset_and_that_page(app: Flask, visitor: Visitor) -> None:
    rep = make_person(Role.REP)
    asset = make_asset(pages=["Welcome", "Costs", "Every stop of the turbine is heard early"])
    make_asset("Something else")
    result = queries.search(rep, SearchRequest(q="turbine"))
    assert [hit.asset.id for hit in result.hits] == [asset.id]
    assert result.hits[0].page is not None
    assert result.hits[0].page.number == 3
    assert ("turbine", True) in result.hits[0].snippet
    answer = visitor.as_(rep).get("/library?q=turbine")
    assert answer.status_code == 200
    assert "<mark>turbine</mark>" in answer.text
    assert f"/assets/{asset.id}/pages/3" in answer.text

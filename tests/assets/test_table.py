"""Many assets described in a table."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from flask import Flask

from collateral.accounts.models import Role
from collateral.assets.models import Asset, Vocabulary
from collateral.db import db
from tests.factories import make_asset, make_person, make_term
from tests.support import SignedInClient, Visitor, counted_queries


def save(client: SignedInClient, *rows: tuple[Asset, dict[str, tuple[Any, Any]]]) -> Any:
    body = [
        {"asset": asset.id, "cells": {k: {"was": w, "now": n} for k, (w, n) in cells.items()}}
        for asset, cells in rows
    ]
    return client.post("/assets/table", json={"rows": body}).json["rows"]


def test_each_row_is_saved_by_itself(marketer: SignedInClient) -> None:
    make_term(Vocabulary.STAGE, "proposal")
    one, two, three = make_asset("One"), make_asset("Two", tags=["old"]), make_asset("Three")
    answer = save(
        marketer,
        (one, {"title": ("One", "Uno"), "stage": ([], ["stage:proposal"])}),
        (two, {"tags": (["old"], ["old", "New"]), "review_on": ("", "2027-01-31")}),
        (three, {"title": ("Three", " "), "tags": ([], ["lost?"])}),
    )
    assert [row["state"] for row in answer] == ["saved", "saved", "invalid"]
    assert answer[1]["fields"]["tags"] == ["new", "old"]
    assert "title" in answer[2]["sentence"]
    db.session.expire_all()
    assert (one.title, [term.key for term in one.terms]) == ("Uno", ["stage:proposal"])
    assert (two.tags, str(two.review_on)) == (["new", "old"], "2027-01-31")
    assert (three.title, three.tags) == ("Three", [])


def test_t36_a_cell_that_somebody_changed_meanwhile_is_not_overwritten(
    marketer: SignedInClient,
) -> None:
    asset = make_asset("Theirs", tags=["theirs"])
    answer = save(marketer, (asset, {"title": ("Before", "Mine")}))
    assert (answer[0]["state"], answer[0]["fields"]) == ("changed", {"title": "Theirs"})
    db.session.expire_all()
    assert asset.title == "Theirs"
    assert save(marketer, (asset, {"title": ("Theirs", "Mine")}))[0]["state"] == "saved"


def test_nonsense_is_refused(marketer: SignedInClient, visitor: Visitor) -> None:
    assert marketer.post("/assets/table", data=b"[").status_code == 400
    asset = make_asset("One")
    assert save(marketer, (asset, {"title": ("One", ["a", "list"])}))[0]["state"] == "invalid"
    assert save(marketer, (asset, {"owner_id": ("1", "2")}))[0]["state"] == "saved"
    db.session.expire_all()
    assert asset.title == "One"
    assert visitor.as_(make_person(Role.REP)).post("/assets/table", json={}).status_code == 403


def test_the_table_costs_the_same_whatever_its_length(marketer: SignedInClient, app: Flask) -> None:
    assets = [make_asset(f"Asset {n}") for n in range(6)]

    def cost(count: int) -> int:
        query = "&".join(f"asset={asset.id}" for asset in assets[:count])
        with counted_queries(app) as seen:
            page = marketer.get(f"/assets/table?{query}")
        assert page.text.count("data-sheet-row") == count
        assert 'value="Asset 0"' in page.text
        return len(seen)

    assert cost(1) == cost(6)


@pytest.mark.either
def test_a_long_table_comes_in_parts_and_nothing_is_left_out(marketer: SignedInClient) -> None:
    ids = [make_asset(f"Deck {n}").id for n in range(85)]
    row = re.compile(r'data-sheet-row="(\d+)"')
    page = marketer.get("/assets/table", query_string={"asset": ids}).text
    shown = [int(found) for found in row.findall(page)]
    assert len(shown) == 20
    rest = re.search(r'data-rest="([^"]*)"', page)
    assert rest
    for address in json.loads(html.unescape(rest[1])):
        part = marketer.get(address, headers={"X-Fragment": "rows"}).text
        assert "data-rest=" not in part
        shown += [int(found) for found in row.findall(part)]
    assert shown == ids

"""Threat 41: before a file goes out it is said what it carries that its pages do not show."""

from __future__ import annotations

from collateral.accounts.models import Role
from collateral.db import db
from tests.factories import make_asset, make_person
from tests.support import Visitor


def test_t41_notes_and_hidden_pages_are_told_before_a_link_is_made(visitor: Visitor) -> None:
    rep = visitor.as_(make_person(Role.REP))
    bare, telling = make_asset("Bare", pages=["One"]), make_asset("Telling", pages=["One", "Two"])
    assert telling.current_version is not None
    first, second = telling.current_version.pages
    first.notes, second.hidden = "Do not mention the price.", True
    db.session.commit()

    said = rep.get("/shares/new", query_string={"asset": [bare.id, telling.id]}).text
    (warning,) = [line for line in said.splitlines() if "speaker notes" in line]
    assert "Telling" in warning
    assert "hidden" in warning
    assert "Do not mention" not in said
    alone = rep.get("/shares/new", query_string={"asset": bare.id}).text
    assert "speaker notes" not in alone

"""Describing one asset and many, and two who do it at the same time."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from collateral.accounts.models import Person, Role
from collateral.assets import editing, operations
from collateral.assets.description import MOST_TAGS
from collateral.assets.models import Asset, Status, Vocabulary
from collateral.assets.operations import Additions, Description
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid
from tests.factories import make_asset, make_person, make_team, make_term
from tests.support import SignedInClient, Visitor, at_once


def fields(asset: Asset, **changes: Any) -> dict[str, Any]:
    """What the edit form sends when nothing but `changes` was touched."""
    return {
        "base": editing.pack(editing.snapshot(asset)),
        "title": asset.title,
        "summary": asset.summary,
        "tags": ", ".join(asset.tags),
        "owner": asset.owner.email,
        **changes,
    }


def test_everything_that_describes_an_asset_is_edited(marketer: SignedInClient) -> None:
    make_term(Vocabulary.TYPE, "deck")
    make_term(Vocabulary.STAGE, "proposal")
    team, owner = make_team("North"), make_person(Role.REP)
    asset = make_asset(tags=["old"])
    page = marketer.get(f"/assets/{asset.id}/edit")
    assert page.status_code == 200
    assert "old" in page.text
    answer = marketer.post(
        f"/assets/{asset.id}/edit",
        data=fields(
            asset,
            title="  A better   title ",
            summary="When to use it",
            type="deck",
            stage=["stage:proposal"],
            tags="ROI, board",
            owner=owner.email,
            cost_amount="1,200.50",
            cost_currency="chf",
            review_on="2027-04-12",
            expires_on="2028-01-01",
            teams=[str(team.id)],
        ),
    )
    assert answer.status_code == 303
    db.session.expire_all()
    assert asset.title == "A better title"
    assert asset.summary == "When to use it"
    assert sorted(term.key for term in asset.terms) == ["stage:proposal", "type:deck"]
    assert asset.tags == ["board", "roi"]
    assert asset.owner_id == owner.id
    assert (asset.cost_amount, asset.cost_currency) == (Decimal("1200.50"), "CHF")
    assert (str(asset.review_on), str(asset.expires_on)) == ("2027-04-12", "2028-01-01")
    assert [each.name for each in asset.teams] == ["North"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": " "}, "An asset needs a title."),
        ({"cost_amount": "a lot"}, "The cost must be an amount"),
        ({"cost_amount": "-1"}, "The cost must be an amount"),
        ({"cost_amount": "5", "cost_currency": "E2"}, "A currency has three letters"),
        ({"owner": "nobody@example.com"}, "There is nobody called"),
        ({"review_on": "tomorrow"}, "Not a valid date"),
    ],
)
def test_a_wrong_answer_is_said_beside_its_field_and_nothing_is_lost(
    marketer: SignedInClient, wrong: dict[str, str], sentence: str
) -> None:
    asset = make_asset()
    data = fields(asset, summary="Typed with care", **wrong)
    answer = marketer.post(f"/assets/{asset.id}/edit", data=data)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert "Typed with care" in answer.text
    db.session.expire_all()
    assert asset.summary == ""


def test_t36_an_edit_in_between_is_not_overwritten(
    marketer: SignedInClient, visitor: Visitor
) -> None:
    """Threat 36: two marketers edit the same asset."""
    asset = make_asset("The first title")
    mine, theirs = fields(asset, title="Mine"), fields(asset, title="Theirs")
    other = visitor.as_(make_person(Role.MARKETER))
    assert other.post(f"/assets/{asset.id}/edit", data=theirs).status_code == 303
    answer = marketer.post(f"/assets/{asset.id}/edit", data=mine)
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "Mine" in answer.text
    db.session.expire_all()
    assert asset.title == "Theirs"
    assert save(marketer, answer.text, {"keep-title": "mine"}).status_code == 303
    db.session.expire_all()
    assert asset.title == "Mine"


def save(client: SignedInClient, page: str, chosen: dict[str, str]) -> Any:
    """Send the comparison that stands on the page, with these choices."""
    form = re.search(r'<form[^>]*compare[^>]*action="([^"]+)".*?</form>', page, re.DOTALL)
    assert form
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0])
    data = {name: html.unescape(value) for name, value in hidden if name != "csrf_token"}
    return client.post(form[1], data={**data, **chosen})


def test_t36_two_editors_of_different_fields_both_keep_theirs(
    marketer: SignedInClient, visitor: Visitor
) -> None:
    asset = make_asset("The first title", tags=["old"])
    mine, theirs = fields(asset, summary="My summary"), fields(asset, title="Theirs")
    other = visitor.as_(make_person(Role.MARKETER))
    assert other.post(f"/assets/{asset.id}/edit", data=theirs).status_code == 303
    assert marketer.post(f"/assets/{asset.id}/edit", data=mine).status_code == 303
    db.session.expire_all()
    assert (asset.title, asset.summary, asset.tags) == ("Theirs", "My summary", ["old"])


def test_t36_both_of_two_edits_can_be_kept(marketer: SignedInClient, visitor: Visitor) -> None:
    asset = make_asset(tags=["old", "wrong"], summary="As it was")
    mine = fields(asset, tags="old, mine", summary="Mine", review_on="2027-01-01")
    theirs = fields(asset, tags="old, wrong, theirs", summary="Theirs")
    other = visitor.as_(make_person(Role.MARKETER))
    assert other.post(f"/assets/{asset.id}/edit", data=theirs).status_code == 303
    answer = marketer.post(f"/assets/{asset.id}/edit", data=mine)
    assert answer.status_code == 409
    assert "Review by" in answer.text
    saved = save(marketer, answer.text, {"keep-tags": "both", "keep-summary": "both"})
    assert saved.status_code == 303
    db.session.expire_all()
    assert asset.tags == ["mine", "old", "theirs"]
    assert asset.summary == "Theirs\n\nMine"
    assert str(asset.review_on) == "2027-01-01"


def test_one_field_is_edited_in_its_place(marketer: SignedInClient) -> None:
    asset = make_asset("A title", summary="Before", tags=["kept"])
    page = marketer.get(f"/assets/{asset.id}/edit?field=summary", headers={"X-Fragment": "x"})
    assert "Before" in page.text
    assert 'name="title"' not in page.text
    data = {"field": "summary", "base": editing.pack({"summary": "Before"}), "summary": "After"}
    assert marketer.post(f"/assets/{asset.id}/edit", data=data).status_code == 303
    db.session.expire_all()
    assert (asset.title, asset.summary, asset.tags) == ("A title", "After", ["kept"])
    assert marketer.get(f"/assets/{asset.id}/edit?field=status").status_code == 404
    assert marketer.post(f"/assets/{asset.id}/edit", data={"title": "X"}).status_code == 400


def test_t36_of_two_edits_at_once_one_is_told(bare_app: Flask) -> None:
    """Threat 36, at the same moment: the check and the change are one step."""
    with bare_app.app_context():
        asset_id, person_id = make_asset().id, make_person(Role.MARKETER).id

    def edit(number: int, together: Callable[[], object]) -> str:
        with bare_app.app_context():
            asset, by = db.session.get_one(Asset, asset_id), db.session.get_one(Person, person_id)
            together()
            try:
                operations.describe(
                    asset, Description(title=f"Title {number}"), by=by, at=now(), edits=1
                )
                db.session.commit()
                return "saved"
            except operations.EditedMeanwhile:
                db.session.rollback()
                return "told"

    assert sorted(at_once(6, edit)) == ["saved"] + ["told"] * 5
    with bare_app.app_context():
        assert db.session.get_one(Asset, asset_id).edits == 2


def test_many_are_described_at_once_and_keep_their_own(marketer: SignedInClient) -> None:
    make_term(Vocabulary.TYPE, "deck")
    proposal = make_term(Vocabulary.STAGE, "proposal")
    make_term(Vocabulary.STAGE, "evaluation")
    first = make_asset("First", terms=[proposal], tags=["roi"], summary="Kept")
    second = make_asset("Second")
    ids = [str(first.id), str(second.id)]
    page = marketer.get("/assets/describe", query_string={"asset": ids})
    assert "Describe 2 assets" in page.text
    answer = marketer.post(
        "/assets/describe",
        data={
            "asset": ids,
            "type": "deck",
            "stage": ["stage:evaluation"],
            "tags": "board",
            "review_on": "2027-01-01",
        },
    )
    assert answer.status_code == 303
    db.session.expire_all()
    assert sorted(term.key for term in first.terms) == [
        "stage:evaluation",
        "stage:proposal",
        "type:deck",
    ]
    assert (first.tags, second.tags) == (["board", "roi"], ["board"])
    assert (first.title, first.summary) == ("First", "Kept")
    assert {str(first.review_on), str(second.review_on)} == {"2027-01-01"}


@pytest.mark.parametrize("typed", ["1200.50", "1,200.5", "1.200,50", "1200,50", "1 200,50"])
def test_a_cost_is_what_a_person_writes_in_english_or_in_german(
    marketer: SignedInClient, typed: str
) -> None:
    one, other = make_asset(), make_asset()
    marketer.post(f"/assets/{one.id}/edit", data=fields(one, cost_amount=typed))
    marketer.post("/assets/describe", data={"asset": [other.id, one.id], "cost_amount": typed})
    db.session.expire_all()
    assert one.cost_amount == other.cost_amount == Decimal("1200.50")


def test_tags_beyond_the_most_are_refused_not_dropped(marketer: SignedInClient) -> None:
    full = make_asset(tags=[f"tag {number}" for number in range(MOST_TAGS)])
    other = make_asset()
    data = {"asset": [full.id, other.id], "tags": "one more"}
    answer = marketer.post("/assets/describe", data=data)
    assert answer.status_code == 400
    assert "at most 50 tags" in answer.text
    db.session.expire_all()
    assert (len(full.tags), other.tags) == (MOST_TAGS, [])


def test_one_wrong_field_leaves_all_as_they_were(app: Flask) -> None:
    assets = [make_asset("First"), make_asset("Second")]
    with pytest.raises(Invalid):
        operations.describe_many(
            assets,
            Description(currency="E2"),
            by=assets[0].owner,
            at=now(),
            additions=Additions(tags=["board"]),
        )
    db.session.rollback()
    assert [asset.tags for asset in assets] == [[], []]


def test_others_assets_are_not_described(visitor: Visitor) -> None:
    own = make_person(Role.MARKETER)
    limited = make_asset(status=Status.DRAFT)
    rep = visitor.as_(make_person(Role.REP))
    assert rep.post(f"/assets/{limited.id}/edit", data={}).status_code == 404
    assert rep.post("/assets/describe", data={"asset": [limited.id]}).status_code == 403
    published = make_asset(owner=own)
    assert rep.get(f"/assets/{published.id}/edit").status_code == 403
    assert rep.post(f"/assets/{published.id}/versions").status_code == 403
    assert rep.post(f"/assets/{published.id}/draft").status_code == 403

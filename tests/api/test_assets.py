"""Assets through the API: taken in, looked at, described, published."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask

from collateral.accounts.models import Role
from collateral.assets.models import Asset, Status, Vocabulary
from collateral.db import db
from tests.api.conftest import Caller
from tests.factories import add_version, make_asset, make_person, make_team, make_term

Make = Callable[..., Caller]


def test_a_file_becomes_an_asset(caller: Make) -> None:
    make_term(Vocabulary.STAGE, "evaluation")
    make_term(Vocabulary.INDUSTRY, "healthcare")
    marketer = make_person(Role.MARKETER)
    answer = caller(marketer).upload(
        "/assets",
        b"Downtime costs more than it seems.",
        "downtime.txt",
        title="The cost of downtime",
        summary="What an hour costs",
        terms=json.dumps(["stage:evaluation", "industry:healthcare"]),
        tags=["cost", "downtime"],
        cost=json.dumps({"amount": "1200.00", "currency": "EUR"}),
        review_on="2027-01-31",
    )
    assert answer.status_code == 201, answer.text
    made = answer.json
    assert made["version"]["state"] == "received"
    assert made["version"]["filename"] == "downtime.txt"
    assert made["terms"] == ["industry:healthcare", "stage:evaluation"] or made["terms"] == [
        "stage:evaluation",
        "industry:healthcare",
    ]
    assert made["tags"] == ["cost", "downtime"]
    assert made["cost"] == {"amount": "1200.00", "currency": "EUR"}
    assert made["review_on"] == "2027-01-31"
    assert made["owner"]["email"] == marketer.email
    assert answer.headers["Location"].endswith(f"/api/v1/assets/{made['id']}")
    assert db.session.get_one(Asset, made["id"]).title == "The cost of downtime"


def test_the_same_file_again_names_the_asset_that_has_it(caller: Make) -> None:
    calls = caller(make_person(Role.MARKETER))
    first = calls.upload("/assets", b"The same bytes", "a.txt").json
    again = calls.upload("/assets", b"The same bytes", "b.txt")
    assert again.status_code == 409
    assert again.json["asset"] == {"id": first["id"], "title": first["title"]}
    allowed = calls.upload("/assets?duplicate=allow", b"The same bytes", "b.txt")
    assert allowed.status_code == 201


def test_a_rep_takes_nothing_in(caller: Make) -> None:
    assert caller(make_person(Role.REP)).upload("/assets", b"x y z").status_code == 403


def test_a_form_without_a_file_and_with_a_foreign_field_is_refused_by_field(caller: Make) -> None:
    calls = caller(make_person(Role.MARKETER))
    answer = calls.post("/assets", data={"titel": "Wrong"}, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert set(answer.json["errors"]) == {"titel", "file"}
    assert calls.post("/assets", json={"title": "No file"}).status_code == 415


def test_t07_what_one_may_not_see_does_not_exist(caller: Make) -> None:
    team = make_team()
    limited = make_asset(teams=[team])
    draft = make_asset(status=Status.DRAFT)
    outsider = caller(make_person(Role.REP))
    insider = caller(make_person(Role.REP, teams=[team]))
    for path in ("", "/versions/1", "/versions/1/pages", "/versions/1/pages/1/preview"):
        assert outsider.get(f"/assets/{limited.id}{path}").status_code == 404
        assert outsider.get(f"/assets/{draft.id}{path}").status_code == 404
    assert insider.get(f"/assets/{limited.id}").status_code == 200
    assert outsider.patch(f"/assets/{limited.id}", json={"title": "Mine"}).status_code == 404


def test_an_edit_sets_what_is_given_and_leaves_the_rest(caller: Make) -> None:
    owner = make_person(Role.MARKETER)
    asset = make_asset(owner=owner, summary="As it was", tags=["old"])
    calls = caller(owner)
    answer = calls.patch(
        f"/assets/{asset.id}",
        json={"title": "New", "cost": {"amount": "5", "currency": "usd"}, "expires_on": None},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json["title"] == "New"
    assert answer.json["summary"] == "As it was"
    assert answer.json["tags"] == ["old"]
    assert answer.json["cost"] == {"amount": "5.00", "currency": "USD"}
    assert calls.patch(f"/assets/{asset.id}", json={"cost": None}).json["cost"] is None


def test_t28_json_types_are_strict_and_faults_are_named(caller: Make) -> None:
    owner = make_person(Role.MARKETER)
    asset = make_asset(owner=owner)
    answer = caller(owner).patch(
        f"/assets/{asset.id}",
        json={"title": 5, "summary": True, "tags": "one", "owner_id": 1, "review_on": "soon"},
    )
    assert answer.status_code == 400
    assert set(answer.json["errors"]) == {"title", "summary", "tags", "owner_id", "review_on"}
    assert db.session.get_one(Asset, asset.id).title == asset.title


@pytest.mark.either
def test_t28_no_column_can_be_set_that_the_call_does_not_name(app: Flask, caller: Make) -> None:
    admin = make_person(Role.ADMIN)
    asset = make_asset(owner=admin)
    calls = caller(admin)
    named = {"title", "summary", "type", "terms", "tags", "owner", "cost", "review_on"}
    named |= {"expires_on", "teams"}
    columns = {
        column.name for mapper in Asset.registry.mappers for column in mapper.local_table.columns
    }
    assert len(columns) > 60
    for name in columns - named:
        answer = calls.patch(f"/assets/{asset.id}", json={name: 1})
        assert (answer.status_code, set(answer.json["errors"])) == (400, {name})


def test_t36_of_two_editors_the_second_is_told(caller: Make) -> None:
    owner = make_person(Role.MARKETER)
    asset = make_asset(owner=owner)
    calls = caller(owner)
    tag = calls.get(f"/assets/{asset.id}").headers["ETag"]
    first = calls.patch(f"/assets/{asset.id}", json={"title": "First"}, headers={"If-Match": tag})
    assert first.status_code == 200
    second = calls.patch(f"/assets/{asset.id}", json={"title": "Second"}, headers={"If-Match": tag})
    assert second.status_code == 412
    assert calls.get(f"/assets/{asset.id}").json["title"] == "First"
    fresh = first.headers["ETag"]
    assert fresh != tag
    third = calls.patch(f"/assets/{asset.id}", json={"title": "Third"}, headers={"If-Match": fresh})
    assert third.status_code == 200


def test_if_match_that_is_no_tag_is_refused_and_a_star_takes_any(caller: Make) -> None:
    owner = make_person(Role.MARKETER)
    path = f"/assets/{make_asset(owner=owner).id}"
    calls = caller(owner)
    assert calls.patch(path, json={}, headers={"If-Match": '"other"'}).status_code == 412
    assert calls.patch(path, json={}, headers={"If-Match": 'W/"1"'}).status_code == 412
    assert calls.patch(path, json={}, headers={"If-Match": "*"}).status_code == 200


def test_publishing_a_read_draft_offers_it_at_once(caller: Make) -> None:
    owner = make_person(Role.MARKETER)
    asset = make_asset(owner=owner, status=Status.DRAFT)
    answer = caller(owner).post(f"/assets/{asset.id}/publish")
    assert (answer.status_code, answer.json["status"]) == (200, "published")


def test_a_version_says_how_far_it_has_come(caller: Make) -> None:
    owner = make_person(Role.MARKETER)
    asset = make_asset(owner=owner)
    calls = caller(owner)
    made = calls.upload(f"/assets/{asset.id}/versions", b"A newer text", "new.txt", changes="New")
    assert made.status_code == 201, made.text
    assert (made.json["number"], made.json["state"]) == (2, "received")
    state = calls.get(f"/assets/{asset.id}/versions/2").json
    assert state["changes"] == "New"
    assert calls.get(f"/assets/{asset.id}/versions/3").status_code == 404


def test_pages_come_in_order_a_cursor_at_a_time(caller: Make) -> None:
    asset = make_asset(pages=[f"Page {n}" for n in range(1, 8)])
    calls = caller(make_person())
    path = f"/assets/{asset.id}/versions/1/pages"
    first = calls.get(f"{path}?limit=3").json
    assert [page["number"] for page in first["items"]] == [1, 2, 3]
    assert first["total"] == 7
    second = calls.get(f"{path}?limit=4&cursor={first['next']}").json
    assert [page["number"] for page in second["items"]] == [4, 5, 6, 7]
    assert second["next"] is None
    other = make_asset(pages=["One", "Two"])
    foreign = calls.get(f"/assets/{other.id}/versions/1/pages?cursor={first['next']}")
    assert foreign.status_code == 422
    assert calls.get(f"{path}?cursor=forged").status_code == 422
    assert calls.get(f"{path}?limit=101").status_code == 400
    assert calls.get(f"{path}?offset=1").status_code == 400


def test_a_known_file_is_identified_and_says_whether_it_is_current(caller: Make) -> None:
    owner = make_person(Role.MARKETER)
    calls = caller(owner)
    made = calls.upload("/assets", b"The first text", "a.txt", publish="true").json
    asset = db.session.get_one(Asset, made["id"])
    exact = calls.upload("/identify", b"The first text", "renamed.txt").json
    assert (exact["match"], exact["version"], exact["current"]) == ("exact", 1, 1)
    assert exact["asset"]["id"] == made["id"]
    add_version(asset)
    db.session.commit()
    older = calls.upload("/identify", b"The first text").json
    assert (older["match"], older["version"], older["current"]) == ("exact", 1, 2)
    assert calls.upload("/identify", b"Never seen").json["match"] == "none"


def test_identify_keeps_nothing_and_tells_of_nothing_hidden(app: Flask, caller: Make) -> None:
    from collateral.storage import storage

    draft = make_asset(status=Status.DRAFT)
    with storage().open(draft.versions[0].sha256) as file:
        data = file.read()
    before = set(storage().names())
    assert caller(make_person(Role.REP)).upload("/identify", data).json["match"] == "none"
    assert caller(make_person(Role.REP)).upload("/identify", b"unknown").status_code == 200
    assert set(storage().names()) == before

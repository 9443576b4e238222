"""Links by the API: made, read with their visits, switched off; the address told once."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.api.models import IdempotencyKey
from collateral.db import db
from tests.api.conftest import Caller, make_token
from tests.sharing.conftest import Buyer, make_deal, make_drawn


def test_a_link_is_made_read_and_switched_off(app: Flask, rep: Person, buyer: Buyer) -> None:
    asset, deal = make_drawn(), make_deal(rep)
    call = Caller(app.test_client(), make_token(rep))
    wanted = {
        "assets": [asset.id],
        "deal": deal.id,
        "recipient": "anna@hollis.example",
        "allowed": ["vantor.example"],
        "download": True,
    }
    key = {"Idempotency-Key": "the-first-link"}
    made = call.post("/shares", json=wanted, headers=key)
    assert made.status_code == 201
    assert made.json["recipient_email"] == "anna@hollis.example"
    assert made.json["email_gate"] is True
    url = made.json["url"]
    again = call.post("/shares", json=wanted, headers=key)
    assert (again.json["id"], again.json["url"]) == (made.json["id"], None)
    token = url.rpartition("/")[2]
    assert all(token not in (row.body or "") for row in db.session.scalars(select(IdempotencyKey)))

    open_link = call.post("/shares", json={"assets": [asset.id], "recipient": "Anna Kern"}).json
    buyer.reads(open_link["url"].rpartition("/")[2], (1, 2, 1.0))
    read = call.get(f"/shares/{open_link['id']}").json
    [visit] = read["visits"]
    assert visit["device"] == "phone"
    [page] = visit["pages"]
    assert (page["asset"], page["version"], page["number"]) == (asset.id, 1, 2)
    assert page["seconds"] > 0
    assert read["openings"] == {"visit": 1}
    assert "url" not in read

    off = call("DELETE", f"/shares/{open_link['id']}")
    assert off.json["live"] is False
    assert call("DELETE", f"/shares/{open_link['id']}").status_code == 200
    assert buyer.get(open_link["url"].removeprefix("http://localhost")).status_code == 404


def test_a_deal_tells_its_links_and_what_was_read(app: Flask, rep: Person, buyer: Buyer) -> None:
    asset, deal = make_drawn(), make_deal(rep)
    call = Caller(app.test_client(), make_token(rep))
    wanted = {"assets": [asset.id], "deal": deal.id, "recipient": "Anna Kern"}
    read = call.post("/shares", json=wanted).json
    unread = call.post("/shares", json=wanted).json
    for _ in range(2):
        buyer.reads(read["url"].rpartition("/")[2], (1, 1, 1.0))
    told = call.get(f"/deals/{deal.id}").json
    assert [each["id"] for each in told["sent"]] == [unread["id"], read["id"]]
    assert told["sent"][1]["assets"] == [{"id": asset.id, "title": asset.title}]
    assert [len(each["visits"]) for each in told["sent"]] == [0, 2]
    assert told["sent"][1]["visits"][0]["pages"][0]["number"] == 1
    listed = call.get("/deals").json["items"][0]
    assert (listed["uses"], listed["shares"], listed["visits"]) == (1, 2, 2)
    assert (told["uses"], told["shares"], told["visits"]) == (1, 2, 2)


def test_bad_links_are_told_by_field(app: Flask, rep: Person) -> None:
    asset = make_drawn()
    call = Caller(app.test_client(), make_token(rep))
    short = call.post("/shares", json={"assets": [asset.id], "recipient": "A", "passcode": "12"})
    assert short.status_code == 422
    assert list(short.json["errors"]) == ["passcode"]
    assert call.post("/shares", json={"assets": [], "recipient": "A"}).status_code in (400, 422)
    unknown = {"assets": [asset.id], "recipient": "A", "person_id": 1}
    assert call.post("/shares", json=unknown).status_code in (400, 422)

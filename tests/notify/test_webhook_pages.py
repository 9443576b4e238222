"""Webhooks are made, tried and changed by page and by API."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from collateral import signing
from collateral.accounts.models import AuditEntry, Person
from collateral.clock import now
from collateral.db import db
from collateral.notify.models import WebhookOut
from tests.api.conftest import Caller, make_token
from tests.notify.receiving import Receiver
from tests.notify.told import deliveries
from tests.support import Visitor


def test_an_admin_makes_one_sees_its_secret_once_tries_it_and_sends_again(
    app: Flask, receiver: Receiver, admin: Person
) -> None:
    visitor = Visitor(app).as_(admin)
    refused = visitor.post("/admin/webhooks", data={"address": "http://10.0.0.1/", "kinds": "x"})
    assert refused.status_code == 400
    assert "This address is not public." in refused.text
    said = {"address": receiver.address, "kinds": ["asset.published", "deal.closed"]}
    page = visitor.post("/admin/webhooks", data=said)
    webhook = db.session.scalars(select(WebhookOut)).one()
    secret = page.text.partition('id="new-secret">')[2].partition("<")[0]
    assert secret.startswith("whsec_")
    assert page.headers["Cache-Control"] == "no-store"
    place = f"/admin/webhooks/{webhook.id}"
    assert secret not in visitor.get(place).text
    receiver.answers = [404]
    visitor.post(f"{place}/try")
    shown = visitor.get(place).text
    assert "It answered 404." in shown
    assert "Failed" in shown
    [delivery] = deliveries()
    visitor.post(f"{place}/deliveries/{delivery.id}/again")
    assert "Taken" in visitor.get(f"{place}?state=taken").text
    assert len({heads["webhook-id"] for heads, _body in receiver.got}) == 1
    renewed = (
        visitor.post(f"{place}/secret").text.partition('id="new-secret">')[2].partition("<")[0]
    )
    visitor.post(f"{place}/try")
    heads, body = receiver.got[-1]
    signed = {
        "key": heads["webhook-id"],
        "timestamp": heads["webhook-timestamp"],
        "signatures": heads["webhook-signature"],
    }
    assert signing.is_signed(renewed, body=body, at=now(), **signed)
    assert not signing.is_signed(secret, body=body, at=now(), **signed)
    visitor.post(place, data={"switch": "off"})
    assert visitor.post(f"{place}/try").status_code == 409
    visitor.post(f"{place}/remove")
    assert deliveries() == []
    trail = db.session.scalars(
        select(AuditEntry.detail).where(AuditEntry.object_kind == "webhook_out")
    )
    assert {str(detail.get("to")) for detail in trail} == {"127.0.0.1"}


def test_t41_by_api_the_secret_is_told_once_and_a_lost_race_overwrites_nothing(
    app: Flask, receiver: Receiver, admin: Person
) -> None:
    calls = Caller(app.test_client(), make_token(admin))
    body = {"address": receiver.address, "kinds": ["asset.published"]}
    headers = {"Idempotency-Key": "k1"}
    first = calls.post("/webhooks", json=body, headers=headers)
    again = calls.post("/webhooks", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["secret"].startswith("whsec_")
    assert again.json == first.json | {"secret": None}
    place = f"/webhooks/{first.json['id']}"
    assert "secret" not in calls.get(place).json
    tag = calls.get(place).headers["ETag"]
    stopped = calls.patch(place, json={"active": False}, headers={"If-Match": tag})
    assert stopped.json["active"] is False
    lost = calls.patch(place, json={"kinds": ["deal.closed"]}, headers={"If-Match": tag})
    assert lost.status_code == 412
    assert calls.post(f"{place}/try").status_code == 409
    calls.patch(place, json={"active": True})
    assert calls.patch(place, json={"kinds": ["no.such"]}).status_code == 422
    inside = {"address": "http://169.254.169.254/", "kinds": ["deal.closed"]}
    assert calls.post("/webhooks", json=inside).json["errors"] == {
        "address": "This address is not public."
    }
    for _each in range(3):
        calls.post(f"{place}/try")
    page = calls.get(f"{place}/deliveries?limit=2").json
    rest = calls.get(f"{place}/deliveries?limit=2&cursor={page['next']}").json
    assert (page["total"], len(page["items"]), len(rest["items"]), rest["next"]) == (3, 2, 1, None)
    assert {each["state"] for each in page["items"]} == {"taken"}
    sent = calls.post(f"{place}/deliveries/{rest['items'][0]['id']}/again")
    assert sent.status_code == 202
    assert len(receiver.got) == 4
    calls("DELETE", place)
    assert calls.get(place).status_code == 404

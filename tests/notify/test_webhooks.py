"""Other systems are told what happens: signed, once, again when it failed, and nothing hidden."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from collateral import signing
from collateral.accounts.models import AuditEntry, Person, PersonRole, Role
from collateral.assets import publishing
from collateral.assets.models import Status
from collateral.clock import hold, now
from collateral.db import db
from collateral.deals.models import Deal, Outcome
from collateral.errors import Invalid
from collateral.home.jobs import look_again
from collateral.notify import delivering, webhooks
from collateral.notify.delivering import PATIENCE, WAITS, forget_deliveries, send_due
from collateral.notify.happenings import offered
from collateral.notify.models import Delivery, DeliveryState, Notice, WebhookOut
from collateral.requests.operations import ask
from collateral.retirement.operations import restore, retire
from tests.api.conftest import Caller, make_token
from tests.factories import make_asset, make_person
from tests.notify.receiving import Receiver, receiving
from tests.support import Visitor

Made = tuple[WebhookOut, str]


@pytest.fixture
def receiver(app: Flask) -> Iterator[Receiver]:
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, webhooks_to=(ip_network("127.0.0.1/32"),))
    with receiving() as made:
        yield made


@pytest.fixture
def admin(app: Flask) -> Person:
    return make_person(Role.ADMIN)


@pytest.fixture
def made(app: Flask, receiver: Receiver, admin: Person) -> Made:
    """A webhook to the receiver that asks for everything, and its secret."""
    settings = app.extensions["settings"]
    found = webhooks.add_webhook(
        receiver.address,
        [each.name for each in offered()],
        by=admin,
        at=now() - timedelta(days=3),
        installation=settings.secret_key,
        allowed=settings.webhooks_to,
    )
    db.session.commit()
    return found


def deliveries() -> list[Delivery]:
    db.session.expire_all()
    return list(db.session.scalars(select(Delivery).order_by(Delivery.id)))


def messages(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body) for _heads, body in receiver.got]


def test_what_happens_is_told_signed_with_ids_titles_and_addresses_alone(
    app: Flask, receiver: Receiver, made: Made, admin: Person
) -> None:
    asset = make_asset("What downtime costs", status=Status.DRAFT)
    publishing.publish(asset, by=admin, at=now())
    db.session.commit()
    retire(asset, by=admin, at=now(), reason="old")
    db.session.commit()
    restore(asset, by=admin, at=now())
    wanted = ask("A sheet for dairies", by=admin, at=now(), detail="nobody else's business")
    deal = Deal(
        external_id="D-1", name="Hollis", outcome=Outcome.WON, closed_on=now().date(),
        amount=100, currency="EUR",
    )  # fmt: skip
    db.session.add(deal)
    db.session.commit()
    look_again()
    look_again()
    about = {
        "asset": asset.id,
        "title": asset.title,
        "address": f"http://localhost/assets/{asset.id}",
    }
    assert {m["type"]: m["data"] for m in messages(receiver)} == {
        "asset.published": about,
        "asset.retired": about,
        "asset.restored": about,
        "request.asked": {
            "request": wanted.id,
            "title": "A sheet for dairies",
            "address": f"http://localhost/requests/{wanted.id}",
        },
        "deal.closed": {
            "deal": deal.id,
            "title": "Hollis",
            "outcome": "won",
            "address": f"http://localhost/deals/{deal.id}",
        },
    }
    assert len(receiver.got) == 5  # looked at twice, told once
    _webhook, secret = made
    for heads, body in receiver.got:
        said = {
            "key": heads["webhook-id"],
            "timestamp": heads["webhook-timestamp"],
            "signatures": heads["webhook-signature"],
        }
        assert signing.is_signed(secret, body=body, at=now(), **said)
        assert not signing.is_signed(secret, body=body + b" ", at=now(), **said)
        # Replayed later it is refused: the moment is part of what is signed.
        assert not signing.is_signed(secret, body=body, at=now() + timedelta(minutes=6), **said)
    assert len({heads["webhook-id"] for heads, _body in receiver.got}) == 5
    assert {d.state for d in deliveries()} == {DeliveryState.TAKEN}
    assert secret not in made[0].sealed


def test_it_is_told_of_nothing_that_it_did_not_ask_for_or_that_came_before_it(
    app: Flask, receiver: Receiver, made: Made, admin: Person
) -> None:
    webhook, _secret = made
    webhook.kinds, webhook.created_at = ["deal.closed"], now()
    early = now() - timedelta(days=1)
    db.session.add(
        Deal(external_id="D-1", name="Old", outcome=Outcome.LOST, closed_on=early.date())
    )
    publishing.publish(make_asset(status=Status.DRAFT), by=admin, at=now())
    db.session.commit()
    look_again()
    assert receiver.got == []
    assert deliveries() == []


def test_what_fails_is_tried_again_with_growing_waits_under_the_same_id(
    app: Flask, receiver: Receiver, made: Made, admin: Person
) -> None:
    receiver.answers = [500, 429, 302, 0]
    start = now()
    with hold(start):
        publishing.publish(make_asset(status=Status.DRAFT), by=admin, at=now())
        db.session.commit()
        send_due()
    [delivery] = deliveries()
    assert (delivery.tries, delivery.status, delivery.next_at) == (1, 500, start + WAITS[0])
    moment = start
    for wait, said in zip(WAITS, ("429", "redirects", "no answer", ""), strict=False):
        moment += wait
        with hold(moment - timedelta(seconds=1)):
            send_due()
        with hold(moment):
            send_due()
        [delivery] = deliveries()
        assert said in delivery.why
    assert (delivery.state, delivery.tries, delivery.status) == (DeliveryState.TAKEN, 5, 204)
    assert len({heads["webhook-id"] for heads, _body in receiver.got}) == 1
    assert len({body for _heads, body in receiver.got}) == 1
    assert made[0].failing_since is None


def test_a_receiver_that_is_down_is_asked_once_a_round_and_then_no_more(
    app: Flask, receiver: Receiver, made: Made, admin: Person
) -> None:
    """Switched off by itself after five days, with a notice to each admin; what waits is sent
    when it is switched on."""
    webhook, _secret = made
    other = make_person(Role.ADMIN)
    receiver.answers = [503] * 100
    start = now()
    with hold(start):
        for _each in range(3):
            publishing.publish(make_asset(status=Status.DRAFT), by=admin, at=now())
        db.session.commit()
    assert len(receiver.got) == 1  # the others wait for the minute
    for hours in range(0, 24 * PATIENCE.days, 3):
        with hold(start + timedelta(hours=hours, minutes=30)):
            send_due()
        assert webhook.active
    with hold(start + PATIENCE):
        publishing.publish(make_asset(status=Status.DRAFT), by=admin, at=now())
        db.session.commit()
        send_due()
        db.session.expire_all()
        asked = len(receiver.got)
        assert not webhook.active
        assert webhook.gave_up_at == now()
        send_due()
        assert len(receiver.got) == asked < 100
        told = select(Notice.person_id).where(Notice.kind == "webhook_gave_up")
        assert set(db.session.scalars(told)) == {admin.id, other.id}
        assert {d.state for d in deliveries()} == {DeliveryState.FAILED, DeliveryState.WAITING}
        receiver.answers = []
        webhooks.change_webhook(
            webhook,
            address=webhook.address,
            kinds=webhook.kinds,
            active=True,
            by=admin,
            allowed=app.extensions["settings"].webhooks_to,
        )
        db.session.commit()
    with hold(start + PATIENCE + timedelta(days=2)):
        send_due()
        assert {d.state for d in deliveries()} == {DeliveryState.FAILED, DeliveryState.TAKEN}


def _leaves(admin: Person) -> None:
    admin.active = False


def _is_no_admin_any_more(admin: Person) -> None:
    db.session.query(PersonRole).filter_by(person_id=admin.id).delete()
    db.session.expire(admin)


@pytest.mark.parametrize("becomes", [_leaves, _is_no_admin_any_more])
def test_it_is_told_nothing_that_its_maker_may_not_see(
    app: Flask, receiver: Receiver, made: Made, admin: Person, becomes: Callable[[Person], None]
) -> None:
    marketer = make_person(Role.MARKETER)
    becomes(admin)
    db.session.commit()
    publishing.publish(make_asset("Secret", status=Status.DRAFT), by=marketer, at=now())
    db.session.commit()
    assert receiver.got == []
    [delivery] = deliveries()
    assert delivery.state is DeliveryState.WITHHELD
    # Another admin takes it over, and sends it with her own rights.
    other = make_person(Role.ADMIN)
    webhooks.change_webhook(
        made[0],
        address=made[0].address,
        kinds=made[0].kinds,
        active=True,
        by=other,
        allowed=app.extensions["settings"].webhooks_to,
    )
    webhooks.send_again(delivery, at=now())
    db.session.commit()
    assert [m["data"]["title"] for m in messages(receiver)] == ["Secret"]


def test_what_was_deleted_or_hidden_before_it_was_sent_is_not_told(
    app: Flask, receiver: Receiver, made: Made, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from collateral.notify.kinds import scopes

    monkeypatch.setitem(scopes(), "asset", lambda _person, _ids: set())  # type: ignore[arg-type]
    publishing.publish(make_asset(status=Status.DRAFT), by=admin, at=now())
    db.session.commit()
    assert receiver.got == []
    assert [d.state for d in deliveries()] == [DeliveryState.WITHHELD]


def test_two_workers_send_a_message_once_and_a_dead_one_is_followed(
    app: Flask, receiver: Receiver, made: Made, admin: Person
) -> None:
    webhooks.try_out(made[0], at=now() + timedelta(hours=1))
    db.session.commit()
    at = now() + timedelta(hours=1)
    assert delivering._claim(made[0].id, at) is not None
    db.session.commit()  # and here the worker dies
    assert delivering._claim(made[0].id, at) is None
    db.session.commit()
    with hold(at + timedelta(minutes=3)):
        send_due()
    assert len(receiver.got) == 1


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


def test_deliveries_are_forgotten_after_a_month(app: Flask, receiver: Receiver, made: Made) -> None:
    webhooks.try_out(made[0], at=now())
    db.session.commit()
    forget_deliveries()
    assert len(deliveries()) == 1
    with hold(now() + timedelta(days=31)):
        forget_deliveries()
    assert deliveries() == []


def test_one_whose_address_is_not_allowed_any_more_is_given_up_and_can_be_switched_off(
    app: Flask, receiver: Receiver, made: Made, admin: Person
) -> None:
    """WEBHOOKS_TO was narrowed: nothing is told there, and nobody is asked to mend it for ever."""
    webhook, _secret = made
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, webhooks_to=())
    start = now()
    for at in (start, start + PATIENCE):
        with hold(at):
            publishing.publish(make_asset(status=Status.DRAFT), by=admin, at=now())
            db.session.commit()
            send_due()
    db.session.expire_all()
    assert receiver.got == []
    assert not webhook.active
    told = db.session.scalars(select(Notice).where(Notice.kind == "webhook_gave_up")).one()
    assert told.facts["host"] == "127.0.0.1"

    webhook.active = True
    same = {"address": webhook.address, "kinds": webhook.kinds, "by": admin}
    webhooks.change_webhook(webhook, active=False, **same)
    assert not webhook.active
    with pytest.raises(Invalid):
        webhooks.change_webhook(webhook, active=True, **same)

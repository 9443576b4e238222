"""Deals by signed messages: only signed, only fresh, each message once, all of it or nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from collateral import signing
from collateral.clock import hold, now
from collateral.connect import jobs, operations
from collateral.connect.models import Webhook, WebhookMessage
from collateral.db import db
from collateral.deals.models import Deal, StageChange
from tests.factories import make_person

PILOT = {"id": "006-17", "name": "Pilot", "stage": "Evaluation", "amount": 48000, "currency": "EUR"}


@pytest.fixture
def webhook(app: Flask) -> Webhook:
    made = operations.add_webhook("crm", by=None, at=now())
    db.session.commit()
    return made


def secret_of(app: Flask, webhook: Webhook) -> str:
    installation = app.extensions["settings"].secret_key
    return signing.secret_of(installation, webhook.id, webhook.generation)


def send(
    client: FlaskClient,
    secret: str,
    said: Any,
    *,
    key: str = "msg_1",
    at: datetime | None = None,
    name: str = "crm",
    **changed: str,
) -> TestResponse:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    at = at or now()
    headers = {
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signing.sign(secret, key, at, body),
    } | {name.replace("_", "-"): value for name, value in changed.items()}
    return client.post(f"/hooks/{name}", data=body, headers=headers)


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the specification's reference libraries."""
    signed = signing.sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_signed_message_makes_and_changes_deals(
    app: Flask, client: FlaskClient, webhook: Webhook
) -> None:
    ada, secret = make_person(), secret_of(app, webhook)
    history = [{"stage": "Discovery", "at": "2026-01-12T09:30:00Z"}]
    answer = send(
        client, secret, {"deals": [PILOT | {"owner_email": ada.email, "history": history}]}
    )
    assert answer.get_json() == {
        "results": [{"id": "006-17", "result": "new"}],
        "taken_before": False,
    }
    deal = db.session.scalars(select(Deal)).one()
    assert (deal.source, deal.name, deal.owner_id, str(deal.amount)) == (
        "hook:crm",
        "Pilot",
        ada.id,
        "48000.00",
    )
    assert "Discovery" in db.session.scalars(select(StageChange.label)).all()
    changed = send(client, secret, {"deals": [{"id": "006-17", "name": "Pilot 2"}]}, key="msg_2")
    assert changed.get_json()["results"] == [{"id": "006-17", "result": "changed"}]
    assert db.session.scalars(select(Deal)).one().stage_label == "Evaluation"


def test_the_same_message_again_changes_nothing(
    app: Flask, client: FlaskClient, webhook: Webhook
) -> None:
    secret = secret_of(app, webhook)
    first = send(client, secret, {"deals": [PILOT]}).get_json()
    send(client, secret, {"deals": [PILOT | {"name": "Newer"}]}, key="msg_2")
    again = send(client, secret, {"deals": [PILOT]}).get_json()
    assert again == first | {"taken_before": True}
    assert db.session.scalars(select(Deal.name)).all() == ["Newer"]


def test_what_is_not_signed_or_not_fresh_is_refused(
    app: Flask, client: FlaskClient, webhook: Webhook
) -> None:
    secret, said = secret_of(app, webhook), {"deals": [PILOT]}
    other = signing.secret_of("another installation", webhook.id, 1)
    refused = [
        send(client, other, said),
        send(client, secret, said, at=now() - timedelta(minutes=6)),
        send(client, secret, said, at=now() + timedelta(minutes=6)),
        send(client, secret, said, webhook_id="msg_2"),
        send(client, secret, said, webhook_timestamp=str(int(now().timestamp()) + 1)),
        send(client, secret, said, webhook_timestamp="soon"),
        send(client, secret, said, webhook_timestamp="9" * 11),
        send(client, secret, said, webhook_timestamp="9" * 30),
        send(client, secret, said, webhook_signature=""),
        send(client, secret, said, name="unknown"),
        send(client, secret, said, key="k" * 101),
        client.post("/hooks/crm", json=said),
    ]
    assert [answer.status_code for answer in refused] == [401] * len(refused)
    assert len({answer.text for answer in refused}) == 1
    assert db.session.scalar(select(func.count(Deal.id))) == 0


def test_a_renewed_secret_ends_the_old_one_and_off_is_off(
    app: Flask, client: FlaskClient, webhook: Webhook
) -> None:
    old = secret_of(app, webhook)
    operations.renew(webhook, by=None)
    db.session.commit()
    assert send(client, old, {"deals": [PILOT]}).status_code == 401
    new = secret_of(app, webhook)
    both = f"{signing.sign(old, 'msg_1', now(), b'x')} {signing.sign(new, 'msg_1', now(), b'x')}"
    assert send(client, old, b"x", webhook_signature=both).status_code == 400
    operations.switch(webhook, on=False, by=None)
    db.session.commit()
    assert send(client, new, {"deals": [PILOT]}).status_code == 401


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (b"{", None),
        ({"deals": []}, "deals"),
        ({"deals": ["x"]}, "deals.0"),
        ({"deals": [PILOT, {"id": 7}]}, "deals.1.id"),
        ({"deals": [PILOT, {"id": "2", "colour": "red"}]}, "deals.1.colour"),
        ({"deals": [PILOT, {"id": "2", "name": "No stage"}]}, "deals.1.stage"),
        ({"deals": [PILOT | {"history": [{"stage": "A", "at": "2026-01-12"}]}]}, "deals.0.history"),
    ],
)
def test_a_message_that_cannot_be_read_changes_nothing_and_may_be_mended(
    app: Flask, client: FlaskClient, webhook: Webhook, said: Any, field: str | None
) -> None:
    secret = secret_of(app, webhook)
    answer = send(client, secret, said)
    assert answer.status_code == 400
    assert set(answer.get_json()["errors"]) == ({field} if field else set())
    assert db.session.scalar(select(func.count(Deal.id))) == 0
    assert send(client, secret, {"deals": [PILOT]}).status_code == 200


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=60), st.text(max_size=30), st.integers(0, 200))
def test_no_change_of_a_signed_message_passes(body: bytes, key: str, place: int) -> None:
    secret = signing.secret_of("installation", 1, 1)
    at = datetime(2026, 1, 12, 9, 30, tzinfo=UTC)
    signature = signing.sign(secret, key, at, body)
    stamp = str(int(at.timestamp()))

    def passes(body: bytes = body, key: str = key, signature: str = signature) -> bool:
        return signing.is_signed(
            secret, key=key, timestamp=stamp, signatures=signature, body=body, at=at
        )

    assert passes()
    assert not passes(body=body + b" ")
    assert not passes(key=key + "x")
    spot = place % len(signature)
    assert not passes(signature=signature[:spot] + "!" + signature[spot + 1 :])


def test_a_message_that_is_too_large_is_not_even_read(
    app: Flask, client: FlaskClient, webhook: Webhook
) -> None:
    answer = send(client, secret_of(app, webhook), b" " * ((1 << 20) + 1))
    assert answer.status_code == 413


def test_messages_are_forgotten_after_a_month(
    app: Flask, client: FlaskClient, webhook: Webhook
) -> None:
    send(client, secret_of(app, webhook), {"deals": [PILOT]})
    jobs.sweep()
    assert db.session.scalar(select(func.count(WebhookMessage.id))) == 1
    with hold(now() + timedelta(days=31)):
        jobs.sweep()
    assert db.session.scalar(select(func.count(WebhookMessage.id))) == 0

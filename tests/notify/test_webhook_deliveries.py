"""What was to be told goes out once, again while it fails, and is given up in the end."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from collateral.accounts.models import Person, Role
from collateral.assets import publishing
from collateral.assets.models import Status
from collateral.clock import hold, now
from collateral.db import db
from collateral.notify import delivering, webhooks
from collateral.notify.delivering import PATIENCE, WAITS, forget_deliveries, send_due
from collateral.notify.models import DeliveryState, Notice
from tests.factories import make_asset, make_person
from tests.notify.receiving import Receiver
from tests.notify.told import Made, deliveries


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


def test_deliveries_are_forgotten_after_a_month(app: Flask, receiver: Receiver, made: Made) -> None:
    webhooks.try_out(made[0], at=now())
    db.session.commit()
    forget_deliveries()
    assert len(deliveries()) == 1
    with hold(now() + timedelta(days=31)):
        forget_deliveries()
    assert deliveries() == []

"""Other systems are told what happens: signed, once, again when it failed, and nothing hidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from collateral import signing
from collateral.accounts.models import Person, PersonRole, Role
from collateral.assets import publishing
from collateral.assets.models import Status
from collateral.clock import hold, now
from collateral.db import db
from collateral.deals.models import Deal, Outcome
from collateral.errors import Invalid
from collateral.home.jobs import look_again
from collateral.notify import webhooks
from collateral.notify.delivering import PATIENCE, send_due
from collateral.notify.models import DeliveryState, Notice
from collateral.requests.operations import ask
from collateral.retirement.operations import restore, retire
from tests.factories import make_asset, make_person
from tests.notify.receiving import Receiver
from tests.notify.told import Made, deliveries, messages


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

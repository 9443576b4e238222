"""A receiver of webhooks, and a webhook that tells it everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from flask import Flask

from collateral.accounts.models import Person, Role
from collateral.clock import now
from collateral.db import db
from collateral.notify import webhooks
from collateral.notify.happenings import offered
from tests.factories import make_person
from tests.notify.receiving import Receiver, receiving
from tests.notify.told import Made


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

"""The mail that brings what one was told."""

from __future__ import annotations

import email
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collateral import mail
from collateral.accounts.models import Person
from collateral.clock import hold
from collateral.db import db
from collateral.notify import jobs, operations
from collateral.notify.kinds import Kind, declare
from collateral.notify.models import Notice, Rhythm
from collateral.notify.operations import tell
from tests.factories import make_person

EVENING = datetime(2026, 1, 14, 20, 0, tzinfo=UTC)
NAME = "test_digest"


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Kind:
    """The one kind there is."""
    monkeypatch.setattr("collateral.notify.kinds._kinds", {})
    return declare(
        Kind(NAME, "Something", lambda facts: f"{facts['what']} happened", lambda _facts: "/")
    )


def mails(app: Flask) -> list[EmailMessage]:
    folder: Path = app.extensions["settings"].home / "mail"
    return [
        email.message_from_bytes(path.read_bytes(), policy=default)
        for path in sorted(folder.glob("*.eml"))
    ]


def text_of(message: EmailMessage) -> str:
    return str(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def told(person: Person, kind: Kind, *what: str, at: datetime = EVENING) -> None:
    for each in what:
        tell([person.id], kind, {"what": each}, at)
    db.session.commit()


def run(at: datetime) -> None:
    with hold(at):
        jobs.digests()


def test_one_mail_at_eight_where_she_is(app: Flask, kind: Kind) -> None:
    here, there = make_person(), make_person()
    here.time_zone, there.time_zone = "Europe/Berlin", "America/New_York"
    told(here, kind, "One", "Two")
    told(there, kind, "Three")
    run(datetime(2026, 1, 15, 6, 59, tzinfo=UTC))
    assert mails(app) == []
    run(datetime(2026, 1, 15, 7, 1, tzinfo=UTC))
    run(datetime(2026, 1, 15, 7, 16, tzinfo=UTC))
    (first,) = mails(app)
    assert first["To"] == here.email
    assert first["Subject"] == "2 notices"
    assert "One happened" in text_of(first)
    assert "Two happened" in text_of(first)
    run(datetime(2026, 1, 15, 13, 1, tzinfo=UTC))
    assert [one["Subject"] for one in mails(app)] == ["2 notices", "Three happened"]


def test_what_she_read_or_does_not_want_by_mail_is_not_sent(app: Flask, kind: Kind) -> None:
    ada, bo = make_person(), make_person()
    told(ada, kind, "One")
    told(bo, kind, "Two")
    operations.mark_read(ada, EVENING)
    operations.choose(bo, inbox={NAME}, mail=set(), at=EVENING)
    db.session.commit()
    run(EVENING + timedelta(days=1))
    assert mails(app) == []
    told(bo, kind, "Three", at=EVENING + timedelta(days=1))
    run(EVENING + timedelta(days=3))
    assert mails(app) == []


def test_nothing_goes_to_who_is_switched_off_or_may_no_longer_see_it(
    app: Flask, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, barred = make_person(), make_person()
    about = Kind("test_about", "About", kind.sentence, kind.address, about=("thing",))
    declare(about)
    monkeypatch.setattr("collateral.notify.kinds._scopes", {"thing": lambda _p, ids: ids - {7}})
    told(gone, kind, "One")
    gone.active = False
    tell([barred.id], about, {"what": "Two", "thing": 7}, EVENING)
    db.session.commit()
    run(EVENING + timedelta(days=1))
    assert mails(app) == []


def test_a_mail_that_could_not_be_sent_comes_later(
    app: Flask, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = make_person()
    told(ada, kind, "One")
    sending = mail.send

    def refused(_message: EmailMessage) -> None:
        raise OSError("no route")

    monkeypatch.setattr(mail, "send", refused)
    run(EVENING + timedelta(days=1))
    assert db.session.scalar(select(Notice.mailed_at)) is None
    monkeypatch.setattr(mail, "send", sending)
    run(EVENING + timedelta(days=1, minutes=15))
    assert len(mails(app)) == 1


def test_the_address_in_the_mail_ends_it_without_signing_in(
    app: Flask, kind: Kind, client: FlaskClient
) -> None:
    ada, bo = make_person(), make_person()
    told(ada, kind, "One")
    told(bo, kind, "One")
    run(EVENING + timedelta(days=1))
    mine = next(one for one in mails(app) if one["To"] == ada.email)
    address = re.search(r"http://localhost(/notices/\S+)", text_of(mine))
    assert address is not None
    assert f"<http://localhost{address[1]}>" == mine["List-Unsubscribe"]
    page = client.get(address[1])
    assert page.status_code == 200
    sent = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert sent is not None
    done = client.post(address[1], data={"csrf_token": sent[1], "none": "1"})
    assert done.status_code == 303
    for person in (ada, bo):
        told(person, kind, "Later", at=EVENING + timedelta(days=1, hours=1))
    run(EVENING + timedelta(days=3))
    assert [one["To"] for one in mails(app)].count(ada.email) == 1
    assert [one["To"] for one in mails(app)].count(bo.email) == 2
    assert client.get(address[1][:-2] + "xx").status_code == 404


def test_by_that_address_the_inbox_stays_as_it_is(app: Flask, kind: Kind) -> None:
    ada = make_person()
    operations.choose(ada, inbox=set(), mail={NAME}, at=EVENING)
    operations.choose_mail(ada, set(), at=EVENING)
    db.session.commit()
    told(ada, kind, "One")
    assert db.session.scalar(select(Notice.id)) is None
    operations.set_rhythm(ada, Rhythm.WEEKLY, 7, at=EVENING)
    operations.choose(ada, inbox={NAME}, mail={NAME}, at=EVENING)
    told(ada, kind, "Two")
    run(EVENING + timedelta(days=2))
    assert mails(app) == []
    run(datetime(2026, 1, 19, 7, 5, tzinfo=UTC))
    assert len(mails(app)) == 1

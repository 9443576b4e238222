"""Who is told, by which way, and how often."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from collateral.clock import now
from collateral.db import db
from collateral.notify.kinds import Kind, declare, kinds
from collateral.notify.models import Notice, NoticeChoice, NoticeRhythm, Rhythm
from collateral.notify.operations import mark_read, tell
from tests.factories import make_person

PLAIN = Kind(
    "test_plain", "Something", lambda facts: f"{facts['what']} happened", lambda _facts: "/"
)


def notices() -> list[Notice]:
    return list(db.session.scalars(select(Notice).order_by(Notice.person_id, Notice.id)))


def test_each_person_is_told_once_for_each_telling(app: Flask) -> None:
    ada, bo = make_person(), make_person()
    tell([bo.id, ada.id, ada.id], PLAIN, {"what": "It", "asset": 7}, now())
    tell([ada.id], PLAIN, {"what": "It"}, now())
    assert [notice.person_id for notice in notices()] == [ada.id, ada.id, bo.id]
    assert notices()[0].facts == {"what": "It", "asset": 7}


def test_with_a_key_a_second_telling_is_nothing(app: Flask) -> None:
    ada, bo = make_person(), make_person()
    tell([ada.id], PLAIN, {"what": "First"}, now(), once="asset 7")
    db.session.commit()
    tell([ada.id, bo.id], PLAIN, {"what": "Second"}, now(), once="asset 7")
    tell([ada.id], PLAIN, {"what": "Third"}, now(), once="asset 8")
    assert [(notice.person_id, notice.facts["what"]) for notice in notices()] == [
        (ada.id, "First"),
        (ada.id, "Third"),
        (bo.id, "Second"),
    ]


def test_who_is_switched_off_is_not_told(app: Flask) -> None:
    gone = make_person()
    gone.active = False
    tell([gone.id, 10_000], PLAIN, {"what": "It"}, now())
    assert notices() == []


@pytest.mark.parametrize(
    ("choice", "rhythm", "told"),
    [
        (None, None, (True, True)),
        ((True, False), None, (True, False)),
        ((False, True), None, (False, True)),
        ((False, False), None, None),
        (None, Rhythm.NEVER, (True, False)),
        ((False, True), Rhythm.NEVER, None),
        (None, Rhythm.WEEKLY, (True, True)),
    ],
)
def test_a_person_is_told_by_the_ways_that_she_chose(
    app: Flask,
    choice: tuple[bool, bool] | None,
    rhythm: Rhythm | None,
    told: tuple[bool, bool] | None,
) -> None:
    ada = make_person()
    if choice:
        db.session.add(
            NoticeChoice(person_id=ada.id, kind=PLAIN.name, inbox=choice[0], mail=choice[1])
        )
    if rhythm:
        db.session.add(NoticeRhythm(person_id=ada.id, rhythm=rhythm))
    tell([ada.id], PLAIN, {"what": "It"}, now())
    assert [(notice.inbox, notice.mail) for notice in notices()] == ([told] if told else [])


def test_reading_marks_only_what_was_unread_and_ones_own(app: Flask) -> None:
    ada, bo = make_person(), make_person()
    at = now()
    for what in ("One", "Two", "Three"):
        tell([ada.id, bo.id], PLAIN, {"what": what}, at)
    hers = [notice for notice in notices() if notice.person_id == ada.id]
    his = [notice for notice in notices() if notice.person_id == bo.id]
    assert mark_read(ada, at, [hers[0].id, his[0].id]) == 1
    assert mark_read(ada, at + timedelta(hours=1)) == 2
    assert mark_read(ada, at) == 0
    db.session.expire_all()
    assert [notice.read_at for notice in hers] == [at, *[at + timedelta(hours=1)] * 2]
    assert [notice.read_at for notice in his] == [None] * 3


def test_two_kinds_cannot_have_one_name(app: Flask) -> None:
    known = next(iter(kinds().values()), None) or declare(PLAIN)
    with pytest.raises(ValueError, match=known.name):
        declare(Kind(known.name, "Other", known.sentence, known.address))

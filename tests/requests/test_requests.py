"""Requests: asked once, waited for together, answered or declined, and who is told what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from collateral.accounts.models import Person, Role
from collateral.assets.models import Asset, Status
from collateral.clock import hold, now
from collateral.db import db
from collateral.deals.models import Deal
from collateral.errors import Forbidden, Invalid, WrongState
from collateral.notify.models import Notice
from collateral.requests import operations, queries
from collateral.requests.models import Request, RequestState, RequestWaiting
from collateral.requests.rules import is_overdue
from tests.factories import make_asset, make_person, make_team
from tests.support import Visitor, at_once, counted_queries


def make_request(
    by: Person, title: str = "A sheet for dairies", deal: Deal | None = None
) -> Request:
    made = operations.ask(title, by=by, at=now(), deal=deal)
    db.session.commit()
    return made


def make_deal(owner: Person, name: str) -> Deal:
    deal = Deal(external_id=name, name=name, owner_id=owner.id)
    db.session.add(deal)
    db.session.commit()
    return deal


def told(person: Person) -> list[str]:
    """The kinds of what that person was told, in order."""
    query = select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id)
    return list(db.session.scalars(query))


def test_from_nothing_found_to_a_request_that_others_join(app: Flask, visitor: Visitor) -> None:
    rep, other, marketer = make_person(), make_person(), make_person(Role.MARKETER)
    make_asset("Pump outlook")
    client = visitor.as_(rep)
    page = client.get("/library?q=dairy+sheet&only=1").text
    link = re.search(r'href="(/requests/new\?q=[^"]*)"', page)
    assert link
    form = client.get(link[1]).text
    assert 'value="dairy sheet"' in form
    answer = client.post(
        "/requests/new",
        data={"title": "Dairy sheet", "query": "dairy sheet", "detail": "For Hollis"},
    )
    assert answer.status_code == 303
    found = db.session.scalars(select(Request)).one()
    assert (found.state, found.by_id, found.query) == (RequestState.OPEN, rep.id, "dairy sheet")
    assert told(marketer) == ["request_asked"]

    again = visitor.as_(other)
    assert "Dairy sheet" in again.get("/requests/new?q=a+dairy+leaflet").text
    for _ in range(2):
        assert again.post(f"/requests/{found.id}/join").status_code == 303
    assert "2 people wait" in again.get(f"/requests/{found.id}").text
    again.post(f"/requests/{found.id}/leave")
    assert [each.person.id for each in queries.waiting(found, rep)] == [rep.id]


def test_a_deal_that_waits_is_told_only_to_those_who_may_see_it(
    app: Flask, visitor: Visitor
) -> None:
    rep = make_person(teams=[make_team()])
    stranger, manager = make_person(), make_person(Role.MANAGER)
    deal = make_deal(rep, "Hollis secret")
    found = make_request(rep, deal=deal)
    for path in (f"/requests/{found.id}", "/requests"):
        assert "Hollis secret" in visitor.as_(rep).get(path).text
        assert "Hollis secret" in visitor.as_(manager).get(path).text
        assert "Hollis secret" not in visitor.as_(stranger).get(path).text
    data = {"deal": deal.id}
    assert visitor.as_(stranger).post(f"/requests/{found.id}/join", data=data).status_code == 404
    visitor.as_(rep).post(f"/requests/{found.id}/join")
    assert db.session.scalars(select(RequestWaiting.deal_id)).one() == deal.id


def test_marketing_takes_it_on_and_answers_it(app: Flask, visitor: Visitor) -> None:
    rep, waiting = make_person(), make_person()
    marketer, maker = make_person(Role.MARKETER), make_person(Role.MARKETER)
    found = make_request(rep)
    operations.join(found, by=waiting, at=now())
    db.session.commit()
    client = visitor.as_(marketer)
    address, due = f"/requests/{found.id}", (now() + timedelta(days=9)).date()
    assert client.post(f"{address}/take-on", data={"maker": maker.id}).status_code == 400
    done = client.post(f"{address}/take-on", data={"maker": maker.id, "due_on": due.isoformat()})
    assert done.status_code == 303
    assert (found.state, found.maker_id, found.due_on) == (RequestState.TAKEN_ON, maker.id, due)
    assert told(waiting) == ["request_taken_on"]
    assert told(maker)[-1] == "request_assigned"
    assert maker.name in visitor.as_(rep).get("/requests?state=mine").text

    asset = make_asset("Sheet for dairies")
    assert client.post(f"{address}/answer", data={"asset": "x"}).status_code == 400
    operations.join(found, by=marketer, at=now())
    db.session.commit()
    answered = client.post(f"{address}/answer", data={"asset": asset.id}, follow_redirects=True)
    assert "2 people are told." in answered.text  # and not she herself, who waits for it, too
    assert told(rep)[-1] == told(waiting)[-1] == "request_made"
    assert f"/assets/{asset.id}" in visitor.as_(rep).get(address).text
    client.post(f"{address}/reopen")
    assert (found.state, found.asset_id, found.maker_id) == (RequestState.OPEN, None, None)


def test_of_an_answer_and_a_refusal_at_once_one_holds(bare_app: Flask) -> None:
    """Whoever waits must not be told both."""
    with bare_app.app_context():
        asset_id, person_id = make_asset().id, make_person(Role.MARKETER).id
        request_id = make_request(make_person()).id

    def decide(number: int, together: Callable[[], object]) -> str:
        with bare_app.app_context():
            found, by = (
                db.session.get_one(Request, request_id),
                db.session.get_one(Person, person_id),
            )
            together()
            try:
                if number % 2:
                    operations.answer(found, db.session.get_one(Asset, asset_id), by=by, at=now())
                else:
                    operations.decline(found, reason="No more sheets.", by=by, at=now())
                db.session.commit()
                return "held"
            except WrongState:
                db.session.rollback()
                return "was late"

    assert sorted(at_once(6, decide)) == ["held"] + ["was late"] * 5
    with bare_app.app_context():
        outcome = Notice.kind.in_(["request_made", "request_declined"])
        assert len(db.session.scalars(select(Notice).where(outcome)).all()) == 1


def test_what_answers_it_stays_hidden_from_those_who_may_not_see_it(
    app: Flask, visitor: Visitor
) -> None:
    rep, marketer = make_person(), make_person(Role.MARKETER)
    found = make_request(rep)
    operations.answer(found, make_asset("Board secret", teams=[make_team()]), by=marketer, at=now())
    db.session.commit()
    page = visitor.as_(rep).get(f"/requests/{found.id}").text
    assert "Board secret" not in page
    assert "not for your team" in page


def test_steps_that_make_no_sense_are_refused(app: Flask) -> None:
    rep, marketer = make_person(), make_person(Role.MARKETER)
    found, today = make_request(rep), now().date()
    with pytest.raises(Forbidden):
        operations.decline(found, reason="Too rare", by=rep, at=now())
    with pytest.raises(Invalid):
        operations.take_on(
            found, maker=marketer, due_on=today - timedelta(days=1), by=marketer, at=now()
        )
    with pytest.raises(Invalid):
        operations.take_on(found, maker=rep, due_on=today, by=marketer, at=now())
    with pytest.raises(Invalid):
        operations.answer(found, make_asset(status=Status.DRAFT), by=marketer, at=now())
    with pytest.raises(Invalid):
        operations.decline(found, reason=" ", by=marketer, at=now())
    operations.decline(found, reason="Too rare", by=marketer, at=now())
    with pytest.raises(WrongState):
        operations.answer(found, make_asset(), by=marketer, at=now())
    with pytest.raises(WrongState):
        operations.join(found, by=rep, at=now())
    with pytest.raises(Invalid):
        operations.ask("  ", by=rep, at=now())


def test_a_day_is_past_where_the_person_is(app: Flask, visitor: Visitor) -> None:
    """In the evening of the west coast it is the next day at Greenwich already."""
    marketer = make_person(Role.MARKETER)
    marketer.time_zone = "America/Los_Angeles"
    found = make_request(make_person())
    evening = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    with hold(evening):
        client = visitor.as_(marketer)
        for day, status in (("2026-11-22", 400), ("2026-11-23", 303)):
            data = {"maker": marketer.id, "due_on": day}
            assert client.post(f"/requests/{found.id}/take-on", data=data).status_code == status
        page = client.get("/requests?state=taken_on").text
        assert "Overdue" not in page
        assert "Overdue" not in client.get(f"/requests/{found.id}").text
    with hold(evening + timedelta(days=1)):
        assert "Overdue" in visitor.as_(marketer).get("/requests?state=taken_on").text


def test_it_is_overdue_the_day_after_it_was_due() -> None:
    today = now().date()
    assert not is_overdue(RequestState.TAKEN_ON, today, today)
    assert is_overdue(RequestState.TAKEN_ON, today - timedelta(days=1), today)
    assert not is_overdue(RequestState.MADE, today - timedelta(days=1), today)


def test_the_list_costs_the_same_however_long_it_is(app: Flask, visitor: Visitor) -> None:
    rep = make_person()
    client = visitor.as_(rep)
    make_request(rep, deal=make_deal(rep, "One"))
    client.get("/requests")

    def cost() -> int:
        with counted_queries(app) as seen:
            assert client.get("/requests").status_code == 200
        return len(seen)

    few = cost()
    for number in range(12):
        make_request(make_person(), f"Number {number}", deal=make_deal(rep, f"D{number}"))
    assert cost() == few


@pytest.mark.parametrize(("length", "status"), [(60_000, 400), (3_000_000, 413)])
def test_a_title_far_too_long_is_refused_with_a_sentence(
    visitor: Visitor, length: int, status: int
) -> None:
    """More than a pattern of SQLite takes, and more than a form takes."""
    rep = visitor.as_(make_person(Role.REP))
    answer = rep.post("/requests/new", data={"title": "x" * length})
    assert answer.status_code == status
    assert "<h1" in answer.text

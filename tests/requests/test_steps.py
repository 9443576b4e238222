"""The steps in which a request is produced: their days, who does them, and who is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from collateral.accounts.models import AuditEntry, Person, Role
from collateral.clock import now
from collateral.db import db
from collateral.errors import Forbidden, Invalid, WrongState
from collateral.notify.models import Notice
from collateral.requests import operations, queries_steps, steps
from collateral.requests.models import Request
from collateral.requests.models_steps import ProductionStep, StepKind
from collateral.requests.queries_steps import Assigned
from collateral.requests.rules import spread
from tests.factories import make_asset, make_person
from tests.support import Visitor, counted_queries


def make_taken_on(maker: Person, days: int = 10, title: str = "A sheet for dairies") -> Request:
    at = now()
    request = operations.ask(title, by=make_person(), at=at)
    due = at.date() + timedelta(days=days)
    operations.take_on(request, maker=maker, due_on=due, by=maker, at=at)
    db.session.commit()
    return request


def told(person: Person) -> list[int | str]:
    """The steps that the person was told of, in order."""
    query = select(Notice).where(Notice.person_id == person.id, Notice.kind == "step_assigned")
    return [notice.facts["step"] for notice in db.session.scalars(query.order_by(Notice.id))]


def done(request: Request) -> list[int]:
    return [step.number for step in queries_steps.of_request(request) if step.done_at]


def overdue(request: Request) -> None:
    """Let its current step be due yesterday."""
    step = next(step for step in queries_steps.of_request(request) if not step.done_at)
    step.due_on = now().date() - timedelta(days=1)
    db.session.commit()


@settings(max_examples=50)
@given(
    begins=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    days=st.integers(0, 900),
    count=st.integers(1, 9),
)
def test_days_are_spread_in_order_and_evenly(begins: date, days: int, count: int) -> None:
    due_on = begins + timedelta(days=days)
    found = spread(begins, due_on, count)
    assert len(found) == count
    assert found == sorted(found)
    assert found[0] >= begins
    assert found[-1] == due_on
    gaps = [(after - before).days for before, after in zip([begins, *found], found, strict=False)]
    assert max(gaps) - min(gaps) <= 1
    assert spread(due_on, begins, count) == [begins] * count or days == 0


def test_taking_on_makes_the_steps_and_answering_ends_them(app: Flask) -> None:
    maker = make_person(Role.MARKETER)
    request = make_taken_on(maker)
    found = queries_steps.of_request(request)
    assert [step.kind for step in found] == list(StepKind)
    assert {step.assignee_id for step in found} == {maker.id}
    assert [(step.due_on - now().date()).days for step in found] == [2, 4, 6, 8, 10]
    steps.finish(request, 1, by=maker, at=now())
    answered = now()
    operations.answer(request, make_asset(), by=maker, at=answered)
    db.session.commit()
    assert done(request) == [1, 2, 3, 4, 5]
    assert [step.done_at == answered for step in queries_steps.of_request(request)].count(True) >= 4


def test_a_change_of_maker_or_day_reaches_the_steps_that_are_left(app: Flask) -> None:
    maker, reviewer, other = (make_person(Role.MARKETER) for _ in range(3))
    request = make_taken_on(maker)
    day = now().date() + timedelta(days=7)
    steps.change(request, 3, assignee=reviewer, due_on=day, by=maker, at=now())
    steps.finish(request, 1, by=maker, at=now())
    sooner = now().date() + timedelta(days=5)
    operations.take_on(request, maker=other, due_on=sooner, by=maker, at=now())
    db.session.commit()
    found = queries_steps.of_request(request)
    assert [step.assignee_id for step in found] == [
        maker.id,
        other.id,
        reviewer.id,
        other.id,
        other.id,
    ]
    assert [(step.due_on - now().date()).days for step in found] == [2, 4, 5, 5, 5]


def test_each_is_told_once_when_a_step_becomes_hers(app: Flask) -> None:
    maker, reviewer = make_person(Role.MARKETER), make_person(Role.MARKETER)
    request = make_taken_on(maker)
    day = now().date() + timedelta(days=3)
    steps.change(request, 2, assignee=reviewer, due_on=day, by=maker, at=now())
    db.session.commit()
    assert told(reviewer) == []  # it is not the current one yet
    for _ in range(2):
        steps.finish(request, 1, by=maker, at=now())
        steps.take_back(request, 1, by=maker, at=now())
    steps.finish(request, 1, by=maker, at=now())
    steps.change(request, 3, assignee=reviewer, due_on=day, by=maker, at=now())
    steps.finish(request, 2, by=reviewer, at=now())  # hers again: she knows
    steps.change(request, 3, assignee=maker, due_on=day, by=reviewer, at=now())
    db.session.commit()
    assert told(reviewer) == [2]
    assert told(maker) == [3]
    assert queries_steps.assigned(maker, now().date()) == Assigned(1, 0)
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions.count("step.done") == 4
    assert actions.count("step.taken_back") == 2
    assert actions.count("step.changed") == 3


def test_what_makes_no_sense_is_refused(app: Flask) -> None:
    maker, rep = make_person(Role.MARKETER), make_person(Role.REP)
    request, today = make_taken_on(maker), now().date()
    with pytest.raises(Forbidden):
        steps.finish(request, 1, by=rep, at=now())
    with pytest.raises(WrongState):
        steps.finish(request, 2, by=maker, at=now())
    with pytest.raises(WrongState):
        steps.take_back(request, 1, by=maker, at=now())
    for assignee, days in ((rep, 3), (maker, -1), (maker, 11)):
        day = today + timedelta(days=days)
        with pytest.raises(Invalid):
            steps.change(request, 1, assignee=assignee, due_on=day, by=maker, at=now())
    for number in range(1, 5):
        steps.finish(request, number, by=maker, at=now())
    with pytest.raises(WrongState):  # by answering, with the asset
        steps.finish(request, 5, by=maker, at=now())
    with pytest.raises(WrongState):
        steps.change(request, 4, assignee=maker, due_on=today, by=maker, at=now())


def test_her_step_stays_hers_when_she_answers_no_requests_any_more(app: Flask) -> None:
    maker, moved = make_person(Role.MARKETER), make_person(Role.REP)
    request = make_taken_on(maker)
    queries_steps.of_request(request)[0].assignee_id = moved.id
    db.session.commit()
    steps.finish(request, 1, by=moved, at=now())
    assert done(request) == [1]


def test_opened_again_it_keeps_its_steps_until_it_is_taken_on_anew(
    app: Flask, visitor: Visitor
) -> None:
    maker = make_person(Role.MARKETER)
    request = make_taken_on(maker)
    steps.finish(request, 1, by=maker, at=now())
    operations.reopen(request, by=maker, at=now())
    db.session.commit()
    assert done(request) == [1]
    assert "its steps begin anew" in visitor.as_(maker).get(f"/requests/{request.id}").text
    assert queries_steps.assigned(maker, now().date()) == Assigned(0, 0)
    assert not any(column.total for column in queries_steps.board(maker, now().date()))
    operations.take_on(request, maker=maker, due_on=now().date(), by=maker, at=now())
    db.session.commit()
    assert done(request) == []


def test_the_board_shows_each_request_at_its_step(app: Flask, visitor: Visitor) -> None:
    maker, other = make_person(Role.MARKETER), make_person(Role.MARKETER)
    late, later = make_taken_on(maker, title="Late one"), make_taken_on(maker, title="Later one")
    theirs = make_taken_on(other, title="Of the other")
    for request in (late, later):
        steps.finish(request, 1, by=maker, at=now())
    overdue(later)
    client = visitor.as_(maker)
    _brief, draft, *rest = queries_steps.board(maker, now().date())
    assert [card.step.request_id for card in draft.cards] == [later.id, late.id]  # overdue first
    assert [card.waiting for card in draft.cards] == [1, 1]
    assert [column.total for column in rest] == [0, 0, 0]
    page = client.get("/requests/board").text
    assert page.count("Overdue</span>") == 1
    mine = client.get("/requests/board?mine=1").text
    assert "Late one" in mine
    assert "Of the other" not in mine
    only = client.get("/requests/board?mine=1&overdue=1").text
    assert "Later one" in only
    assert "Late one" not in only
    nothing = visitor.as_(other).get("/requests/board?overdue=1&mine=1").text
    assert "No step of yours is overdue" in nothing
    few = queries_steps.board(maker, now().date(), limit=1)[1]
    assert (len(few.cards), few.total) == (1, 2)
    rep = visitor.as_(make_person(Role.REP)).get("/requests/board").text
    assert "Of the other" in rep
    assert f"/requests/{theirs.id}/steps/1/done" not in rep


def test_a_step_is_done_and_changed_from_the_pages(app: Flask, visitor: Visitor) -> None:
    maker, reviewer = make_person(Role.MARKETER), make_person(Role.MARKETER, name="Ruben Castell")
    request = make_taken_on(maker)
    client, address = visitor.as_(maker), f"/requests/{request.id}/steps"
    from_board = client.post(f"{address}/1/done", data={"board": 1, "mine": 1})
    assert (from_board.status_code, from_board.location) == (303, "/requests/board?mine=1")
    assert client.post(f"{address}/1/done").status_code == 409
    assert client.post(f"{address}/6/done").status_code == 404
    data = {"step-2-assignee": reviewer.id, "step-2-due_on": "2000-01-01"}
    refused = client.post(f"{address}/2", data=data)
    assert refused.status_code == 400
    assert "That day has passed." in refused.text
    data["step-2-due_on"] = now().date().isoformat()
    assert client.post(f"{address}/2", data=data).status_code == 303
    due = (now().date() + timedelta(days=20)).isoformat()
    last = {"step-5-assignee": reviewer.id, "step-5-due_on": due}
    assert client.post(f"{address}/5", data=last).status_code == 303
    db.session.refresh(request)
    assert (request.maker_id, request.due_on.isoformat()) == (reviewer.id, due)  # type: ignore[union-attr]
    overdue(request)
    for page in ("/", "/inbox"):
        text = visitor.as_(reviewer).get(page).text
        assert "Overdue steps" in text
        assert "Steps assigned" not in text
    assert "Overdue steps" not in visitor.as_(maker).get("/inbox").text
    assert client.post(f"{address}/1/take-back").status_code == 303
    assert done(request) == []


def test_the_board_costs_the_same_however_full_it_is(app: Flask, visitor: Visitor) -> None:
    maker = make_person(Role.MARKETER)
    client = visitor.as_(maker)
    make_taken_on(maker)
    client.get("/requests/board")

    def cost() -> int:
        with counted_queries(app) as seen:
            assert client.get("/requests/board").status_code == 200
        return len(seen)

    few = cost()
    for _ in range(6):
        make_taken_on(make_person(Role.MARKETER))
    assert cost() == few
    assert db.session.query(ProductionStep).count() == 35

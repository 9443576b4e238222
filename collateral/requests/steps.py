"""What is done with the steps of a request that is taken on. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can, require
from collateral.db import db, table
from collateral.errors import Invalid, WrongState
from collateral.notify.kinds import Facts
from collateral.notify.operations import tell
from collateral.requests import notices
from collateral.requests.models import Request, RequestState
from collateral.requests.models_steps import ProductionStep, StepKind
from collateral.requests.rules import spread


def begin(request: Request, *, on: date, at: datetime) -> None:
    """Make its steps, all the maker's, spread over the days till it is due. Those of an earlier
    production go; what was done then stands in the audit trail."""
    db.session.execute(delete(ProductionStep).where(ProductionStep.request_id == request.id))
    maker_id, due_on = request.maker_id, request.due_on
    if maker_id is None or due_on is None:
        raise ValueError("It is not taken on.")
    db.session.add_all(
        ProductionStep(
            request_id=request.id, number=kind, assignee_id=maker_id, due_on=day, began_at=at
        )
        for kind, day in zip(StepKind, spread(on, due_on, len(StepKind)), strict=True)
    )
    db.session.flush()  # the next statements look for them


def follow(request: Request, *, before: int | None, on: date, at: datetime) -> None:
    """Its maker or day changed: what is left of `before`'s is the new maker's, and nothing is
    due after the request is."""
    steps = _steps(request)
    if not steps:
        begin(request, on=on, at=at)
    maker_id, due_on = request.maker_id, request.due_on
    for step in steps:
        if step.done_at is not None or maker_id is None or due_on is None:
            continue
        last = step.kind is StepKind.PUBLICATION
        if last or step.assignee_id == before:
            step.assignee_id = maker_id
        step.due_on = due_on if last else min(step.due_on, due_on)


def close(request: Request, *, by: Person, at: datetime) -> None:
    """It is made: with that all steps that were left are done."""
    db.session.execute(
        update(ProductionStep)
        .where(ProductionStep.request_id == request.id, ProductionStep.done_at.is_(None))
        .values(done_at=at, done_by_id=by.id)
    )


def finish(request: Request, number: int, *, by: Person, at: datetime) -> None:
    """The current step is done; whose the next one is, is told.

    For its assignee and those who answer requests. Raises WrongState where it is not the
    current one, or publication, which is done by answering.
    """
    steps = _mine_or_answered(request, number, by)
    if request.state is not RequestState.TAKEN_ON or current(steps) != number:
        raise WrongState(_("Somebody else was quicker; this step is not the current one."))
    if number == StepKind.PUBLICATION:
        raise WrongState(_("Publication is done by answering with the asset."))
    step, following = steps[number - 1], steps[number]
    step.done_at, step.done_by_id = at, by.id
    audit.record(
        "step.done",
        by=by,
        kind="request",
        id=request.id,
        title=request.title,
        step=step.kind.name.lower(),
    )
    _tell(request, following, by=by, at=at)


def take_back(request: Request, number: int, *, by: Person, at: datetime) -> None:
    """The step that was done last is not done after all, and current again. Raises WrongState."""
    steps = _mine_or_answered(request, number, by)
    if request.state is not RequestState.TAKEN_ON or current(steps) != number + 1:
        raise WrongState(_("Only the step that was done last can be taken back."))
    step = steps[number - 1]
    step.done_at = step.done_by_id = None
    audit.record(
        "step.taken_back",
        by=by,
        kind="request",
        id=request.id,
        title=request.title,
        step=step.kind.name.lower(),
    )
    _tell(request, step, by=by, at=at)


def change(
    request: Request, number: int, *, assignee: Person, due_on: date, by: Person, at: datetime
) -> None:
    """Give a step that is not done to somebody, or another day; the last one's are the
    request's, see `operations.take_on`. Whose the current step becomes, is told.

    Raises Invalid for somebody who does not answer requests and for a day that is past or
    after the request is due, WrongState.
    """
    require(by, Permission.REQUEST_ANSWER, request)
    lock(request)
    steps = _steps(request)
    now_at = current(steps)
    if request.state is not RequestState.TAKEN_ON or not now_at <= number < StepKind.PUBLICATION:
        raise WrongState(_("This step can no longer be changed."))
    step = steps[number - 1]
    _check_day(request, step, due_on, at.astimezone(ZoneInfo(by.time_zone)).date())
    if not can(assignee, Permission.REQUEST_ANSWER):
        sentence = _("%(name)s does not answer requests.", name=assignee.name)
        raise Invalid(sentence, fields={"assignee": sentence})
    given = assignee.id != step.assignee_id
    step.assignee_id, step.due_on = assignee.id, due_on
    audit.record(
        "step.changed",
        by=by,
        kind="request",
        id=request.id,
        title=request.title,
        step=step.kind.name.lower(),
        name=assignee.name,
        due_on=due_on.isoformat(),
    )
    if given and number == now_at:
        _tell(request, step, by=by, at=at)


def current(steps: Sequence[ProductionStep]) -> int:
    """The number of the first that is not done; one more than the last where all are, and 0
    where there are none."""
    done = sum(step.done_at is not None for step in steps)
    return done + 1 if steps else 0


def _check_day(request: Request, step: ProductionStep, due_on: date, today: date) -> None:
    refused = ""
    if due_on < today and due_on != step.due_on:
        refused = _("That day has passed.")
    elif request.due_on and due_on > request.due_on:
        refused = _("The request is due before that day.")
    if refused:
        raise Invalid(refused, fields={"due_on": refused})


def _mine_or_answered(request: Request, number: int, by: Person) -> Sequence[ProductionStep]:
    """Its steps, where that one is hers or she answers requests; else raises Forbidden."""
    lock(request)
    steps = _steps(request)
    hers = any(step.number == number and step.assignee_id == by.id for step in steps)
    if not hers:
        require(by, Permission.REQUEST_ANSWER, request)
    return steps


def lock(request: Request) -> None:
    """Of two who change it the second waits, and finds what the first did: a write that changes
    nothing holds the row, or the one write lock of SQLite, and what is read then is last."""
    rows = table(Request)
    db.session.execute(update(rows).where(rows.c.id == request.id).values(id=request.id))
    db.session.refresh(request)


def _steps(request: Request) -> Sequence[ProductionStep]:
    return db.session.scalars(
        select(ProductionStep)
        .where(ProductionStep.request_id == request.id)
        .order_by(ProductionStep.number)
        .execution_options(populate_existing=True)
    ).all()


def _tell(request: Request, step: ProductionStep, *, by: Person, at: datetime) -> None:
    """Tell whose the step is that it is current: once in a production, however often it
    becomes so."""
    if step.assignee_id == by.id:
        return
    facts: Facts = {
        "request": request.id,
        "title": request.title,
        "step": step.number,
        "due_on": step.due_on.isoformat(),
    }
    once = f"step-{request.id}-{step.number}-{step.began_at:%Y%m%d%H%M%S}"
    tell([step.assignee_id], notices.STEP_ASSIGNED, facts, at, once=once)

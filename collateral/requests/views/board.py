"""The production board, and what is done with the steps of a request."""

from __future__ import annotations

from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts import queries as accounts
from collateral.accounts.forms import tell
from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid, NotFound
from collateral.requests import operations, queries, queries_steps, steps
from collateral.requests.forms import StepForm
from collateral.requests.models_steps import StepKind
from collateral.requests.notices import STEP_NAMES
from collateral.requests.views import bp
from collateral.requests.views.pages import reader_today, request_address, request_page


@bp.get("/requests/board")
@requires(Permission.REQUEST_READ)
def board() -> ResponseReturnValue:
    """What is being made, by its step: `mine` and `overdue` narrow it to those."""
    mine, overdue = "mine" in request.args, "overdue" in request.args
    today = reader_today()
    return render_template(
        "requests/board.html",
        columns=queries_steps.board(actor(), today, mine=mine, overdue=overdue),
        step_names=STEP_NAMES,
        mine=mine,
        overdue=overdue,
        today=today,
    )


@bp.post("/requests/<int:request_id>/steps/<int:number>/done")
@requires(Permission.REQUEST_READ)
def finish_step(request_id: int, number: int) -> ResponseReturnValue:
    """The current step is done; `board` leads back there, as `mine` and `overdue` had it."""
    found, kind = queries.get(request_id), _kind(number)
    steps.finish(found, number, by=actor(), at=now())
    db.session.commit()
    undo = url_for("requests.take_back_step", request_id=found.id, number=number)
    said = _("%(step)s is done: %(title)s", step=_(STEP_NAMES[kind]), title=found.title)
    flash(cast(Any, {"text": said, "undo": undo}))
    if "board" in request.form:
        mine, overdue = request.form.get("mine") or None, request.form.get("overdue") or None
        return redirect(url_for("requests.board", mine=mine, overdue=overdue), 303)
    return redirect(request_address(found), 303)


@bp.post("/requests/<int:request_id>/steps/<int:number>/take-back")
@requires(Permission.REQUEST_READ)
def take_back_step(request_id: int, number: int) -> ResponseReturnValue:
    """The step that was done last is not done after all."""
    found = queries.get(request_id)
    steps.take_back(found, _kind(number), by=actor(), at=now())
    db.session.commit()
    return redirect(request_address(found), 303)


@bp.post("/requests/<int:request_id>/steps/<int:number>")
@requires(Permission.REQUEST_ANSWER)
def change_step(request_id: int, number: int) -> ResponseReturnValue:
    """Give a step to `assignee`, by `due_on`; the last one's are the request's own."""
    found, kind, form = queries.get(request_id), _kind(number), StepForm(number)
    form.offer(queries.makers())
    if form.validate():
        person, due_on = accounts.get_person(form.assignee.data), form.due_on.data
        try:
            if kind is StepKind.PUBLICATION:
                operations.take_on(found, maker=person, due_on=due_on, by=actor(), at=now())
            else:
                steps.change(found, kind, assignee=person, due_on=due_on, by=actor(), at=now())
        except Invalid as error:
            tell(form, error)
        else:
            db.session.commit()
            return redirect(request_address(found), 303)
    return request_page(found, step=form), 400


def _kind(number: int) -> StepKind:
    try:
        return StepKind(number)
    except ValueError:
        raise NotFound(_("There is no such step.")) from None

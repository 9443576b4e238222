"""The list of requests, the page of one, and its steps; what feedback asks for."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from collateral.accounts import queries as accounts
from collateral.accounts.forms import tell
from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.assets import queries as assets
from collateral.clock import now
from collateral.db import db, is_id
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.errors import Invalid
from collateral.requests import operations, queries, queries_feedback, queries_steps
from collateral.requests.forms import (
    AnswerForm,
    AskForm,
    DeclineForm,
    ResolveForm,
    StepForm,
    TakeOnForm,
)
from collateral.requests.models import Request, RequestState
from collateral.requests.models_steps import StepKind
from collateral.requests.notices import FLAG_REASONS, STEP_NAMES
from collateral.requests.rules import Step, is_overdue, may
from collateral.requests.steps import current
from collateral.requests.views import bp
from collateral.templating import reader_zone

MOST = 400


@bp.get("/requests")
@requires(Permission.REQUEST_READ)
def index() -> ResponseReturnValue:
    """Requests by their state: `state` is open, taken_on, made, declined or mine."""
    asked = request.args.get("state", RequestState.OPEN.value)
    state = RequestState(asked) if asked in set(RequestState) else RequestState.OPEN
    shown = min(max(request.args.get("show", queries.PAGE, type=int), queries.PAGE), MOST)
    page = queries.page(actor(), state, mine=asked == "mine", limit=shown)
    return render_template(
        "requests/list.html",
        page=page,
        state="mine" if asked == "mine" else state.value,
        more_url=url_for("requests.index", state=asked, show=shown + queries.PAGE)
        if len(page.rows) < min(page.total, MOST)
        else None,
        today=reader_today(),
        is_overdue=is_overdue,
    )


@bp.route("/requests/new", methods=["GET", "POST"])
@requires(Permission.REQUEST_MAKE)
def new() -> ResponseReturnValue:
    """Ask for something: `q` is what was looked for, `deal` the deal that waits."""
    form = AskForm()
    if not form.is_submitted():
        form.title.data = form.query.data = request.args.get("q", "").strip()[:200]
        form.deal.data = request.args.get("deal", "")
    chosen = _deal(form.deal.data)
    if form.validate_on_submit():
        try:
            made = operations.ask(
                form.title.data,
                by=actor(),
                at=now(),
                detail=form.detail.data or "",
                query=form.query.data or "",
                deal=chosen,
            )
        except Invalid as error:
            tell(form, error)
        else:
            db.session.commit()
            flash(_("Asked for. You are told when somebody takes it on."))
            return redirect(request_address(made), 303)
    page = render_template(
        "requests/new.html",
        form=form,
        deal=(chosen.id, chosen.name) if chosen else None,
        alike=queries.alike((form.title.data or "")[:200]),
    )
    return page, 400 if form.is_submitted() else 200


@bp.get("/requests/<int:request_id>")
@requires(Permission.REQUEST_READ)
def detail(request_id: int) -> ResponseReturnValue:
    """One request: what is missing, who waits, who makes it and by when."""
    return request_page(queries.get(request_id))


@bp.post("/requests/<int:request_id>/join")
@requires(Permission.REQUEST_MAKE)
def join(request_id: int) -> ResponseReturnValue:
    """Wait for it, too, perhaps for a `deal`."""
    found = queries.get(request_id)
    operations.join(found, by=actor(), at=now(), deal=_deal(request.form.get("deal", "")))
    db.session.commit()
    undo = url_for("requests.leave", request_id=found.id)
    flash(cast(Any, {"text": _("You wait for it, too."), "undo": undo}))
    return redirect(request_address(found), 303)


@bp.post("/requests/<int:request_id>/leave")
@requires(Permission.REQUEST_MAKE)
def leave(request_id: int) -> ResponseReturnValue:
    """Wait for it no longer."""
    found = queries.get(request_id)
    operations.leave(found, by=actor())
    db.session.commit()
    return redirect(request_address(found), 303)


@bp.post("/requests/<int:request_id>/take-on")
@requires(Permission.REQUEST_ANSWER)
def take_on(request_id: int) -> ResponseReturnValue:
    """Have `maker` make it by `due_on`."""
    found, form = queries.get(request_id), TakeOnForm()
    form.offer(queries.makers())
    if form.validate():
        try:
            maker = accounts.get_person(form.maker.data)
            operations.take_on(found, maker=maker, due_on=form.due_on.data, by=actor(), at=now())
        except Invalid as error:
            tell(form, error)
        else:
            db.session.commit()
            return redirect(request_address(found), 303)
    return request_page(found, take_on=form), 400


@bp.post("/requests/<int:request_id>/answer")
@requires(Permission.REQUEST_ANSWER)
def answer(request_id: int) -> ResponseReturnValue:
    """This `asset` is what was asked for."""
    found, form = queries.get(request_id), AnswerForm()
    try:
        given = str(form.asset.data or "")
        if not is_id(given):
            sentence = _("Choose an asset from the list.")
            raise Invalid(sentence, fields={"asset": sentence})
        asset = assets.get_visible(actor(), int(given))
        told = operations.answer(found, asset, by=actor(), at=now())
    except Invalid as error:
        tell(form, error)
        return request_page(found, answer=form), 400
    db.session.commit()
    flash(ngettext("%(num)s person is told.", "%(num)s people are told.", told))
    return redirect(request_address(found), 303)


@bp.post("/requests/<int:request_id>/decline")
@requires(Permission.REQUEST_ANSWER)
def decline(request_id: int) -> ResponseReturnValue:
    """It will not be made; `reason` says why."""
    found, form = queries.get(request_id), DeclineForm()
    if not form.validate():
        return request_page(found, decline=form), 400
    operations.decline(found, reason=form.reason.data, by=actor(), at=now())
    db.session.commit()
    undo = url_for("requests.reopen", request_id=found.id)
    flash(cast(Any, {"text": _("Declined. Those who wait are told why."), "undo": undo}))
    return redirect(request_address(found), 303)


@bp.post("/requests/<int:request_id>/reopen")
@requires(Permission.REQUEST_ANSWER)
def reopen(request_id: int) -> ResponseReturnValue:
    """Put it back among those that nobody makes yet."""
    found = queries.get(request_id)
    operations.reopen(found, by=actor(), at=now())
    db.session.commit()
    return redirect(request_address(found), 303)


@bp.get("/feedback")
@requires(Permission.ASSET_READ)
def feedback() -> ResponseReturnValue:
    """Flagged and low-rated assets that the person may edit: `list` is flagged or low."""
    person, low = actor(), request.args.get("list") == "low"
    shown = min(max(request.args.get("show", queries.PAGE, type=int), queries.PAGE), MOST)
    waiting = queries_feedback.waiting(person)
    rows = (queries_feedback.low_rated if low else queries_feedback.flagged)(person, shown)
    total = waiting.low if low else waiting.flags
    return render_template(
        "requests/feedback.html",
        low=low,
        rows=rows,
        waiting=waiting,
        total=total,
        reasons=FLAG_REASONS,
        resolve=ResolveForm(formdata=None),
        more_url=url_for(
            "requests.feedback", list="low" if low else None, show=shown + queries.PAGE
        )
        if len(rows) < min(total, MOST)
        else None,
    )


def request_page(
    found: Request,
    *,
    take_on: TakeOnForm | None = None,
    answer: AnswerForm | None = None,
    decline: DeclineForm | None = None,
    step: StepForm | None = None,
) -> str:
    """The page of one request, with the form that was refused, if one was."""
    person, today = actor(), reader_today()
    makers = queries.makers()
    if take_on is None:
        # Of a form that was sent for another step, nothing is taken over.
        take_on = TakeOnForm(formdata=None, maker=found.maker_id or person.id, due_on=found.due_on)
        take_on.offer(makers)
    steps = queries_steps.of_request(found)
    forms = {
        each.number: StepForm.of(each, makers)
        for each in steps
        if each.done_at is None and each.kind is not StepKind.PUBLICATION
    }
    if step is not None:
        forms[step.number] = step
    waiting = queries.waiting(found, person)
    return render_template(
        "requests/detail.html",
        asked=found,
        waiting=waiting,
        mine=any(each.person.id == person.id for each in waiting),
        asset=queries.answering(found, person),
        overdue=is_overdue(found.state, found.due_on, today),
        may={step.value: may(step, found.state) for step in Step},
        steps=steps,
        step_names=STEP_NAMES,
        current=current(steps),
        step_forms=forms,
        refused_step=step.number if step else None,
        take_on=take_on,
        answer=answer or AnswerForm(formdata=None),
        decline=decline or DeclineForm(formdata=None),
        today=today,
    )


def reader_today() -> date:
    return now().astimezone(reader_zone()).date()


def _deal(given: str | None) -> Deal | None:
    """The deal of that id, None for none. Raises NotFound where she may not see it."""
    return deals.get_visible(actor(), int(given)) if given and is_id(given) else None


def request_address(found: Request) -> str:
    return url_for("requests.detail", request_id=found.id)

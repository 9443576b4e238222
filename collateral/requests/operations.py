"""What is done with requests. Nothing here commits; whoever waits is told."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import delete, select

from collateral.accounts.models import Person, PersonRole, Role
from collateral.accounts.permissions import Permission, can, require
from collateral.assets.models import Asset, Status
from collateral.db import db, upsert
from collateral.deals.models import Deal
from collateral.errors import Invalid, WrongState
from collateral.notify.announcing import announce
from collateral.notify.kinds import Facts, Kind
from collateral.notify.operations import tell
from collateral.requests import notices, steps
from collateral.requests.models import Request, RequestState, RequestWaiting
from collateral.requests.rules import LONGEST_TEXT, LONGEST_TITLE, Step, may


def ask(
    title: str,
    *,
    by: Person,
    at: datetime,
    detail: str = "",
    query: str = "",
    deal: Deal | None = None,
) -> Request:
    """Ask for what is missing; who asks also waits for it. Marketing is told.

    Raises Invalid without a title or where a text is too long.
    """
    title = " ".join(title.split())
    if not title:
        raise Invalid(_("Say what is missing."), fields={"title": _("Say what is missing.")})
    if len(title) > LONGEST_TITLE:
        sentence = _("A title has at most %(num)s characters.", num=LONGEST_TITLE)
        raise Invalid(sentence, fields={"title": sentence})
    request = Request(
        title=title,
        detail=_text(detail, "detail"),
        query=" ".join(query.split())[:250],
        state=RequestState.OPEN,
        by_id=by.id,
        at=at,
        changed_at=at,
    )
    db.session.add(request)
    db.session.flush()  # its id is needed
    join(request, by=by, at=at, deal=deal)
    marketers = db.session.scalars(
        select(PersonRole.person_id).where(PersonRole.role == Role.MARKETER)
    )
    facts: Facts = {"request": request.id, "title": request.title, "name": by.name}
    tell(set(marketers) - {by.id}, notices.ASKED, facts, at)
    announce(notices.REQUESTED, {"request": request.id, "title": request.title}, at)
    return request


def join(request: Request, *, by: Person, at: datetime, deal: Deal | None = None) -> None:
    """Wait for it, too; once more with a deal names or changes the deal. Raises WrongState."""
    _step(request, Step.JOIN)
    row = {"request_id": request.id, "person_id": by.id, "deal_id": deal and deal.id, "at": at}
    insert = upsert(RequestWaiting).values(row)
    keys = ["request_id", "person_id"]
    db.session.execute(
        insert.on_conflict_do_update(index_elements=keys, set_={"deal_id": row["deal_id"]})
        if deal
        else insert.on_conflict_do_nothing(index_elements=keys)
    )
    db.session.expire(request, ["waiting"])


def leave(request: Request, *, by: Person) -> None:
    """Wait for it no longer."""
    db.session.execute(
        delete(RequestWaiting).where(
            RequestWaiting.request_id == request.id, RequestWaiting.person_id == by.id
        )
    )
    db.session.expire(request, ["waiting"])


def take_on(request: Request, *, maker: Person, due_on: date, by: Person, at: datetime) -> None:
    """Have `maker` make it by that day; also to change either. All who wait are told. With it
    its steps begin, or what is left of them follows the change.

    Raises Invalid for a day that is past where `by` is or a maker who cannot publish, WrongState.
    """
    require(by, Permission.REQUEST_ANSWER, request)
    _step(request, Step.TAKE_ON)
    today = at.astimezone(ZoneInfo(by.time_zone)).date()
    if due_on < today:
        raise Invalid(_("That day has passed."), fields={"due_on": _("That day has passed.")})
    if not can(maker, Permission.ASSET_CREATE):
        sentence = _("%(name)s cannot add assets.", name=maker.name)
        raise Invalid(sentence, fields={"maker": sentence})
    was_on, before = request.state is RequestState.TAKEN_ON, request.maker_id
    request.state, request.maker_id, request.due_on = RequestState.TAKEN_ON, maker.id, due_on
    request.changed_at = at
    if was_on:
        steps.follow(request, before=before, on=today, at=at)
    else:
        steps.begin(request, on=today, at=at)
    facts = {"name": maker.name, "due_on": due_on.isoformat()}
    _tell_waiting(request, notices.TAKEN_ON, by=by, at=at, besides={maker.id}, **facts)
    if maker.id != by.id:
        told: Facts = {
            "request": request.id,
            "title": request.title,
            "due_on": due_on.isoformat(),
        }
        tell([maker.id], notices.ASSIGNED, told, at)


def answer(request: Request, asset: Asset, *, by: Person, at: datetime) -> int:
    """This asset is what was asked for. All who wait are told; how many.

    Raises Invalid for an asset that is not published, WrongState.
    """
    require(by, Permission.REQUEST_ANSWER, request)
    _step(request, Step.ANSWER)
    if asset.status is not Status.PUBLISHED:
        sentence = _("Choose a published asset; others cannot be used.")
        raise Invalid(sentence, fields={"asset": sentence})
    steps.close(request, by=by, at=at)
    request.state, request.asset_id, request.changed_at = RequestState.MADE, asset.id, at
    return _tell_waiting(request, notices.MADE, by=by, at=at)


def decline(request: Request, *, reason: str, by: Person, at: datetime) -> None:
    """It will not be made, and why. All who wait are told. Raises Invalid, WrongState."""
    require(by, Permission.REQUEST_ANSWER, request)
    _step(request, Step.DECLINE)
    reason = _text(reason, "reason")
    if not reason:
        raise Invalid(_("Say why."), fields={"reason": _("Say why.")})
    request.state, request.reason, request.changed_at = RequestState.DECLINED, reason, at
    _tell_waiting(request, notices.DECLINED, by=by, at=at)


def reopen(request: Request, *, by: Person, at: datetime) -> None:
    """Put it back among those that nobody makes yet. Raises WrongState."""
    require(by, Permission.REQUEST_ANSWER, request)
    _step(request, Step.REOPEN)
    request.state, request.changed_at = RequestState.OPEN, at
    request.maker_id = request.due_on = request.asset_id = None
    request.reason = ""


def _step(request: Request, step: Step) -> None:
    """Hold the request where it takes this step from its state. Raises WrongState."""
    steps.lock(request)
    if not may(step, request.state):
        raise WrongState(_("Somebody else was quicker; this request is now in another state."))


def _text(text: str, field: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        sentence = _("Say it in at most %(num)s characters.", num=LONGEST_TEXT)
        raise Invalid(sentence, fields={field: sentence})
    return text


def _tell_waiting(
    request: Request,
    kind: Kind,
    *,
    by: Person,
    at: datetime,
    besides: set[int] | None = None,
    **facts: str,
) -> int:
    """Tell all who wait, but for whoever did it and those who hear of it otherwise; how many."""
    waiting = db.session.scalars(
        select(RequestWaiting.person_id).where(RequestWaiting.request_id == request.id)
    )
    others = set(waiting) - {by.id} - (besides or set())
    told: Facts = {"request": request.id, "title": request.title, **facts}
    tell(others, kind, told, at)
    return len(others)

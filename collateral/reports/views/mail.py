"""Saved views, and reports by mail: to whom they go, and the address in each mail to end it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, public, requires, token_only
from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission
from collateral.assets import queries as assets
from collateral.clock import now
from collateral.db import db, is_id
from collateral.errors import Invalid, NotFound
from collateral.reports import asking, mailing, presenting, readers, schedules
from collateral.reports.card_sheets import SCORECARD
from collateral.reports.forms import ScheduleForm
from collateral.reports.models import Rhythm
from collateral.reports.sheets import REPORTS
from collateral.reports.views import bp
from collateral.reports.views.frame import asked
from collateral.usage.counting import zone
from collateral.usage.rules import counting_day

MOST_SENT = 200
"""Of the people that a form names so many are looked at; fewer may be chosen."""


@bp.post("/reports/views")
@requires(Permission.REPORT_READ)
def save_view() -> ResponseReturnValue:
    """Keep the report with its filters under `name`."""
    report = request.form.get("report", "")
    schedules.save_view(actor(), request.form.get("name", ""), report, _filters())
    db.session.commit()
    flash(_("Saved."))
    filters: dict[str, Any] = dict(_filters())
    return redirect(url_for(f"reports.{report}_page", **filters), 303)


@bp.post("/reports/views/<int:view_id>/forget")
@requires(Permission.REPORT_READ)
def forget_view(view_id: int) -> ResponseReturnValue:
    """Remove a saved view."""
    schedules.forget_view(actor(), view_id)
    db.session.commit()
    flash(_("Removed."))
    return redirect(url_for("reports.mails"), 303)


def _filters() -> dict[str, str]:
    """The filters of the form, as `asking` reads them."""
    return asking.read(request.form, counting_day(now(), zone())).address()


@bp.get("/reports/mails")
@requires(Permission.REPORT_READ)
def mails() -> ResponseReturnValue:
    """The reports that she has sent or gets, and her saved views."""
    person = actor()
    found = schedules.of(person)
    return render_template(
        "reports/mails.html",
        tabs=presenting.tabs(""),
        schedules=found,
        titles=schedules.titles(person, found),
        saved=schedules.views_of(person),
        names=mailing.names(),
        weekdays=mailing.weekdays(),
        person=person,
    )


@bp.route("/reports/<name>/mail", methods=["GET", "POST"])
@requires(Permission.REPORT_READ)
def schedule(name: str) -> ResponseReturnValue:
    """Send this report with its filters to chosen people from now on."""
    if name not in REPORTS:
        raise NotFound(_("There is no such report."))
    return _schedule(name, {}, mailing.names()[name])


@bp.route("/reports/assets/<int:asset_id>/mail", methods=["GET", "POST"])
@requires(Permission.REPORT_READ)
def schedule_card(asset_id: int) -> ResponseReturnValue:
    """The same for the scorecard of an asset."""
    asset = assets.get_visible(actor(), asset_id)
    title = f"{mailing.names()[SCORECARD]}: {asset.title}"
    return _schedule(SCORECARD, {"asset": str(asset.id)}, title)


@bp.get("/reports/readers")
@requires(Permission.REPORT_READ)
def find_readers() -> ResponseReturnValue:
    """People with the words of `q` whom she may have a report sent."""
    found = readers.find(actor(), request.args.get("q", "")[:200])
    items = [{"value": each.id, "title": each.name, "hint": each.email} for each in found]
    return {"groups": [{"label": "", "items": items}] if items else []}


@dataclass(frozen=True)
class _Readers:
    """Who is chosen, in the form; `offered` are those that may be meant by what was typed, and
    `error` says so."""

    ids: list[int]
    offered: Sequence[Person] = ()
    error: str = ""


def _readers() -> _Readers:
    """The chosen people, with the one that was added or without the one that was taken out.

    Without scripts she is named by what was typed.
    """
    given = request.form
    texts = [*given.getlist("readers")[:MOST_SENT], given.get("with", ""), given.get("reader", "")]
    gone = given.get("without", "")
    ids = list(dict.fromkeys(int(text) for text in texts if is_id(text) and text != gone))
    typed = given.get("reader_text", "").strip()[:200]
    if not typed or is_id(given.get("reader", "")) or "with" in given:
        return _Readers(ids)
    found = readers.named(actor(), typed)
    if len(found) == 1:
        return _Readers(list(dict.fromkeys([*ids, found[0].id])))
    if not found:
        return _Readers(
            ids, error=_("Nobody whom you may choose is called “%(name)s”.", name=typed)
        )
    return _Readers(ids, found, _("“%(name)s” may be one of these.", name=typed))


def _schedule(name: str, more: dict[str, str], title: str) -> ResponseReturnValue:
    person, wanted = actor(), asked()
    form = ScheduleForm()
    form.offer(mailing.weekdays())
    chosen = _readers() if form.is_submitted() else _Readers([person.id])
    choosing = any(step in request.form for step in ("step", "with", "without"))
    error = ""
    if not choosing and not chosen.error and form.validate_on_submit():
        try:
            schedules.make(
                person, name, wanted.address() | more, readers=chosen.ids,
                rhythm=Rhythm(form.rhythm.data), weekday=form.weekday.data, hour=form.hour.data,
                at=now(),
            )  # fmt: skip
        except Invalid as invalid:
            error = invalid.sentence
        else:
            db.session.commit()
            flash(_("The report goes out from now on."))
            return redirect(url_for("reports.mails"), 303)
    page = render_template(
        "reports/mail.html",
        tabs=presenting.tabs("assets" if more else name),
        title=title,
        name=name,
        wanted=wanted,
        kept=presenting.kept(),
        form=form,
        chosen=readers.choosable(person, chosen.ids),
        offered=chosen.offered,
        typed=request.form.get("reader_text", "") if chosen.error else "",
        reader_error=chosen.error,
        error=error,
    )
    return page, 400 if error or chosen.error or form.errors else 200


@bp.post("/reports/mails/<int:schedule_id>/end")
@requires(Permission.REPORT_READ)
def end(schedule_id: int) -> ResponseReturnValue:
    """Its maker ends it for all, a reader for herself."""
    schedules.end(schedule_id, actor(), now())
    db.session.commit()
    flash(_("This report goes out no more."))
    return redirect(url_for("reports.mails"), 303)


@bp.get("/reports/mail/<token>")
@public
def end_mail(token: str) -> ResponseReturnValue:
    """For who holds the address from her mail: the button that ends it. Changes nothing itself,
    for scanners open links."""
    schedules.of_token(token, current_app.extensions["settings"].secret_key)
    return render_template("reports/mail_end.html", token=token, done=False)


@bp.post("/reports/mail/<token>")
@token_only
def end_mail_now(token: str) -> ResponseReturnValue:
    """End this mail, hers alone.

    A mail program sends this by itself (RFC 8058), without a cookie or a page of ours: the
    signed address is what allows it.
    """
    secret = current_app.extensions["settings"].secret_key
    try:
        schedule_id, person_id = schedules.of_token(token, secret)
    except NotFound:
        abort(401)
    schedules.stop(schedule_id, person_id, now())
    db.session.commit()
    return render_template("reports/mail_end.html", token=token, done=True)

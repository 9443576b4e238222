"""The inbox, what comes into it and by mail, and the address in each mail to choose that."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, public, requires
from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.clock import now
from collateral.db import db, is_id
from collateral.notify import operations, queries
from collateral.notify.forms import WishesForm
from collateral.notify.models import Rhythm
from collateral.notify.unsubscribing import person_of
from collateral.notify.views import bp

STEP, MOST = 50, 500


@bp.get("/inbox")
@requires(Permission.PROFILE)
def inbox() -> ResponseReturnValue:
    """What the person was told, the latest first; for marketing, what asks for a decision.

    `only` is `unread`; `show` says how many.
    """
    person = actor()
    unread = request.args.get("only") == "unread"
    shown = min(max(request.args.get("show", STEP, type=int), STEP), MOST)
    found = queries.inbox(person, unread=unread, limit=shown)
    if found.hidden:
        # What she may no longer see does not stay in the count either.
        operations.mark_read(person, now(), found.hidden)
        db.session.commit()
    return render_template(
        "notify/inbox.html",
        told=found.told,
        total=found.total,
        unread=unread,
        waiting=_waiting(person),
        more_url=url_for("notify.inbox", only="unread" if unread else None, show=shown + STEP)
        if len(found.told) < found.total and shown < MOST
        else None,
        step=STEP,
    )


def _waiting(person: Person) -> Any:
    from collateral.home.marketer import own_waiting, waiting
    from collateral.templating import reader_zone

    today = now().astimezone(reader_zone()).date()
    if not can(person, Permission.ASSET_CREATE):
        return own_waiting(person, today) or None
    return waiting(person, today)


@bp.get("/inbox/<int:notice_id>")
@requires(Permission.PROFILE)
def follow(notice_id: int) -> ResponseReturnValue:
    """Go to what a notice is about; she has read it then."""
    person = actor()
    told = queries.get_told(person, notice_id)
    operations.mark_read(person, now(), [notice_id])
    db.session.commit()
    return redirect(told.address, 303)


@bp.post("/inbox/read")
@requires(Permission.PROFILE)
def read() -> ResponseReturnValue:
    """She has read `notice`, repeated, or everything."""
    chosen = _notices()
    count = operations.mark_read(actor(), now(), chosen or None)
    db.session.commit()
    if not chosen and count:
        flash(_("All are marked as read."))
    return redirect(_back(), 303)


@bp.post("/inbox/unread")
@requires(Permission.PROFILE)
def unread() -> ResponseReturnValue:
    """She has not read `notice` after all."""
    operations.mark_unread(actor(), _notices())
    db.session.commit()
    return redirect(_back(), 303)


def _notices() -> list[int]:
    return [int(text) for text in request.form.getlist("notice")[:MOST] if is_id(text)]


def _back() -> str:
    only = "unread" if request.form.get("only") == "unread" else None
    return url_for("notify.inbox", only=only)


@bp.route("/inbox/settings", methods=["GET", "POST"])
@requires(Permission.PROFILE)
def settings() -> ResponseReturnValue:
    """Which kinds come into the inbox and by mail, and when the mail comes."""
    person, at = actor(), now()
    form = WishesForm(obj=queries.rhythm_of(person))
    if form.validate_on_submit():
        operations.choose(
            person,
            inbox=set(request.form.getlist("inbox")),
            mail=set(request.form.getlist("mail")),
            at=at,
        )
        operations.set_rhythm(person, Rhythm(form.rhythm.data), form.hour.data, at=at)
        db.session.commit()
        flash(_("Saved."))
        return redirect(url_for("notify.settings"), 303)
    return _settings_page("notify/settings.html", person, form)


@bp.route("/notices/<token>", methods=["GET", "POST"])
@public
def mail_alone(token: str) -> ResponseReturnValue:
    """The same for mail alone, for who holds the address from her mail. `none` ends all mail."""
    person, at = person_of(token, current_app.extensions["settings"].secret_key), now()
    form = WishesForm(obj=queries.rhythm_of(person))
    if request.method == "POST" and (request.form.get("none") or form.validate()):
        if request.form.get("none"):
            operations.set_rhythm(person, Rhythm.NEVER, queries.rhythm_of(person).hour, at=at)
        else:
            operations.choose_mail(person, set(request.form.getlist("mail")), at=at)
            operations.set_rhythm(person, Rhythm(form.rhythm.data), form.hour.data, at=at)
        db.session.commit()
        flash(_("Saved."))
        return redirect(url_for("notify.mail_alone", token=token), 303)
    return _settings_page("notify/mail_alone.html", person, form)


def _settings_page(template: str, person: Person, form: WishesForm) -> ResponseReturnValue:
    if not form.is_submitted():
        row = queries.rhythm_of(person)
        form.rhythm.data, form.hour.data = row.rhythm.value, row.hour
    page = render_template(
        template,
        form=form,
        wishes=queries.wishes(person),
        zone=person.time_zone.replace("_", " "),
        none=form.rhythm.data == Rhythm.NEVER.value,
    )
    return page, 400 if form.errors else 200

"""The first start: the address that the server printed makes the first admin."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from collateral.accounts import one_time, operations, setup_token
from collateral.accounts.forms import SetupForm, tell
from collateral.accounts.guard import public
from collateral.accounts.models import Role, TokenPurpose
from collateral.accounts.views import bp
from collateral.accounts.views.browser import enter, unkept
from collateral.accounts.views.links import gone
from collateral.assets import starter
from collateral.clock import now
from collateral.db import db
from collateral.demo import runs
from collateral.demo.jobs import carry_out
from collateral.demo.models import Act
from collateral.errors import Conflict, Invalid, NotFound
from collateral.queue import after_commit


@bp.get("/setup")
@public
def setup() -> ResponseReturnValue:
    if not setup_token.needed():
        return redirect(url_for("accounts.sign_in"))
    return render_template("accounts/setup_needed.html")


@bp.route("/setup/<token>", methods=["GET", "POST"])
@public
def set_up(token: str) -> ResponseReturnValue:
    if not setup_token.needed():
        return gone()
    try:
        row = one_time.find(TokenPurpose.SETUP, token, at=now())
    except NotFound:
        return gone()
    form = SetupForm()
    if form.validate_on_submit():
        try:
            one_time.use(row, at=now())
            person = operations.add_person(
                form.email.data,
                form.name.data,
                [Role.ADMIN],
                by=None,
                password=form.password.data,
                # The language of this page, which her browser asked for, is hers from now on.
                locale=str(get_locale() or "en"),
            )
            if form.words.data:
                starter.add(by=person)
            if form.sample.data:
                after_commit(carry_out, runs.begin(Act.LOAD, at=now()).id)
            flash(_("The library is set up, and you are its admin."))
            return enter(person, how="set-up")
        except NotFound:
            db.session.rollback()
            return gone()
        except (Invalid, Conflict) as error:
            db.session.rollback()  # the link still works
            tell(form, error)
    page = render_template("accounts/setup.html", form=form)
    return unkept(page, 400 if request.method == "POST" else 200)

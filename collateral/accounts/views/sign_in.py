"""Signing in and out, and asking for a new password."""

from __future__ import annotations

import logging

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from collateral.accounts import operations, sessions, setup_token, throttle
from collateral.accounts.forms import ForgotForm, SignInForm
from collateral.accounts.guard import public
from collateral.accounts.jobs import send_reset
from collateral.accounts.rules import network_of, safe_next
from collateral.accounts.throttle import Attempted
from collateral.accounts.views import bp
from collateral.accounts.views.browser import HOME, enter, known_device
from collateral.clock import now
from collateral.db import db
from collateral.errors import TooMany
from collateral.queue import after_commit

log = logging.getLogger(__name__)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    form = SignInForm(next=request.args.get("next", ""))
    if request.method != "POST":
        if current_user.is_authenticated:
            return redirect(safe_next(form.next.data) or HOME)
        if setup_token.needed():
            return redirect(url_for("accounts.setup"))
    if not form.validate_on_submit():
        return page(form, 400 if request.method == "POST" else 200)
    try:
        attempt = throttle.begin(
            Attempted.SIGN_IN,
            form.email.data,
            address=request.remote_addr,
            device=known_device(form.email.data),
            secret=current_app.extensions["settings"].secret_key,
            at=now(),
        )
    except TooMany as error:
        db.session.rollback()
        form.form_errors.append(error.sentence)
        return page(form, 429, error.retry_after)
    db.session.commit()
    person = operations.authenticate(form.email.data, form.password.data)
    if person is None:
        log.info("sign_in_refused", extra={"network": network_of(request.remote_addr)})
        form.password.errors = [_("E-mail and password do not match.")]
        return page(form, 400)
    throttle.forgive(attempt)
    return enter(person, how="password", next_page=form.next.data)


def page(form: SignInForm, status: int, retry_after: int | None = None) -> ResponseReturnValue:
    """The page of signing in, with what the form has to say."""
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    provider = current_app.extensions["settings"].identity_provider
    return render_template("accounts/sign_in.html", form=form, provider=provider), status, headers


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    if current_user.is_authenticated:
        sessions.end(current_user)
        db.session.commit()
    return redirect(url_for("accounts.sign_in"), 303)


@bp.route("/forgot", methods=["GET", "POST"])
@public
def forgot() -> ResponseReturnValue:
    form = ForgotForm()
    if not form.validate_on_submit():
        status = 400 if request.method == "POST" else 200
        return render_template("accounts/forgot.html", form=form), status
    throttle.begin(
        Attempted.RESET,
        form.email.data,
        address=request.remote_addr,
        device=None,
        secret=current_app.extensions["settings"].secret_key,
        at=now(),
    )
    # Whether there is such an account is found out later, where nobody can measure it.
    after_commit(send_reset, form.email.data)
    db.session.commit()
    return render_template("accounts/forgot_sent.html", email=form.email.data)

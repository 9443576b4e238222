"""Links that work once: a new password, a first sign-in. Opening one only shows a form."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from collateral.accounts import one_time, operations
from collateral.accounts.forms import NewPasswordForm, SignInByLinkForm, tell
from collateral.accounts.guard import public
from collateral.accounts.models import TokenPurpose
from collateral.accounts.views import bp
from collateral.accounts.views.browser import enter, unkept
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid, NotFound


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> ResponseReturnValue:
    return _open(TokenPurpose.RESET, token)


@bp.route("/sign-in/link/<token>", methods=["GET", "POST"])
@public
def sign_in_link(token: str) -> ResponseReturnValue:
    return _open(TokenPurpose.SIGN_IN, token)


def _open(purpose: TokenPurpose, token: str) -> ResponseReturnValue:
    try:
        row = one_time.find(purpose, token, at=now())
        person = one_time.person_of(row)
    except NotFound:
        return gone()
    chooses = purpose is TokenPurpose.RESET or person.password_hash is None
    form = NewPasswordForm() if chooses else SignInByLinkForm()
    if form.validate_on_submit():
        try:
            one_time.use(row, at=now())
            if isinstance(form, NewPasswordForm):
                operations.set_password(person, form.password.data, by=person)
            return enter(person, how="link")
        except NotFound:
            db.session.rollback()
            return gone()
        except Invalid as error:
            db.session.rollback()  # the link still works
            tell(form, error)
    page = render_template(
        "accounts/link.html", form=form, name=person.name, email=person.email, purpose=purpose.value
    )
    return unkept(page, 400 if request.method == "POST" else 200)


def gone() -> ResponseReturnValue:
    """The same page whether it was used, has expired, or never was one."""
    return unkept(render_template("accounts/link_gone.html"), 404)

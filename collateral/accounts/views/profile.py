"""What a person decides for herself: name, time zone, password, tokens, where she is signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from collateral.accounts import operations, queries, sessions, single_sign_on, throttle, tokens
from collateral.accounts.forms import PasswordForm, ProfileForm, ThemeForm, TokenForm, tell
from collateral.accounts.guard import actor, requires
from collateral.accounts.models import Role
from collateral.accounts.permissions import Permission
from collateral.accounts.rules import browser_of, safe_next
from collateral.accounts.throttle import Attempted
from collateral.accounts.tokens import Scope
from collateral.accounts.views import bp
from collateral.accounts.views.browser import known_device, unkept
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid


@bp.route("/profile", methods=["GET", "POST"])
@requires(Permission.PROFILE)
def profile() -> ResponseReturnValue:
    form = ProfileForm(obj=actor())
    if form.validate_on_submit():
        try:
            operations.change_profile(
                actor(),
                name=form.name.data,
                time_zone=form.time_zone.data,
                locale=form.locale.data,
                theme=form.theme.data,
            )
        except Invalid as error:
            tell(form, error)
            return _page(400, profile=form)
        db.session.commit()
        flash(_("Saved."))
        return redirect(url_for("accounts.profile"), 303)
    return _page(400 if request.method == "POST" else 200, profile=form)


@bp.post("/profile/theme")
@requires(Permission.PROFILE)
def theme() -> ResponseReturnValue:
    form = ThemeForm()
    if not form.validate():
        raise Invalid(_("A theme is system, light or dark."))
    operations.change_theme(actor(), form.theme.data)
    db.session.commit()
    accepted = request.accept_mimetypes.best_match(("text/html", "application/json"), "text/html")
    if accepted == "application/json":
        return "", 204
    return redirect(_page_before(), 303)


@bp.post("/profile/password")
@requires(Permission.PROFILE)
def password() -> ResponseReturnValue:
    form, person = PasswordForm(), actor()
    if not form.validate():
        return _page(400, password=form)
    attempt = throttle.begin(
        Attempted.PASSWORD,
        person.email,
        address=request.remote_addr,
        device=known_device(person.email),
        secret=current_app.extensions["settings"].secret_key,
        at=now(),
    )
    db.session.commit()
    if operations.authenticate(person.email, form.current.data) is None:
        form.current.errors = [_("This is not your present password.")]
        return _page(400, password=form)
    throttle.forgive(attempt)
    db.session.commit()
    try:
        operations.set_password(person, form.password.data, by=person)
    except Invalid as error:
        db.session.rollback()
        tell(form, error)
        return _page(400, password=form)
    sessions.start(person, request.user_agent.string)
    db.session.commit()
    flash(_("Your password is changed. You are signed out everywhere else."))
    return redirect(url_for("accounts.profile"), 303)


@bp.post("/profile/tokens")
@requires(Permission.PROFILE)
def create_token() -> ResponseReturnValue:
    form = _for_person(TokenForm())
    if not form.validate():
        return _page(400, token=form)
    try:
        _row, text = tokens.create(
            actor(),
            form.name.data,
            form.scopes.data,
            by=actor(),
            at=now(),
            lifetime=timedelta(days=int(form.days.data)),
        )
    except Invalid as error:
        tell(form, error)
        return _page(400, token=form)
    db.session.commit()
    # Shown in the answer itself: nothing that leads on could carry it without keeping it.
    return _page(200, new_token=text)


@bp.post("/profile/tokens/<int:token_id>/revoke")
@requires(Permission.PROFILE)
def revoke_token(token_id: int) -> ResponseReturnValue:
    tokens.revoke(tokens.get_own(actor(), token_id), by=actor(), at=now())
    db.session.commit()
    flash(_("The token is revoked."))
    return redirect(url_for("accounts.profile") + "#tokens", 303)


@bp.post("/profile/sessions/<int:session_id>/end")
@requires(Permission.PROFILE)
def end_session(session_id: int) -> ResponseReturnValue:
    sessions.end_one(actor(), session_id)
    db.session.commit()
    flash(_("That browser is signed out."))
    return redirect(url_for("accounts.profile") + "#browsers", 303)


def _page(status: int, new_token: str | None = None, **forms: Any) -> Response:
    person = actor()
    page = render_template(
        "accounts/profile.html",
        profile_form=forms.get("profile") or ProfileForm(formdata=None, obj=person),
        password_form=forms.get("password") or PasswordForm(formdata=None),
        token_form=forms.get("token") or _for_person(TokenForm(formdata=None)),
        tokens=queries.tokens_of(person),
        browsers=sessions.live(person, now()),
        identities=single_sign_on.of(person),
        this_browser=current_user.row_id,
        browser_of=browser_of,
        new_token=new_token,
    )
    return unkept(page, status)


def _for_person(form: TokenForm) -> TokenForm:
    if Role.ADMIN not in actor().roles:
        form.scopes.choices = [one for one in form.scopes.choices if one.value != Scope.ADMIN]
    return form


def _page_before() -> str:
    """The path of the page that this came from."""
    referrer = request.referrer or ""
    path = referrer.removeprefix(request.host_url.rstrip("/"))
    return safe_next(path) or url_for("accounts.profile")

"""What people fill in: one class an action. Rules that need data stay in operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    PasswordField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from collateral.accounts.models import Role
from collateral.accounts.passwords import MAX_LENGTH, MIN_LENGTH
from collateral.accounts.tokens import Scope
from collateral.errors import CollateralError

ROLE_NAMES = {
    Role.REP.value: _l("Rep"),
    Role.MARKETER.value: _l("Marketer"),
    Role.MANAGER.value: _l("Manager"),
    Role.ADMIN.value: _l("Admin"),
}
LANGUAGE_NAMES = {"en": "English", "de": "Deutsch"}
THEME_NAMES = {"system": _l("As the system"), "light": _l("Light"), "dark": _l("Dark")}
SCOPE_NAMES = {
    Scope.READ.value: _l("Read"),
    Scope.WRITE.value: _l("Write"),
    Scope.ADMIN.value: _l("Administer"),
}
DAYS = {"30": _l("30 days"), "90": _l("90 days"), "365": _l("A year")}


def choices_of(names: Mapping[Any, Any]) -> list[SelectChoice]:
    """Choices from what is stored and how people call it."""
    return [SelectChoice(value, name) for value, name in names.items()]


def tell(form: FlaskForm, error: CollateralError) -> None:
    """Put what an operation refused beside the fields that it names."""
    for name, sentence in error.fields.items():
        field = getattr(form, name, None)
        if isinstance(field, Field):
            field.errors = [*field.errors, sentence]
    if not error.fields:
        form.form_errors.append(error.sentence)


def _text(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _email(label: Any) -> StringField:
    return StringField(
        label,
        filters=[_text],
        validators=[InputRequired(_l("An e-mail address is needed.")), Length(max=254)],
        render_kw={
            "type": "email",
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
            "maxlength": 254,
        },
    )


def _name(label: Any, longest: int = 200, *, id: str | None = None, **more: Any) -> StringField:
    return StringField(
        label,
        id=id,
        filters=[_text],
        validators=[InputRequired(_l("A name is needed.")), Length(max=longest)],
        render_kw={"maxlength": longest, **more},
    )


def _new_password(label: Any, *, id: str | None = None) -> PasswordField:
    return PasswordField(
        label,
        id=id,
        description=_l("At least %(count)s characters.", count=MIN_LENGTH),
        validators=[InputRequired(_l("A password is needed."))],
        render_kw={"autocomplete": "new-password", "maxlength": MAX_LENGTH},
    )


def _checkboxes(label: Any, **more: Any) -> SelectMultipleField:
    """Several of a few, each with its box."""
    return SelectMultipleField(
        label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), **more
    )


class SignInForm(FlaskForm):  # type: ignore[misc]
    email = _email(_l("E-mail"))
    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(_l("A password is needed."))],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class SetupForm(FlaskForm):  # type: ignore[misc]
    name = _name(_l("Your name"), autocomplete="name")
    email = _email(_l("E-mail"))
    password = _new_password(_l("Password"))
    words = BooleanField(
        _l("Begin with the usual words"),
        description=_l("Types, stages, industries and others that describe material."),
        default=True,
    )
    sample = BooleanField(
        _l("Add the sample library"),
        description=_l("A made-up company with a year of use. It goes again with one press."),
    )


class ForgotForm(FlaskForm):  # type: ignore[misc]
    email = _email(_l("E-mail"))


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    password = _new_password(_l("New password"))


class SignInByLinkForm(FlaskForm):  # type: ignore[misc]
    """Only the token against forgery: the link says the rest."""


class ProfileForm(FlaskForm):  # type: ignore[misc]
    name = _name(_l("Name"), autocomplete="name")
    time_zone = SelectField(_l("Time zone"))
    locale = SelectField(_l("Language"), choices=choices_of(LANGUAGE_NAMES))
    theme = SelectField(_l("Theme"), choices=choices_of(THEME_NAMES))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.time_zone.choices = choices_of(
            {name: name.replace("_", " ") for name in sorted(available_timezones())}
        )


class ThemeForm(FlaskForm):  # type: ignore[misc]
    theme = SelectField(choices=choices_of(THEME_NAMES))


class PasswordForm(FlaskForm):  # type: ignore[misc]
    current = PasswordField(
        _l("Present password"),
        validators=[InputRequired(_l("Your present password is needed."))],
        render_kw={"autocomplete": "current-password"},
    )
    password = _new_password(_l("New password"), id="new-password")


class TokenForm(FlaskForm):  # type: ignore[misc]
    # Beside the person's own name on one page: a label must lead to its own field.
    name = _name(_l("What it is for"), 100, id="token-name")
    scopes = _checkboxes(
        _l("It may"),
        choices=choices_of(SCOPE_NAMES),
        validators=[InputRequired(_l("Choose at least one."))],
    )
    days = SelectField(_l("It holds for"), choices=choices_of(DAYS), default="90")


class RolesForm(FlaskForm):  # type: ignore[misc]
    roles = _checkboxes(
        _l("Roles"),
        choices=choices_of(ROLE_NAMES),
        validators=[InputRequired(_l("A person needs at least one role."))],
    )


class TeamsForm(FlaskForm):  # type: ignore[misc]
    """`teams` gets its choices from the view."""

    teams = _checkboxes(_l("Teams"), coerce=int)


class InviteForm(FlaskForm):  # type: ignore[misc]
    """`teams` gets its choices from the view."""

    name = _name(_l("Name"), autocomplete="off")
    email = _email(_l("E-mail"))
    roles = _checkboxes(
        _l("Roles"),
        choices=choices_of(ROLE_NAMES),
        default=[Role.REP.value],
        validators=[InputRequired(_l("A person needs at least one role."))],
    )
    teams = _checkboxes(_l("Teams"), coerce=int)


class TeamForm(FlaskForm):  # type: ignore[misc]
    name = _name(_l("Name"), 100, autocomplete="off")
    region = StringField(
        _l("Region"), filters=[_text], validators=[Length(max=100)], render_kw={"maxlength": 100}
    )

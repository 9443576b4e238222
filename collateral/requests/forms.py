"""What the forms of requests carry."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from collateral.accounts.forms import choices_of
from collateral.accounts.models import Person
from collateral.requests.models_steps import ProductionStep
from collateral.requests.notices import FLAG_REASONS
from collateral.requests.rules import LONGEST_SENTENCE, LONGEST_TEXT, LONGEST_TITLE

_TOO_LONG = _("Say it in at most %(num)s characters.", num=LONGEST_TEXT)
_SENTENCE_TOO_LONG = _("Say it in at most %(num)s characters.", num=LONGEST_SENTENCE)


class AskForm(FlaskForm):  # type: ignore[misc]
    """What is missing, and for which deal."""

    title = StringField(
        _("What is missing"),
        description=_("In a line, as you would look for it."),
        validators=[
            DataRequired(_("Say what is missing.")),
            Length(
                max=LONGEST_TITLE,
                message=_("A title has at most %(num)s characters.", num=LONGEST_TITLE),
            ),
        ],
    )
    detail = TextAreaField(
        _("What it must say"),
        description=_("Who it is for, what they asked, what you send them today."),
        validators=[Length(max=LONGEST_TEXT, message=_TOO_LONG)],
    )
    deal = HiddenField()
    query = HiddenField()


class TakeOnForm(FlaskForm):  # type: ignore[misc]
    """Who makes it, and by when."""

    maker = SelectField(_("Who makes it"), coerce=int)
    due_on = DateField(_("By when"), validators=[DataRequired(_("Name the day."))])

    def offer(self, people: list[Person]) -> None:
        self.maker.choices = [(person.id, person.name) for person in people]


class StepForm(FlaskForm):  # type: ignore[misc]
    """Who does a step, and by when. A page has one for each step, so their fields are numbered."""

    assignee = SelectField(_("Who does it"), coerce=int)
    due_on = DateField(_("By when"), validators=[DataRequired(_("Name the day."))])

    def __init__(self, number: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"step-{number}-", **kwargs)
        self.number = number

    @classmethod
    def of(cls, step: ProductionStep, people: list[Person]) -> StepForm:
        """As the step is."""
        form = cls(step.number, formdata=None, assignee=step.assignee_id, due_on=step.due_on)
        form.offer(people)
        return form

    def offer(self, people: list[Person]) -> None:
        self.assignee.choices = [(person.id, person.name) for person in people]


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """The asset that was asked for."""

    asset = HiddenField(validators=[Optional()])


class DeclineForm(FlaskForm):  # type: ignore[misc]
    """Why there will be none."""

    reason = TextAreaField(
        _("Why there will be none"),
        validators=[DataRequired(_("Say why.")), Length(max=LONGEST_TEXT, message=_TOO_LONG)],
    )


class RateForm(FlaskForm):  # type: ignore[misc]
    """One to five stars, and a sentence if she likes."""

    stars = RadioField(
        _("Stars"),
        choices=choices_of({number: str(number) for number in range(1, 6)}),
        coerce=int,
        validators=[InputRequired(_("Choose one to five stars."))],
    )
    sentence = TextAreaField(
        _("In a sentence"),
        validators=[Length(max=LONGEST_SENTENCE, message=_SENTENCE_TOO_LONG)],
    )


class FlagForm(FlaskForm):  # type: ignore[misc]
    """What is wrong with an asset."""

    reason = RadioField(
        _("What is the matter"),
        choices=choices_of({reason.value: _(text) for reason, text in FLAG_REASONS.items()}),
        validators=[InputRequired(_("Say what is the matter."))],
    )
    what = TextAreaField(
        _("Where, and what it should say"),
        validators=[Length(max=LONGEST_SENTENCE, message=_SENTENCE_TOO_LONG)],
    )


class ResolveForm(FlaskForm):  # type: ignore[misc]
    """What became of a flag."""

    state = HiddenField()
    note = TextAreaField(
        _("A note to who flagged it"),
        validators=[Length(max=LONGEST_SENTENCE, message=_SENTENCE_TOO_LONG)],
    )

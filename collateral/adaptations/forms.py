"""What the forms of adaptations carry. Rules that depend on data stay in the operations."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from collateral.adaptations.models import Adaptation


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """What its maker says of an adaptation."""

    title = StringField(_("Title"), validators=[Length(max=300)])
    reasons = SelectMultipleField(
        _("Why"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    hours = IntegerField(_("Hours"), validators=[Optional(), NumberRange(0, 500)])
    minutes = IntegerField(_("Minutes"), validators=[Optional(), NumberRange(0, 59)])
    note = TextAreaField(_("What reviewers should know"), validators=[Length(max=5000)])

    @classmethod
    def of(cls, adaptation: Adaptation, reasons: dict[str, str]) -> ConfirmForm:
        """The form as it stands, with what was said before; from the request where one was sent."""
        known: dict[str, Any] = {
            "title": adaptation.title,
            "reasons": list(adaptation.reasons),
            "note": adaptation.note,
        }
        if adaptation.minutes is not None:
            known["hours"], known["minutes"] = divmod(adaptation.minutes, 60)
        form = cls(data=known)
        form.reasons.choices = list(reasons.items())
        return form

    @property
    def all_minutes(self) -> int | None:
        """How long it took, None where nothing was said."""
        if self.hours.data is None and self.minutes.data is None:
            return None
        return 60 * int(self.hours.data or 0) + int(self.minutes.data or 0)

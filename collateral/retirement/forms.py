"""The form of a retirement."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from collateral.db import is_id
from collateral.errors import Invalid
from collateral.retirement.operations import LONGEST_REASON


class RetireForm(FlaskForm):  # type: ignore[misc]
    """Why, and what to use instead."""

    replacement = HiddenField()
    reason = TextAreaField(
        _("Reason"), validators=[DataRequired(_("Say why.")), Length(max=LONGEST_REASON)]
    )

    @property
    def replacement_id(self) -> int | None:
        """The id of what was chosen, or None. Raises Invalid when it is no number."""
        text = str(self.replacement.data or "").strip()
        if not text:
            return None
        if not is_id(text):
            sentence = _("Choose the replacement from the list.")
            raise Invalid(sentence, fields={"replacement": sentence})
        return int(text)

    def blame(self, error: Invalid) -> None:
        """Put the sentences beside their fields."""
        for name, sentence in error.fields.items():
            if name in self._fields:
                self[name].errors = [*self[name].errors, sentence]

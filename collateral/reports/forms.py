"""What a person fills in to have a report sent."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from collateral.reports.models import Rhythm


class ScheduleForm(FlaskForm):  # type: ignore[misc]
    """How often, on which day, at which hour; the people come as check boxes."""

    rhythm = SelectField(
        _("How often"),
        choices=[
            SelectChoice(Rhythm.WEEKLY.value, _("Every week")),
            SelectChoice(Rhythm.MONTHLY.value, _("On the first of every month")),
        ],
    )
    weekday = SelectField(_("Day of the week"), coerce=int, default=0)
    hour = SelectField(
        _("Hour"),
        coerce=int,
        default=7,
        choices=[SelectChoice(n, f"{n:02d}:00") for n in range(24)],
    )

    def offer(self, weekdays: list[str]) -> None:
        """The names of the days in the reader's language."""
        self.weekday.choices = [SelectChoice(n, name) for n, name in enumerate(weekdays)]

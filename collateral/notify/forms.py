"""The form for when digests come and what they bring."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from collateral.notify.models import Rhythm


class WishesForm(FlaskForm):  # type: ignore[misc]
    """Rhythm and hour; which kinds come is read beside it, from `inbox` and `mail`."""

    rhythm = SelectField(
        _l("A mail with what is new"),
        choices=[
            SelectChoice(Rhythm.HOURLY.value, _l("Every hour in which there is something")),
            SelectChoice(Rhythm.DAILY.value, _l("Once a day")),
            SelectChoice(Rhythm.WEEKLY.value, _l("Once a week, on Monday")),
            SelectChoice(Rhythm.NEVER.value, _l("Never")),
        ],
    )
    hour = SelectField(
        _l("At"), coerce=int, choices=[SelectChoice(hour, f"{hour:02d}:00") for hour in range(24)]
    )

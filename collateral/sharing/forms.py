"""The forms of links and packs. Rules that depend on data stay in the operations."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from collateral.errors import Invalid
from collateral.sharing.operations import Wishes


class _Form(FlaskForm):  # type: ignore[misc]
    def blame(self, error: Invalid) -> None:
        """Put the sentences beside their fields."""
        for name, sentence in error.fields.items():
            if name in self._fields:
                self[name].errors = [*self[name].errors, sentence]
            else:
                self.form_errors.append(sentence)
        if not error.fields:
            self.form_errors.append(error.sentence)


class ShareForm(_Form):
    """For whom a link is, and what it asks of her."""

    recipient = StringField(
        _("For whom"), validators=[DataRequired(_("Say for whom the link is.")), Length(max=200)]
    )
    recipient_email = StringField(_("Recipient's e-mail"), validators=[Length(max=254)])
    expires_on = DateField(_("Works until"), validators=[Optional()])
    passcode = StringField(
        _("Passcode"),
        description=_("At least 6 characters. Tell it by another way than the link."),
        validators=[Length(max=100)],
    )
    email_gate = BooleanField(
        _("Ask for an e-mail address"),
        description=_("The reader proves it with a code that we mail."),
    )
    allowed = TextAreaField(
        _("Only these addresses or domains"),
        description=_("Such as anna@hollis.example or hollis.example, parted by commas."),
        validators=[Length(max=20_000)],
    )
    download = BooleanField(_("May be downloaded"))
    watermark = BooleanField(
        _("Watermark"),
        description=_("Burns the reader's name and the time into every page and file."),
    )

    def wishes(self, zone: ZoneInfo) -> Wishes:
        """What was asked for; a day lasts until its end in the maker's zone."""
        last: date | None = self.expires_on.data
        end = datetime.combine(last + timedelta(days=1), time(), zone) if last else None
        return Wishes(
            recipient=self.recipient.data or "",
            recipient_email=self.recipient_email.data or "",
            expires_at=end,
            passcode=self.passcode.data or "",
            email_gate=self.email_gate.data,
            allowed=self.allowed.data or "",
            download=self.download.data,
            watermark=self.watermark.data,
        )


class SettingsForm(_Form):
    """How links look to buyers, and how long visits are kept."""

    company = StringField(
        _("Company"),
        description=_("Shown to buyers above what they read."),
        validators=[Length(max=100)],
    )
    colour = StringField(
        _("Colour"),
        description=_("Of the company's sign, as #0b6570."),
        validators=[DataRequired()],
    )
    keep_days = IntegerField(
        _("Keep visits for (days)"),
        description=_("Afterwards visits and openings are removed; the sums in reports stay."),
        validators=[DataRequired(), NumberRange(1, 3650)],
    )


class PackForm(_Form):
    """What a pack is called and how it is bound."""

    title = StringField(
        _("Title"), validators=[DataRequired(_("A pack needs a title.")), Length(max=200)]
    )
    cover = BooleanField(_("Cover"))
    contents = BooleanField(_("List of contents"))
    follows = BooleanField(
        _("Follow new versions"),
        description=_("Otherwise it stays as it is today, whatever becomes of its assets."),
    )

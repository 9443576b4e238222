"""What the forms of assets carry. Rules that depend on data stay in the operations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional

from collateral.accounts.models import Team
from collateral.assets.models import Asset, Term, Vocabulary
from collateral.assets.operations import UNSET, Additions, Description
from collateral.errors import Invalid

TERM_FIELDS = [vocabulary for vocabulary in Vocabulary if vocabulary is not Vocabulary.TYPE]


@dataclass(frozen=True)
class UploadFields:
    """What may come beside an uploaded file; all of it may be left out."""

    description: Description
    asset: int | None
    changes: str
    allow_duplicate: bool

    @classmethod
    def parse(cls, form: MultiDict[str, str]) -> UploadFields:
        """Raises Invalid."""
        asset = form.get("asset", "").strip()
        if asset and not asset.isdigit():
            raise Invalid("Which asset?", fields={"asset": "Name the asset by its number."})
        return cls(
            description=description_from(form),
            asset=int(asset) if asset else None,
            changes=form.get("changes", ""),
            allow_duplicate=form.get("duplicate") == "allow",
        )


def description_from(form: MultiDict[str, str]) -> Description:
    """A description of the fields that the form carries and that are not empty."""
    tags = [tag for text in form.getlist("tags") for tag in text.split(",") if tag.strip()]
    given: dict[str, Any] = {
        "title": form.get("title", "").strip() or UNSET,
        "summary": form.get("summary", "").strip() or UNSET,
        "type": form.get("type", "").strip() or UNSET,
        "terms": [term for term in form.getlist("terms") if term] or UNSET,
        "tags": tags or UNSET,
        "owner": form.get("owner", "").strip() or UNSET,
        "cost": form.get("cost", "").strip() or UNSET,
        "currency": form.get("currency", "").strip() or UNSET,
        "teams": [team for team in form.getlist("teams") if team] or UNSET,
        "publish": form.get("publish") in ("1", "true", "on", "y") or UNSET,
    }
    for name in ("review_on", "expires_on"):
        given[name] = _date(name, form.get(name, "")) or UNSET
    return Description(**given)


def _date(name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        sentence = "A date is written as 2026-11-30."
        raise Invalid(sentence, fields={name: sentence}) from error


class EditForm(FlaskForm):  # type: ignore[misc]
    """Everything that describes one asset."""

    edits = HiddenField()
    title = StringField(_("Title"), validators=[DataRequired(), Length(max=300)])
    summary = TextAreaField(
        _("Summary"), description=_("What it is for, and when to use it."), validators=[Optional()]
    )
    type = SelectField(_("Type"), validators=[Optional()])
    product = SelectMultipleField(_("Product"), validators=[Optional()])
    industry = SelectMultipleField(_("Industry"), validators=[Optional()])
    persona = SelectMultipleField(_("Persona"), validators=[Optional()])
    stage = SelectMultipleField(_("Stage"), validators=[Optional()])
    region = SelectMultipleField(_("Region"), validators=[Optional()])
    language = SelectMultipleField(_("Language"), validators=[Optional()])
    tags = StringField(_("Tags"), description=_("Separate them with commas."))
    owner = StringField(_("Owner"), description=_("The person's e-mail address."))
    cost = StringField(_("Production cost"))
    currency = StringField(_("Currency"), validators=[Length(max=3)])
    review_on = DateField(_("Review by"), validators=[Optional()])
    expires_on = DateField(
        _("Expires"),
        description=_("When its content stops being true. Nothing is deleted."),
        validators=[Optional()],
    )
    teams = SelectMultipleField(
        _("Teams"), description=_("None chosen: for everybody."), validators=[Optional()]
    )

    def offer(self, terms: dict[Vocabulary, list[Term]], teams: Sequence[Team]) -> None:
        """Fill the choices."""
        self.type.choices = [("", "")] + [(t.slug, t.label) for t in terms[Vocabulary.TYPE]]
        for vocabulary in TERM_FIELDS:
            field = self[vocabulary.value]
            field.choices = [(term.key, term.label) for term in terms[vocabulary]]
        self.teams.choices = [(str(team.id), team.name) for team in teams]

    def show(self, asset: Asset) -> None:
        """Fill the fields from the asset, where the person has not sent them."""
        if self.is_submitted():
            return
        types = asset.term_of(Vocabulary.TYPE)
        self.edits.data = str(asset.edits)
        self.title.data = asset.title
        self.summary.data = asset.summary
        self.type.data = types[0].slug if types else ""
        for vocabulary in TERM_FIELDS:
            self[vocabulary.value].data = [term.key for term in asset.term_of(vocabulary)]
        self.tags.data = ", ".join(asset.tags)
        self.owner.data = asset.owner.email
        self.cost.data = "" if asset.cost_amount is None else f"{asset.cost_amount:f}"
        self.currency.data = asset.cost_currency or ""
        self.review_on.data = asset.review_on
        self.expires_on.data = asset.expires_on
        self.teams.data = [str(team.id) for team in asset.teams]

    def description(self) -> Description:
        """All of it: what is empty here becomes empty."""
        return Description(
            title=self.title.data or "",
            summary=self.summary.data or "",
            type=self.type.data or None,
            terms=[key for vocabulary in TERM_FIELDS for key in self[vocabulary.value].data or ()],
            tags=(self.tags.data or "").split(","),
            owner=(self.owner.data or "").strip() or UNSET,
            cost=(self.cost.data or "").strip().replace(",", "") or None,
            currency=(self.currency.data or "").strip() or None,
            review_on=self.review_on.data,
            expires_on=self.expires_on.data,
            teams=self.teams.data or [],
        )

    def blame(self, error: Invalid) -> None:
        """Put the sentences of a refused description beside their fields."""
        for name, sentence in error.fields.items():
            field = self._fields.get(name)
            if field is None and name == "terms":
                field = self.product
            if field is not None:
                field.errors = [*field.errors, sentence]


def additions_from(form: MultiDict[str, str]) -> Additions:
    """The terms and tags that many assets shall have beside theirs."""
    return Additions(
        terms=[key for key in form.getlist("terms") if key],
        tags=[tag for text in form.getlist("tags") for tag in text.split(",")],
    )

"""What the forms of assets carry. Rules that depend on data stay in the operations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional

from collateral.accounts.models import Team
from collateral.assets.editing import day, snapshot
from collateral.assets.merging import Value
from collateral.assets.models import Asset, Term, Vocabulary
from collateral.assets.operations import UNSET, Additions, Description
from collateral.db import is_id
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
        if asset and not is_id(asset):
            raise Invalid(_("Which asset?"), fields={"asset": _("Name the asset by its number.")})
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
        given[name] = day(name, form.get(name, "")) or UNSET
    return Description(**given)


class ManyForm(FlaskForm):  # type: ignore[misc]
    """What can be set on many assets at once; what is empty stays as it is in each."""

    type = SelectField(_("Type"), validators=[Optional()])
    product = SelectMultipleField(_("Product"), validators=[Optional()])
    stage = SelectMultipleField(_("Stage"), validators=[Optional()])
    industry = SelectMultipleField(_("Industry"), validators=[Optional()])
    persona = SelectMultipleField(_("Persona"), validators=[Optional()])
    region = SelectMultipleField(_("Region"), validators=[Optional()])
    language = SelectMultipleField(_("Language"), validators=[Optional()])
    tags = StringField(_("Tags"), description=_("Separate them with commas."))
    owner = StringField(_("Owner"), description=_("The person's e-mail address."))
    teams = SelectMultipleField(
        _("Teams"), description=_("None chosen: for everybody."), validators=[Optional()]
    )
    cost_amount = StringField(_("Production cost"))
    cost_currency = StringField(_("Currency"), validators=[Length(max=3)])
    review_on = DateField(_("Review by"), validators=[Optional()])
    expires_on = DateField(
        _("Expires"),
        description=_("When its content stops being true. Nothing is deleted."),
        validators=[Optional()],
    )

    def offer(self, terms: dict[Vocabulary, list[Term]], teams: Sequence[Team]) -> None:
        """Fill the choices; a vocabulary without terms is not asked for."""
        self.type.choices = [("", "")] + [(t.slug, t.label) for t in terms[Vocabulary.TYPE]]
        for vocabulary in TERM_FIELDS:
            if terms[vocabulary]:
                field = self[vocabulary.value]
                field.choices = [(term.key, term.label) for term in terms[vocabulary]]
            else:
                del self[vocabulary.value]
        if teams:
            self.teams.choices = [(str(team.id), team.name) for team in teams]
        else:
            del self.teams

    def chosen_terms(self) -> list[str]:
        """The keys of all terms that are chosen, of every vocabulary."""
        fields = [vocabulary.value for vocabulary in TERM_FIELDS if vocabulary.value in self]
        return [key for name in fields for key in self[name].data or ()]

    def typed_tags(self) -> list[str]:
        return (self.tags.data or "").split(",")

    def given(self) -> Description:
        """What is filled in, without terms and tags, which are added instead."""
        return Description(
            type=self.type.data or UNSET,
            owner=(self.owner.data or "").strip() or UNSET,
            teams=(self.teams.data if "teams" in self else None) or UNSET,
            cost=(self.cost_amount.data or "").strip() or UNSET,
            currency=(self.cost_currency.data or "").strip() or UNSET,
            review_on=self.review_on.data or UNSET,
            expires_on=self.expires_on.data or UNSET,
        )

    def additions(self) -> Additions:
        return Additions(terms=self.chosen_terms(), tags=self.typed_tags())

    def blame(self, error: Invalid) -> None:
        """Put the sentences of a refused description beside their fields."""
        names = {"cost": "cost_amount", "currency": "cost_currency", "terms": "type"}
        for name, sentence in error.fields.items():
            field = self._fields.get(names.get(name, name))
            if field is not None:
                field.errors = [*field.errors, sentence]


class EditForm(ManyForm):
    """Everything that describes one asset."""

    title = StringField(_("Title"), validators=[DataRequired(_("An asset needs a title."))])
    summary = TextAreaField(
        _("Summary"), description=_("What it is for, and when to use it."), validators=[Optional()]
    )

    def __iter__(self) -> Iterator[Any]:
        """Title and summary first, though they are declared last."""
        first = [self._fields[name] for name in ("title", "summary") if name in self._fields]
        yield from first
        yield from (field for field in super().__iter__() if field not in first)

    def show(self, asset: Asset) -> None:
        """Fill the fields from the asset, where the person has not sent them."""
        if self.is_submitted():
            return
        values = snapshot(asset)
        for name, field in self._fields.items():
            if name in ("review_on", "expires_on"):
                field.data = getattr(asset, name)
            elif name == "tags":
                field.data = ", ".join(asset.tags)
            elif name in values:
                value = values[name]
                field.data = list(value) if isinstance(value, tuple) else value

    def only(self, name: str) -> None:
        """Ask for this field alone; a cost comes with its currency."""
        kept = {"cost_amount", "cost_currency"} if name.startswith("cost_") else {name}
        for other in [field.name for field in self]:
            if other not in kept and other != "csrf_token":
                del self[other]

    def values(self) -> dict[str, Any]:
        """What was sent, by field, as `editing.tidy` takes it."""
        found = {}
        for field in self:
            if field.name != "csrf_token":
                data = field.data
                found[field.name] = (
                    list(data or ())
                    if isinstance(field, SelectMultipleField)
                    else str("" if data is None else data)
                )
        return found

    def label_of(self, name: str) -> str:
        """What the field is called on screen."""
        unbound = getattr(type(self), name)
        return str(unbound.args[0])

    def spoken(self, name: str, value: Value) -> str:
        """The value in words: labels of terms, names of teams."""
        choices = dict(getattr(self._fields.get(name), "choices", None) or ())
        if isinstance(value, tuple):
            return ", ".join(str(choices.get(one, one)) for one in value)
        return str(choices.get(value, value))

"""What the forms of collections carry."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.assets.models import Collection, CollectionKind

NAMES = {
    CollectionKind.PERSONAL: _("Personal: only you see it"),
    CollectionKind.SHARED: _("Shared: everybody sees it"),
    CollectionKind.FEATURED: _("Featured: everybody sees it at the top of the library"),
}


class CollectionForm(FlaskForm):  # type: ignore[misc]
    """Its title, a line about it, and who sees it."""

    title = StringField(
        _("Title"),
        validators=[
            DataRequired(_("A collection needs a title.")),
            Length(max=200, message=_("A title has at most 200 characters.")),
        ],
    )
    summary = TextAreaField(
        _("Summary"),
        description=_("What it is for, in a line."),
        validators=[Length(max=1000, message=_("A summary has at most 1,000 characters."))],
    )
    kind = RadioField(_("Who sees it"), default=CollectionKind.PERSONAL.value)
    alert = BooleanField(_("Tell me when it finds something new"))

    def offer(self, person: Person, collection: Collection | None = None) -> None:
        """The kinds that this person may give this collection."""
        may_feature = can(person, Permission.COLLECTION_FEATURE)
        offered = [CollectionKind.SHARED]
        if collection is None or collection.owner_id == person.id:
            offered.insert(0, CollectionKind.PERSONAL)
        if may_feature or (collection and collection.kind is CollectionKind.FEATURED):
            offered.append(CollectionKind.FEATURED)
        self.kind.choices = [(kind.value, NAMES[kind]) for kind in offered]

"""Editing what describes an asset, field by field, so that nobody's words are overwritten.

An editor says of each field how she found it and how she wants it. What nobody else touched
in between is set; where somebody did, she is shown both (`EditedMeanwhile.clashes`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext as _

from collateral.accounts.models import Person
from collateral.amounts import with_point
from collateral.assets import operations
from collateral.assets.merging import Clash, Edit, Value, clashes
from collateral.assets.models import Asset, Vocabulary
from collateral.assets.operations import UNSET, Description
from collateral.assets.rules import clean_tags
from collateral.db import db
from collateral.errors import Conflict, Invalid

TERM_FIELDS = tuple(v.value for v in Vocabulary if v is not Vocabulary.TYPE)
SEVERAL = (*TERM_FIELDS, "tags", "teams")
"""Fields that hold several values."""
FIELDS = (
    "title", "summary", "type", *SEVERAL, "owner", "cost_amount", "cost_currency", "review_on",
    "expires_on",
)  # fmt: skip


class EditedMeanwhile(Conflict):
    """Somebody else changed the same fields since; nothing was written.

    `who` edited the asset last: the one to talk to. None where that was long ago or no person.
    """

    def __init__(self, found: Mapping[str, Clash], who: str | None) -> None:
        super().__init__(
            _(
                "%(who)s saved this asset while you were editing it. Nothing was overwritten.",
                who=who,
            )
            if who
            else _(
                "Somebody else saved this asset while you were editing it. Nothing was overwritten."
            )
        )
        self.clashes = dict(found)
        self.who = who


def snapshot(asset: Asset) -> dict[str, Value]:
    """Every field as its form shows it."""
    types = asset.term_of(Vocabulary.TYPE)
    values: dict[str, Value] = {
        "title": asset.title,
        "summary": _lines(asset.summary),
        "type": types[0].slug if types else "",
        "tags": tuple(asset.tags),
        "teams": tuple(str(team.id) for team in asset.teams),
        "owner": asset.owner.email,
        "cost_amount": "" if asset.cost_amount is None else f"{asset.cost_amount:f}",
        "cost_currency": asset.cost_currency or "",
        "review_on": str(asset.review_on or ""),
        "expires_on": str(asset.expires_on or ""),
    }
    for name in TERM_FIELDS:
        values[name] = tuple(term.key for term in asset.term_of(Vocabulary(name)))
    return values


def tidy(name: str, value: Any) -> Value:
    """A typed value as `snapshot` would say it, so that the two can be compared.

    Raises:
        Invalid: it is neither a text nor, for what holds several, a list of texts.
    """
    if name in SEVERAL:
        if isinstance(value, str):
            value = value.split(",") if name == "tags" else [value]
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise Invalid(
                _("These are not the values of a field."), fields={name: _("Not a list.")}
            )
        return tuple(clean_tags(value)) if name == "tags" else tuple(v for v in value if v)
    if not isinstance(value, str):
        raise Invalid(_("These are not the values of a field."), fields={name: _("Not a text.")})
    if name == "summary":
        return _lines(value).strip()
    text = " ".join(value.split())
    if name == "cost_amount":
        with suppress(InvalidOperation):
            return f"{Decimal(with_point(text)).quantize(Decimal('0.01')):f}" if text else ""
    if name == "cost_currency":
        return text.upper()
    return text.lower() if name == "owner" else text


def edit(asset: Asset, edits: Mapping[str, Edit], *, by: Person, at: datetime) -> bool:
    """Set the fields; whether anything changed.

    Raises:
        EditedMeanwhile: somebody changed one of them to something else; nothing is written.
        Invalid: a sentence for each field that cannot be taken.
    """
    wanted = {name: one for name, one in edits.items() if one.changes}
    if not wanted:
        return False
    operations.hold(asset)
    current = snapshot(asset)
    if found := clashes(wanted, current):
        raise EditedMeanwhile(found, asset.edited_by.name if asset.edited_by else None)
    values = {**current, **{name: one.now for name, one in wanted.items()}}
    try:
        operations.describe(asset, _description(values, set(wanted)), by=by, at=at)
    except Invalid as error:
        names = {"cost": "cost_amount", "currency": "cost_currency"}
        fields = {names.get(name, name): text for name, text in error.fields.items()}
        raise Invalid(error.sentence, fields=fields) from error
    db.session.flush()
    return True


def pack(values: Mapping[str, Value]) -> str:
    """The values as a form's hidden field carries them."""
    return json.dumps(values, ensure_ascii=False)


def unpack(text: str) -> dict[str, Value]:
    """What `pack` wrote. Raises Invalid for anything else."""
    try:
        given = json.loads(text or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict) or not set(given) <= set(FIELDS):
        raise Invalid(_("This form is not one of ours; load the page again."))
    return {name: tidy(name, value) for name, value in given.items()}


def _description(values: Mapping[str, Value], changed: set[str]) -> Description:
    def text(name: str) -> Any:
        return values[name] if name in changed else UNSET

    terms = [key for name in TERM_FIELDS for key in values[name]]
    return Description(
        title=text("title"),
        summary=text("summary"),
        type=(values["type"] or None) if "type" in changed else UNSET,  # type: ignore[arg-type]
        terms=terms if changed & set(TERM_FIELDS) else UNSET,
        tags=text("tags"),
        teams=text("teams"),
        owner=values["owner"] if "owner" in changed and values["owner"] else UNSET,  # type: ignore[arg-type]
        cost=text("cost_amount"),
        currency=text("cost_currency"),
        review_on=day("review_on", str(values["review_on"])) if "review_on" in changed else UNSET,
        expires_on=(
            day("expires_on", str(values["expires_on"])) if "expires_on" in changed else UNSET
        ),
    )


def day(name: str, text: str) -> date | None:
    """The day that stands in the field `name`, None for none. Raises Invalid."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        sentence = _("A date is written as 2026-11-30.")
        raise Invalid(sentence, fields={name: sentence}) from error


def _lines(text: str) -> str:
    """One kind of line end: browsers send another than they were given."""
    return text.replace("\r\n", "\n").replace("\r", "\n")

"""What describes an asset: the fields a person fills in, checked together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select, tuple_

from collateral.accounts.models import Person, Team
from collateral.amounts import with_point
from collateral.assets.models import Asset, AssetTag, Term, Vocabulary
from collateral.assets.rules import TITLE_LENGTH, clean_tags
from collateral.db import db, is_id
from collateral.errors import Invalid

MOST_TAGS = 50
SUMMARY_LENGTH = 10_000


class Unset(Enum):
    """Says that a field was not given, where None would mean "nothing"."""

    UNSET = "unset"


UNSET = Unset.UNSET


@dataclass(frozen=True, kw_only=True)
class Description:
    """Fields to set; those that are UNSET stay as they are.

    `type` is the slug of a term of the vocabulary type, or None. `terms` are keys such as
    "stage:evaluation" and replace all others but the type. `owner` is a person's e-mail
    or id, `teams` are names or ids; no team means everybody. `publish` asks for
    publication when the file has been read.
    """

    title: str | Unset = UNSET
    summary: str | Unset = UNSET
    type: str | Unset | None = UNSET
    terms: Sequence[str] | Unset = UNSET
    tags: Sequence[str] | Unset = UNSET
    owner: str | int | Unset = UNSET
    cost: Decimal | str | int | Unset | None = UNSET
    currency: str | Unset | None = UNSET
    review_on: date | Unset | None = UNSET
    expires_on: date | Unset | None = UNSET
    teams: Sequence[str | int] | Unset = UNSET
    publish: bool | Unset = UNSET

    @property
    def empty(self) -> bool:
        return all(getattr(self, field.name) is UNSET for field in fields(self))


@dataclass(frozen=True)
class Additions:
    """What to add to the terms and tags of many assets at once."""

    terms: Sequence[str] = ()
    tags: Sequence[str] = ()


NOTHING = Description()
NO_ADDITIONS = Additions()


def apply(asset: Asset, given: Description) -> None:
    """Set the given fields on the asset.

    Raises:
        Invalid: with a sentence for each field that cannot be taken; nothing is set then.
    """
    wrong: dict[str, str] = {}
    changes: dict[str, Any] = {}
    _words(given, changes, wrong)
    _money(asset, given, changes, wrong)
    if given.owner is not UNSET:
        owner = _owner(given.owner)
        changes["owner_id"] = owner.id if owner else None
        if owner is None:
            wrong["owner"] = _("There is nobody called “%(owner)s” here.", owner=given.owner)
    if given.teams is not UNSET:
        changes["teams"] = _teams(given.teams, wrong)
    terms = _terms(asset, given, wrong)
    _refuse(wrong)
    for name, value in changes.items():
        if name == "tags":
            set_tags(asset, value)
        elif getattr(asset, name) != value:
            setattr(asset, name, value)
    if terms is not None and set(terms) != set(asset.terms):
        asset.terms = terms


def _refuse(wrong: dict[str, str]) -> None:
    """Raise Invalid with what is wrong, each sentence once; nothing where nothing is."""
    if wrong:
        raise Invalid(" ".join(dict.fromkeys(map(str, wrong.values()))), fields=wrong)


def add(asset: Asset, additions: Additions) -> None:
    """Add terms and tags to those that are there. Raises Invalid."""
    wrong: dict[str, str] = {}
    terms = resolve_terms(additions.terms, wrong)
    tags = _few_tags([*asset.tags, *additions.tags], wrong) if additions.tags else None
    _refuse(wrong)
    asset.terms.extend(term for term in terms if term not in asset.terms)
    if tags is not None:
        set_tags(asset, tags)


def set_tags(asset: Asset, tags: Sequence[str]) -> None:
    """Make these the asset's tags; those that stay keep their rows."""
    kept = [row for row in asset.tag_rows if row.tag in tags]
    have = {row.tag for row in kept}
    new = [AssetTag(tag=tag) for tag in tags if tag not in have]
    if new or len(kept) != len(asset.tag_rows):
        asset.tag_rows = kept + new


def resolve_terms(keys: Sequence[str], wrong: dict[str, str]) -> list[Term]:
    """The terms of these keys; a sentence under `terms` for those that do not exist."""
    vocabularies = {member.value for member in Vocabulary}
    pairs = [tuple(key.split(":", 1)) for key in dict.fromkeys(keys)]
    found = {
        term.key: term
        for term in db.session.scalars(
            select(Term).where(
                tuple_(Term.vocabulary, Term.slug).in_(
                    [p for p in pairs if len(p) == 2 and p[0] in vocabularies]
                )
            )
        )
    }
    missing = [key for key in dict.fromkeys(keys) if key not in found]
    if missing:
        wrong["terms"] = _("There is no term “%(terms)s”.", terms=", ".join(missing))
    return [found[key] for key in dict.fromkeys(keys) if key in found]


def _words(given: Description, changes: dict[str, Any], wrong: dict[str, str]) -> None:
    if given.title is not UNSET:
        changes["title"] = " ".join(given.title.split())
        if not changes["title"]:
            wrong["title"] = _("An asset needs a title.")
        elif len(changes["title"]) > TITLE_LENGTH:
            wrong["title"] = _(
                "A title has at most %(title_length)s characters.", title_length=TITLE_LENGTH
            )
    if given.summary is not UNSET:
        changes["summary"] = given.summary.strip()
        if len(changes["summary"]) > SUMMARY_LENGTH:
            wrong["summary"] = _(
                "A summary has at most %(summary_length)s characters.",
                summary_length=SUMMARY_LENGTH,
            )
    if given.tags is not UNSET:
        changes["tags"] = _few_tags(given.tags, wrong)
    for name in ("review_on", "expires_on"):
        if getattr(given, name) is not UNSET:
            changes[name] = getattr(given, name)
    if given.publish is not UNSET:
        changes["publish_when_ready"] = given.publish


def _few_tags(given: Sequence[str], wrong: dict[str, str]) -> list[str]:
    tags = clean_tags(given)
    if len(tags) > MOST_TAGS:
        wrong["tags"] = _("An asset has at most %(most_tags)s tags.", most_tags=MOST_TAGS)
    return tags


def _money(
    asset: Asset, given: Description, changes: dict[str, Any], wrong: dict[str, str]
) -> None:
    amount: Decimal | None = asset.cost_amount
    if given.cost is not UNSET:
        try:
            amount = _amount(given.cost)
        except InvalidOperation:
            amount = Decimal(-1)
        if amount is not None and not (amount.is_finite() and 0 <= amount < Decimal(10) ** 12):
            wrong["cost"] = _("The cost must be an amount such as 1200 or 1200.50.")
        else:
            amount = None if amount is None else amount.quantize(Decimal("0.01"))
            changes["cost_amount"] = amount
    currency = asset.cost_currency
    if given.currency is not UNSET:
        currency = (given.currency or "").strip().upper() or None
        if currency and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            wrong["currency"] = _("A currency has three letters, such as EUR.")
        changes["cost_currency"] = currency
    asked = given.cost is not UNSET or given.currency is not UNSET
    if asked and amount is not None and currency is None and "currency" not in wrong:
        changes["cost_currency"] = "EUR"
    if amount is None and "cost_amount" in changes:
        changes["cost_currency"] = None


def _amount(given: Decimal | str | int | None) -> Decimal | None:
    """Raises InvalidOperation."""
    if given is None or given == "":
        return None
    return Decimal(with_point(given) if isinstance(given, str) else given)


def _owner(wanted: str | int) -> Person | None:
    if isinstance(wanted, int) or is_id(wanted):
        person = db.session.get(Person, int(wanted))
    else:
        person = db.session.scalar(select(Person).where(Person.email == wanted.strip().lower()))
    return person if person and person.active else None


def _teams(wanted: Sequence[str | int], wrong: dict[str, str]) -> list[Team]:
    keys = list(dict.fromkeys(str(team).strip() for team in wanted if str(team).strip()))
    by_key: dict[str, Team] = {}
    ids = [int(key) for key in keys if is_id(key)]
    for team in db.session.scalars(select(Team).where(Team.id.in_(ids) | Team.name.in_(keys))):
        by_key[str(team.id)] = by_key[team.name] = team
    missing = [key for key in keys if key not in by_key]
    if missing:
        wrong["teams"] = _("There is no team “%(teams)s”.", teams=", ".join(missing))
    return list(dict.fromkeys(by_key[key] for key in keys if key in by_key))


def _terms(asset: Asset, given: Description, wrong: dict[str, str]) -> list[Term] | None:
    """All terms that the asset shall have, None where they stay."""
    if given.terms is UNSET and given.type is UNSET:
        return None
    types = asset.term_of(Vocabulary.TYPE)
    others = [term for term in asset.terms if term not in types]
    if given.terms is not UNSET:
        resolved = resolve_terms(given.terms, wrong)
        others = [term for term in resolved if term.vocabulary is not Vocabulary.TYPE]
        types = [term for term in resolved if term.vocabulary is Vocabulary.TYPE] or types
    if given.type is not UNSET:
        types = []
        if given.type:
            missing: dict[str, str] = {}
            types = resolve_terms([f"type:{given.type.removeprefix('type:')}"], missing)
            if missing:
                wrong["type"] = _("There is no type “%(type)s”.", type=given.type)
    if len(types) > 1:
        wrong["type"] = _("An asset has one type.")
    return types + others

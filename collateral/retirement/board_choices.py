"""What the docket can be narrowed to: the owners and terms that it offers."""

from __future__ import annotations

from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.assets import queries as assets
from collateral.assets.models import (
    Asset,
    Term,
    Vocabulary,
)
from collateral.db import db
from collateral.retirement.board_rows import LISTED
from collateral.retirement.models import DocketItem


def owners(person: Person) -> list[tuple[int, str]]:
    """Those who own an asset of the docket, by name."""
    rows = db.session.execute(
        select(Person.id, Person.name)
        .join(Asset, Asset.owner_id == Person.id)
        .join(DocketItem, DocketItem.asset_id == Asset.id)
        .where(assets.visible(person), LISTED)
        .distinct()
        .order_by(Person.name)
    )
    return [(id, name) for id, name in rows]


def terms(vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Slug and label of a vocabulary's terms."""
    rows = db.session.execute(
        select(Term.slug, Term.label)
        .where(Term.vocabulary == vocabulary)
        .order_by(Term.position, Term.label)
    )
    return [(slug, label) for slug, label in rows]

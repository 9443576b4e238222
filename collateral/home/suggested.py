"""Suggestions as the pages of deals show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.assets.models import Term, Vocabulary
from collateral.db import db
from collateral.deals.models import Deal
from collateral.home.pictures import Picture, thumbs
from collateral.search.suggesting import suggestions_for
from collateral.search.suggestion_words import parts, sentence


@dataclass(frozen=True)
class Suggested:
    """One suggestion; see templates/deals/_suggestions.html. `parts` are names and values."""

    asset_id: int
    title: str
    url: str
    kind: str
    picture: Picture | None
    why: str
    explores: bool
    parts: list[tuple[str, str]]


def shown_suggestions(deal: Deal, person: Person, at: datetime) -> list[Suggested]:
    """What to use next in the deal, each with its reason and the parts of its score."""
    found = suggestions_for(deal, person, at=at)
    pictures = thumbs([each.asset.id for each in found])
    industry = db.session.scalar(
        select(Term.label).where(Term.vocabulary == Vocabulary.INDUSTRY, Term.slug == deal.industry)
    )
    stage = deal.stage_label or _("this stage")
    return [
        Suggested(
            asset_id=each.asset.id,
            title=pictures[each.asset.id].title,
            url=pictures[each.asset.id].url,
            kind=pictures[each.asset.id].kind,
            picture=pictures[each.asset.id].picture,
            why=sentence(each.reason, stage, industry or deal.industry),
            explores=each.suggestion.explores,
            parts=parts(each, stage),
        )
        for each in found
    ]

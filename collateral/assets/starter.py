"""The usual words to begin with: types, stages, industries, personas, regions and languages.

Products are a company's own, so none are offered. What is added is like any other term: it can
be renamed, merged and removed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.assets.models import Term, Vocabulary
from collateral.assets.rules import slug_of
from collateral.db import db
from collateral.words import N_

LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
"""By their codes: reading says a file's language by its code, and these are matched to it."""

WORDS: Mapping[Vocabulary, Sequence[str]] = {
    Vocabulary.TYPE: (
        N_("Deck"), N_("One-pager"), N_("Case study"), N_("White paper"), N_("Data sheet"),
        N_("Battle card"), N_("Brochure"), N_("Video"), N_("Calculator"), N_("E-mail template"),
    ),
    Vocabulary.STAGE: (
        N_("Discovery"), N_("Qualification"), N_("Evaluation"), N_("Proposal"),
        N_("Negotiation"), N_("Renewal"),
    ),
    Vocabulary.INDUSTRY: (
        N_("Manufacturing"), N_("Healthcare"), N_("Financial services"), N_("Retail"),
        N_("Energy"), N_("Technology"), N_("Public sector"), N_("Education"),
    ),
    Vocabulary.PERSONA: (
        N_("Executive"), N_("Finance"), N_("Operations"), N_("IT"), N_("Purchasing"), N_("User"),
    ),
    Vocabulary.REGION: (
        N_("Europe"), N_("DACH"), N_("UK and Ireland"), N_("Nordics"), N_("North America"),
        N_("Asia Pacific"),
    ),
}  # fmt: skip


def missing() -> int:
    """How many vocabularies that could begin with these words have none."""
    have = set(db.session.scalars(select(Term.vocabulary).distinct()))
    return len({*WORDS, Vocabulary.LANGUAGE} - have)


def add(*, by: Person) -> int:
    """Fill the vocabularies that have no term yet, in the reader's language; how many terms.

    Slugs are those of the English words, so that imports and addresses do not depend on who
    pressed the button.
    """
    counts = {
        row[0]: row[1]
        for row in db.session.execute(
            select(Term.vocabulary, func.count()).group_by(Term.vocabulary)
        )
    }
    new = [
        Term(vocabulary=vocabulary, slug=slug_of(word), label=_(word), position=position)
        for vocabulary, words in WORDS.items()
        if not counts.get(vocabulary)
        for position, word in enumerate(words, 1)
    ]
    if not counts.get(Vocabulary.LANGUAGE):
        new += [
            Term(vocabulary=Vocabulary.LANGUAGE, slug=code, label=name, position=position)
            for position, (code, name) in enumerate(LANGUAGES.items(), 1)
        ]
    db.session.add_all(new)
    if new:
        audit.record("terms.begun", by=by, kind="term", id=None, terms=len(new))
    return len(new)

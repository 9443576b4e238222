"""The controlled words: terms of each vocabulary, and synonyms for search. Nothing commits."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, func, insert, select

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetTerm, SynonymGroup, Term, Vocabulary
from collateral.assets.revisions import touch
from collateral.assets.rules import slug_of
from collateral.db import db
from collateral.errors import Conflict, Invalid, NotFound, WrongState


def get(term_id: int) -> Term:
    """Raises NotFound."""
    term = db.session.get(Term, term_id)
    if term is None:
        raise NotFound(_("There is no such term."))
    return term


def uses() -> dict[int, int]:
    """How many assets carry each term."""
    rows = db.session.execute(select(AssetTerm.term_id, func.count()).group_by(AssetTerm.term_id))
    return {row[0]: row[1] for row in rows}


def add_term(vocabulary: Vocabulary, label: str, *, by: Person, slug: str = "") -> Term:
    """A new word at the end of its vocabulary.

    Raises:
        Invalid: no label, or none of its characters can stand in an address.
        Conflict: the vocabulary has it.
    """
    label = _label(label)
    slug = slug_of(slug or label)
    if not slug:
        raise _wrong(_("A term needs a name with letters or digits."))
    same = db.session.scalar(select(Term).where(Term.vocabulary == vocabulary, Term.slug == slug))
    if same is not None:
        raise Conflict(_("“%(label)s” is in this vocabulary already.", label=same.label))
    last = db.session.scalar(select(func.max(Term.position)).where(Term.vocabulary == vocabulary))
    term = Term(vocabulary=vocabulary, slug=slug, label=label, position=(last or 0) + 1)
    db.session.add(term)
    db.session.flush()  # its id goes into the trail
    audit.record("term.added", by=by, kind="term", id=term.id, term=term.key, label=label)
    return term


def rename(term: Term, label: str, *, by: Person) -> None:
    """Another label; the slug stays, so that addresses and imports still fit."""
    label = _label(label)
    if label == term.label:
        return
    audit.record("term.renamed", by=by, kind="term", id=term.id, was=term.label, label=label)
    term.label = label
    touch(db.session(), _assets_with(term))


def merge(term: Term, into: Term, *, by: Person) -> int:
    """Give every asset with `term` the other one instead, and let the term go; how many assets.

    Raises:
        WrongState: they are of two vocabularies, or one and the same.
    """
    if term.vocabulary is not into.vocabulary or term.id == into.id:
        raise WrongState(_("Only two different terms of one vocabulary can be merged."))
    assets = _assets_with(term)
    have = set(_assets_with(into))
    new = [
        {"asset_id": asset_id, "term_id": into.id} for asset_id in assets if asset_id not in have
    ]
    db.session.execute(delete(AssetTerm).where(AssetTerm.term_id == term.id))
    if new:
        db.session.execute(insert(AssetTerm), new)
    audit.record(
        "term.merged",
        by=by,
        kind="term",
        id=into.id,
        term=term.key,
        into=into.key,
        assets=len(assets),
    )
    db.session.delete(term)
    touch(db.session(), assets)
    db.session.flush()
    db.session.expire_all()  # assets that were loaded have other terms now
    return len(assets)


def remove(term: Term, *, by: Person) -> None:
    """Let a term go that no asset carries. Raises WrongState when one does."""
    count = len(_assets_with(term))
    if count:
        raise WrongState(
            _(
                "%(count)s assets carry “%(label)s”; merge it into another term instead.",
                count=count,
                label=term.label,
            )
        )
    audit.record("term.removed", by=by, kind="term", id=term.id, term=term.key, label=term.label)
    db.session.delete(term)


def add_synonyms(words: Sequence[str], *, by: Person) -> SynonymGroup:
    """Words that find one another. Raises Invalid for fewer than two."""
    group = SynonymGroup(words=_words(words))
    db.session.add(group)
    db.session.flush()  # its id goes into the trail
    audit.record("synonyms.added", by=by, kind="synonyms", id=group.id, words=group.words)
    return group


def join_synonyms(word: str, other: str, *, by: Person) -> None:
    """Let both find one another: `other` joins the group that `word` is in, else they make one."""
    for group in db.session.scalars(select(SynonymGroup).order_by(SynonymGroup.id)):
        if word.lower() in group.words:
            if other.lower() not in group.words:
                change_synonyms(group.id, [*group.words, other], by=by)
            return
    add_synonyms([word, other], by=by)


def change_synonyms(group_id: int, words: Sequence[str], *, by: Person) -> None:
    """Other words for the group; none at all lets it go. Raises NotFound, Invalid."""
    group = db.session.get(SynonymGroup, group_id)
    if group is None:
        raise NotFound(_("There is no such group of synonyms."))
    audit.record("synonyms.changed", by=by, kind="synonyms", id=group.id, was=group.words)
    if any(word.strip() for word in words):
        group.words = _words(words)
    else:
        db.session.delete(group)


def _assets_with(term: Term) -> list[int]:
    return list(
        db.session.scalars(
            select(Asset.id)
            .join(AssetTerm, AssetTerm.asset_id == Asset.id)
            .where(AssetTerm.term_id == term.id)
        )
    )


def _label(label: str) -> str:
    label = " ".join(label.split())
    if not label or len(label) > 120:
        raise _wrong(_("A term needs a name of at most 120 characters."))
    return label


def _words(words: Sequence[str]) -> list[str]:
    cleaned = list(dict.fromkeys(" ".join(word.lower().split())[:80] for word in words))
    cleaned = [word for word in cleaned if word]
    if not 2 <= len(cleaned) <= 30:
        sentence = _("A group of synonyms has from 2 to 30 words.")
        raise Invalid(sentence, fields={"words": sentence})
    return cleaned


def _wrong(sentence: str) -> Invalid:
    return Invalid(sentence, fields={"label": sentence})

"""The mixtures of edits that are measured, and the files that come of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from collateral.bench.truth import edits
from collateral.bench.truth.bases import Base
from collateral.bench.truth.slides import Draft, Origin, keep, open_draft, take_over

ALONE: dict[str, tuple[edits.Edit, ...]] = {
    "another name": (),
    "saved again": (edits.resave,),
    "another theme": (edits.retheme,),
    "dropped": (edits.drop,),
    "reordered": (edits.reorder,),
    "excerpt": (edits.excerpt,),
    "words": (edits.words,),
    "figures": (edits.figures,),
    "picture": (edits.picture,),
    "name filled in": (edits.name_filled_in,),
    "logo on all": (edits.logo,),
    "name on all": (edits.name_on_all,),
    "translated": (edits.translate,),
}
MIXED = ("merged", "foreign pages", "two pages borrowed", "heavy", "foreign")
KINDS = (*ALONE, *MIXED)
LONGEST = 24
"""Pages of an adaptation; of a longer deck it takes a run of so many."""


@dataclass(frozen=True)
class Case:
    """A made adaptation: its file, what is true of each of its pages, and what it says: the
    meanings of the decks that are in it."""

    kind: str
    base: Base
    data: bytes
    pages: tuple[Origin, ...]
    sources: tuple[str, ...]
    branded: bool
    translated: bool
    meanings: frozenset[str]


def cases(
    bases: Sequence[Base], known: Sequence[Base], strangers: Sequence[Base], seed: int, *,
    kinds: Sequence[str] = KINDS,
) -> Iterator[Case]:  # fmt: skip
    """One adaptation of each kind of each base; the same seed gives the same files.

    Args:
        bases: the decks that are adapted.
        known: the decks of the library.
        strangers: decks that are not in it.
    """
    for base in bases:
        for kind in kinds:
            random = Random(f"{seed}:{base.key}:{kind}")
            others = [one for one in known if one.family != base.family]
            decks = {base.meaning}
            draft = _make(kind, base, random, others, strangers, decks)
            yield _case(kind, base, draft, frozenset(decks))


def _make(
    kind: str, base: Base, random: Random, others: Sequence[Base], strangers: Sequence[Base],
    decks: set[str],
) -> Draft:  # fmt: skip
    """The adaptation; `decks` learns which others it holds pages of."""
    if kind == "foreign":
        return _foreign(random, strangers, decks)
    draft = open_draft(base.data, base.key)
    if len(draft.origins) > LONGEST:
        first = random.randint(0, len(draft.origins) - LONGEST)
        keep(draft, range(first, first + LONGEST))
    if kind in ALONE:
        for edit in ALONE[kind]:
            edit(draft, random)
    elif kind == "merged":
        _merge(draft, random, others, decks)
    elif kind == "foreign pages":
        stranger = _stranger(random, strangers, decks)
        edits.insert(draft, random, stranger, max(2, len(draft.origins) // 5))
    elif kind == "two pages borrowed":
        return _borrower(draft, random, strangers, decks)
    else:
        edits.drop(draft, random)
        edits.reorder(draft, random)
        for edit in (edits.words, edits.figures, edits.picture, edits.retheme, edits.logo):
            edit(draft, random)
        edits.insert(draft, random, _stranger(random, strangers, decks), 2)
        edits.resave(draft, random)
    return draft


def _foreign(random: Random, strangers: Sequence[Base], decks: set[str]) -> Draft:
    """A deck of which nothing is in the library."""
    decks.clear()
    draft = _stranger(random, strangers, decks)
    if len(draft.origins) > 8:
        edits.excerpt(draft, random)
    edits.words(draft, random)
    return draft


def _merge(draft: Draft, random: Random, others: Sequence[Base], decks: set[str]) -> None:
    """An excerpt, with up to six pages of another deck of the library behind it."""
    other = random.choice(others)
    second = open_draft(other.data, other.key)
    decks.add(other.meaning)
    edits.excerpt(draft, random)
    count = len(second.origins)
    take_over(draft, second, sorted(random.sample(range(count), min(count, 6))))


def _borrower(draft: Draft, random: Random, strangers: Sequence[Base], decks: set[str]) -> Draft:
    """Somebody's own deck of five pages, with two of the library's in its middle."""
    stranger = _stranger(random, strangers, decks)
    keep(stranger, sorted(random.sample(range(len(stranger.origins)), 5)))
    interior = list(range(1, len(draft.origins) - 1))
    take_over(stranger, draft, sorted(random.sample(interior, min(len(interior), 2))))
    keep(stranger, [0, 1, 5, 2, *range(6, len(stranger.origins)), 3, 4])
    return stranger


def _stranger(random: Random, strangers: Sequence[Base], decks: set[str]) -> Draft:
    """A deck that the library does not know; all of its pages are foreign. Its meaning is added
    to `decks`."""
    stranger = random.choice(strangers)
    decks.add(stranger.meaning)
    draft = open_draft(stranger.data, None)
    for origin in draft.origins:
        origin.deck = None
    if len(draft.origins) > LONGEST:
        keep(draft, range(LONGEST))
    return draft


def _case(kind: str, base: Base, draft: Draft, meanings: frozenset[str]) -> Case:
    sources = tuple(sorted({o.deck for o in draft.origins if o.deck is not None}))
    return Case(
        kind, base, draft.data(), tuple(draft.origins), sources, draft.branded, draft.translated,
        meanings,
    )  # fmt: skip

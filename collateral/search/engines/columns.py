"""What is known of each document besides its words, as numpy arrays for one state of an index.

A part holds documents that never change (a segment); a `Snapshot` puts parts in a
row and says which documents are alive. Counting, filtering, permission and order are
then a few array operations over all documents, whatever was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from collateral.search.engines.facts import FACTS, NEVER, STATUSES, Ids, Mask, Numbers
from collateral.search.engines.protocol import Ask, Freshness, Scope, Sort
from collateral.search.engines.title_words import TitleWords


class Columns(Protocol):
    """Documents numbered from 0 that never change: all that is known besides their words."""

    @property
    def count(self) -> int: ...

    @property
    def facts(self) -> npt.NDArray[Any]:
        """A record of `facts.FACTS` for each."""
        ...

    @property
    def deleted(self) -> frozenset[int]: ...

    def postings(self, field: str, word: str) -> tuple[Ids, Numbers] | None:
        """Which documents have the word in the field, and how often.

        The fields are "team", "term" and "tag" with their exact values, and those of text.
        """
        ...

    def lexicon(self, field: str, first: str = "") -> list[str]:
        """The words of the field, in order; those alone that begin with `first`."""
        ...

    def sort_titles(self) -> list[str]:
        """A key for each document by which titles are put in order."""
        ...


class Part(Columns, Protocol):
    """The same with the places of their words."""

    def positions(self, field: str, word: str) -> tuple[Ids, Ids] | None:
        """Document and place of each time that the word stands in the field, in order."""
        ...

    def title_words(self) -> TitleWords:
        """The words of the titles and who has them."""
        ...


P = TypeVar("P", bound=Columns, covariant=True)


class Snapshot(Generic[P]):
    """All documents of one state of the index, numbered through."""

    def __init__(self, name: str, parts: Sequence[P]) -> None:
        self.name = name
        self.parts: list[tuple[int, P]] = []
        total = 0
        for part in parts:
            self.parts.append((total, part))
            total += part.count
        self.count = total
        self.facts: npt.NDArray[Any] = (
            np.concatenate([part.facts for part in parts]) if parts else np.zeros(0, FACTS)
        )
        self.alive: Mask = np.ones(total, bool)
        for offset, part in self.parts:
            if part.deleted:
                self.alive[offset + np.fromiter(part.deleted, np.int64)] = False
        self.live_count = int(self.alive.sum())
        self._made: dict[Any, Any] = {}

    def made(self, key: Any, make: Callable[[], Any]) -> Any:
        """Something that is worked out once for this snapshot. Two threads may both do it."""
        try:
            return self._made[key]
        except KeyError:
            return self._made.setdefault(key, make())

    # What the person sees

    def seen(self, scope: Scope) -> Mask:
        """The living documents that exist for the person."""

        def make() -> Mask:
            if scope.sees_all:
                return self.alive
            status = self.facts["status"]
            opened = (status == STATUSES.index("published")) | (status == STATUSES.index("retired"))
            for_me: Mask = self.facts["limited"] == 0
            for team in sorted(scope.team_ids):
                for_me = for_me | self.having("team", str(team))
            mine = self.facts["owner"] == scope.person_id
            mask: Mask = self.alive & (mine | (opened & for_me))
            return mask

        # One entry a person would grow without bound; people are many, states of teams few.
        masks: dict[Scope, Mask] = self.made("seen", dict)
        if scope not in masks:
            if len(masks) > 64:
                masks.clear()
            masks[scope] = make()
        return masks[scope]

    def having(self, field: str, word: str) -> Mask:
        """The documents with that very word in the field."""
        mask = np.zeros(self.count, bool)
        for offset, part in self.parts:
            found = part.postings(field, word)
            if found is not None:
                mask[offset + found[0]] = True
        return mask

    def of_term(self, key: str) -> Mask:
        """The documents with this `vocabulary:slug`."""
        index = self._facets()[0].get(key)
        if index is None:
            return np.zeros(self.count, bool)
        _, terms, documents = self._facets()
        mask = np.zeros(self.count, bool)
        mask[documents[terms == index]] = True
        return mask

    # Filters and facets

    def filters(self, ask: Ask) -> dict[str, Mask]:
        """A mask for each kind of filter that was chosen."""
        masks: dict[str, Mask] = {}
        facts = self.facts
        for vocabulary in sorted({key.partition(":")[0] for key in ask.terms}):
            chosen = [key for key in sorted(ask.terms) if key.startswith(vocabulary + ":")]
            masks[vocabulary] = _any(self.of_term(key) for key in chosen)
        if ask.statuses:
            numbers = [STATUSES.index(status) for status in ask.statuses if status in STATUSES]
            masks["status"] = np.isin(facts["status"], numbers)
        for tag in sorted(ask.tags):
            masks[f"tag {tag}"] = self.having("tag", tag)
        if ask.owner_id is not None:
            masks["owner"] = facts["owner"] == ask.owner_id
        if ask.used_since is not None:
            masks["used_since"] = facts["last_used"] >= ask.used_since.toordinal()
        if ask.freshness is not None:
            due = self.due(ask.today)
            masks["freshness"] = due if ask.freshness is Freshness.REVIEW_DUE else ~due
        return masks

    def not_retired(self) -> Mask:
        mask: Mask = self.made(
            "not_retired", lambda: self.facts["status"] != STATUSES.index("retired")
        )
        return mask

    def due(self, today: date) -> Mask:
        """Whose review date has come, or whose content has lapsed."""
        day = today.toordinal()
        of_days: dict[int, Mask] = self.made("due", dict)
        mask = of_days.get(day)
        if mask is None:
            review, expires = self.facts["review_on"], self.facts["expires_on"]
            mask = (review != NEVER) & (review <= day)
            mask |= (expires != NEVER) & (expires <= day)
            of_days.clear()  # of the day before
            of_days[day] = mask
        return mask

    def facets(self, matched: Mask, masks: dict[str, Mask], ask: Ask) -> dict[str, int]:
        """How many of the matches have each term, status and freshness.

        Each kind is counted under the filters of the other kinds alone, so that choosing a
        second stage shows what it would add.
        """
        keys, bits = self._facets()[0], self._bits()
        everything = _all([matched, *masks.values()])
        counts: dict[str, int] = {}
        by_kind: dict[str, Mask] = {}

        def under(kind: str) -> Mask:
            if kind not in masks:
                return everything
            if kind not in by_kind:
                others = [mask for name, mask in masks.items() if name != kind]
                by_kind[kind] = _all([matched, *others])
            return by_kind[kind]

        def count(mask: Mask) -> npt.NDArray[np.int64]:
            eights = np.bitwise_count(bits & np.packbits(mask))
            counted: npt.NDArray[np.int64] = eights.sum(axis=1, dtype=np.int64)
            return counted

        general = count(everything)
        special = {kind: count(under(kind)) for kind in masks}
        for key, index in keys.items():
            number = int(special.get(key.partition(":")[0], general)[index])
            if number:
                counts[key] = number
        statuses = np.bincount(self.facts["status"][under("status")], minlength=len(STATUSES))
        for status, number in zip(STATUSES, statuses, strict=True):
            if number:
                counts[f"status:{status}"] = int(number)
        fresh = under("freshness")
        due = int((fresh & self.due(ask.today)).sum())
        counts[f"freshness:{Freshness.REVIEW_DUE.value}"] = due
        counts[f"freshness:{Freshness.CURRENT.value}"] = int(fresh.sum()) - due
        return counts

    def _facets(self) -> tuple[dict[str, int], Ids, Ids]:
        """Every (term, document) pair, in two arrays, and the number of each term."""

        def make() -> tuple[dict[str, int], Ids, Ids]:
            keys: dict[str, int] = {}
            terms, documents = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
            for offset, part in self.parts:
                for key in part.lexicon("term"):
                    found = part.postings("term", key)
                    if found is None:
                        continue
                    index = keys.setdefault(key, len(keys))
                    terms.append(np.full(len(found[0]), index, np.int64))
                    documents.append(offset + found[0])
            return keys, np.concatenate(terms), np.concatenate(documents)

        made: tuple[dict[str, int], Ids, Ids] = self.made("facets", make)
        return made

    def _bits(self) -> npt.NDArray[np.uint8]:
        """For each term a row of bits, one a document: eight are counted in one step."""

        def make() -> npt.NDArray[np.uint8]:
            keys, terms, documents = self._facets()
            rows = np.zeros((len(keys), -(-self.count // 8)), np.uint8)
            bit = (128 >> (documents & 7)).astype(np.uint8)  # the order of np.packbits
            np.bitwise_or.at(rows, (terms, documents >> 3), bit)
            return rows

        bits: npt.NDArray[np.uint8] = self.made("bits", make)
        return bits

    # Order

    def rank(self, sort: Sort) -> Ids:
        """The place of each document in that order, 0 first."""

        def make() -> Ids:
            facts = self.facts
            newest = -facts["published"]
            number = -facts["id"].astype(np.int64)
            if sort is Sort.TITLE:
                titles = np.array(self._titles(), dtype=object)
                order = np.argsort(titles, kind="stable") if len(titles) else np.zeros(0, int)
            elif sort is Sort.NEWEST:
                order = np.lexsort((number, newest))
            else:
                order = np.lexsort((number, newest, -facts["deals"].astype(np.int64)))
            places = np.empty(self.count, np.int64)
            places[order] = np.arange(self.count)
            return places

        ranks: Ids = self.made(("rank", sort), make)
        return ranks

    def _titles(self) -> list[str]:
        return [title for _, part in self.parts for title in part.sort_titles()]


def _any(masks: Iterable[Mask]) -> Mask:
    every = list(masks)
    return np.logical_or.reduce(every) if len(every) > 1 else every[0]


def _all(masks: list[Mask]) -> Mask:
    return np.logical_and.reduce(masks) if len(masks) > 1 else masks[0]

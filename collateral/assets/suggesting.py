"""What a file's own words suggest about it: title, type, language and terms. Pure.

Nothing here is set by itself: it is offered, and somebody takes it or not. A term is offered
where its label, or a synonym of it, stands in the file's name, in the title of a page, or on
several pages; whole words count, case and accents do not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError

from collateral.assets.finding import fold
from collateral.assets.rules import slug_of, title_from_file

MOST_OF_ONE, MOST = 2, 6
IN_NAME, IN_FIRST_TITLE, IN_TITLE, ON_PAGE = 4.0, 3.0, 1.5, 1.0
ENOUGH = 3.0
"""A term needs so many points: one page title and two further pages, or three pages."""
LEAST_SHARE = 0.15
"""Of the pages of a long file; a word said in passing is not what it is about."""

BY_FAMILY: Mapping[str, tuple[str, ...]] = {
    "deck": ("deck", "presentation", "slides", "slide-deck"),
    "video": ("video", "film"),
    "sheet": ("calculator", "spreadsheet", "sheet", "price-list"),
    "image": ("image", "picture", "graphic"),
}
SHORT = ("one-pager", "onepager", "flyer", "datasheet", "data-sheet", "leaflet")
"""Slugs of the type of a document of one or two pages."""


@dataclass(frozen=True)
class Word:
    """A term that may be offered: its key ("stage:evaluation"), its label, and its synonyms."""

    key: str
    label: str
    synonyms: tuple[str, ...] = ()

    @property
    def vocabulary(self) -> str:
        return self.key.partition(":")[0]

    @property
    def slug(self) -> str:
        return self.key.partition(":")[2]


@dataclass(frozen=True)
class Content:
    """What is known of a file: `pages` are pairs of title and text, in order."""

    filename: str
    family: str
    language: str | None
    page_count: int
    pages: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Suggestion:
    """`field` is title, type, language or terms; `value` what would be set, `label` its words."""

    field: str
    value: str
    label: str


def suggest(
    content: Content,
    words: Sequence[Word],
    *,
    have: Sequence[str] = (),
    title: str | None = None,
) -> list[Suggestion]:
    """What to offer, the surest first. `have` are the keys that it carries already, of which no
    second type or language is offered; `title` is its title where nobody has given it one.
    """
    taken = {key.partition(":")[0] for key in have}
    found: list[Suggestion] = []
    if title is not None and (better := better_title(content, title)):
        found.append(Suggestion("title", better, better))
    points = _points(content, words)
    if "type" not in taken and (kind := _type(content, words, points)):
        found.append(Suggestion("type", kind.key, kind.label))
    if "language" not in taken and (spoken := language(content.language, words)):
        found.append(Suggestion("language", spoken.key, spoken.label))
    chosen: Counter[str] = Counter()
    for word in sorted(words, key=lambda word: -points[word.key]):
        if word.vocabulary in ("type", "language") or word.key in have:
            continue
        enough = points[word.key] >= ENOUGH and chosen[word.vocabulary] < MOST_OF_ONE
        if enough and chosen.total() < MOST:
            chosen[word.vocabulary] += 1
            found.append(Suggestion("terms", word.key, word.label))
    return found


def better_title(content: Content, title: str) -> str | None:
    """The title of the first page, where it is one and says more than the file's name."""
    first = title_from_file(content.pages[0][0]) if content.pages else None
    if first is None or len(first) > 120 or slug_of(first) == slug_of(title):
        return None
    return first


def language(code: str | None, words: Sequence[Word]) -> Word | None:
    """The term that means the language of that code, by whatever name the vocabulary has it."""
    if not code:
        return None
    names = {code}
    try:
        locale = Locale.parse(code, sep="-")
        names |= {slug_of(str(locale.get_display_name(name))) for name in (code, "en", "de")}
    except (ValueError, UnknownLocaleError):
        pass
    spoken = (word for word in words if word.vocabulary == "language")
    return next((w for w in spoken if w.slug in names or slug_of(w.label) in names), None)


def _type(content: Content, words: Sequence[Word], points: Mapping[str, float]) -> Word | None:
    """The type that the name or the first title says; else the one that its kind usually is."""
    types = [word for word in words if word.vocabulary == "type"]
    said = [word for word in types if points[word.key] >= IN_FIRST_TITLE]
    if said:
        return max(said, key=lambda word: points[word.key])
    usual = BY_FAMILY.get(content.family, ())
    if content.family in ("pdf", "document") and 1 <= content.page_count <= 2:
        usual = SHORT
    return next((word for word in types if word.slug in usual), None)


def _points(content: Content, words: Sequence[Word]) -> dict[str, float]:
    """By term, how much the file speaks of it."""
    points = dict.fromkeys((word.key for word in words), 0.0)
    by_phrase: dict[str, list[str]] = {}
    for word in words:
        for phrase in (word.label, *word.synonyms):
            folded = " ".join(re.findall(r"\w+", fold(phrase)))
            if len(folded) > 1:
                by_phrase.setdefault(folded, []).append(word.key)
                if folded.endswith("y"):
                    by_phrase.setdefault(folded[:-1] + "ies", []).append(word.key)
    if not by_phrase:
        return points
    longest_first = sorted(by_phrase, key=len, reverse=True)
    pattern = re.compile(
        r"\b(" + "|".join(re.escape(p) for p in longest_first) + r")(?:e?s|e?n)?\b"
    )

    def keys_in(text: str) -> set[str]:
        spaced = " ".join(re.findall(r"\w+", fold(text).replace("_", " ")))
        return {key for match in pattern.findall(spaced) for key in by_phrase[match]}

    for key in keys_in(content.filename.rpartition(".")[0]):
        points[key] += IN_NAME
    pages: Counter[str] = Counter()
    for number, (title, text) in enumerate(content.pages):
        in_title = keys_in(title)
        for key in in_title:
            points[key] += IN_TITLE if number else IN_FIRST_TITLE
        pages.update(in_title | keys_in(text))
    least = LEAST_SHARE * len(content.pages)
    for key, count in pages.items():
        if count >= least:
            points[key] += ON_PAGE * count
    return points

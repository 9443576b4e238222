"""Finding words inside one file: which pages say them, and where. Pure.

Case and accents are ignored, part words count, quotes hold a phrase together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

MOST_WORDS = 12
_PARTS = re.compile(r'"([^"]+)"|(\S+)')


def words_of(text: str) -> list[str]:
    """The folded words and phrases that were asked for, at most twelve."""
    parts = (phrase or word for phrase, word in _PARTS.findall(text[:200]))
    folded = (" ".join(fold(part).replace('"', " ").split()) for part in parts)
    return list(dict.fromkeys(part for part in folded if part))[:MOST_WORDS]


def fold(text: str) -> str:
    """The text without case and accents."""
    if text.isascii():
        return text.lower()
    return "".join(_fold_character(character) for character in text)


def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    plain = unicodedata.normalize("NFKD", character).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c))


def says(words: Sequence[str], *texts: str) -> bool:
    """Whether the texts together say every one of the folded words."""
    folded = " ".join(" ".join(fold(text).split()) for text in texts)
    return bool(words) and all(word in folded for word in words)


def marks(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """The text cut into pieces, each with whether it was asked for; joined they are the text."""
    if not words or not text:
        return [(text, False)] if text else []
    folded, places = _folded_with_places(text)
    pattern = re.compile("|".join(re.escape(w).replace(r"\ ", r"\s+") for w in words))
    pieces: list[tuple[str, bool]] = []
    done = 0
    for match in pattern.finditer(folded):
        start, end = places[match.start()], places[match.end() - 1] + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        if start < done:
            continue
        if start > done:
            pieces.append((text[done:start], False))
        pieces.append((text[start:end], True))
        done = end
    if done < len(text):
        pieces.append((text[done:], False))
    return pieces


def _folded_with_places(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters where it comes from."""
    if text.isascii():
        return text.lower(), range(len(text))
    parts = [_fold_character(character) for character in text]
    places = [place for place, part in enumerate(parts) for _ in part]
    return "".join(parts), places

"""Texts that are written in one place and put into words in another, in the reader's language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

# flask_babel is imported where a text is put into words: confined readers only write them down.


def N_(text: str) -> str:
    """The text as it is: Babel collects it here, and `_()` translates it where it is shown."""
    return text


@dataclass(frozen=True)
class Sentence:
    """A text with its values. It can be kept as JSON and is put into words by whoever reads it.

    Sentence(N_("“%(text)s” is no date."), {"text": "soon"})
    """

    text: str
    values: Mapping[str, str | int | Sentence] = field(default_factory=dict)

    def __str__(self) -> str:
        from flask_babel import gettext

        return str(gettext(self.text, **self.values))

    def to_json(self) -> list[Any]:
        values = self.values.items()
        return [self.text, {k: v.to_json() if isinstance(v, Sentence) else v for k, v in values}]

    @classmethod
    def from_json(cls, kept: list[Any]) -> Sentence:
        """What `to_json` gave."""
        text, values = kept
        return cls(text, {k: cls.from_json(v) if type(v) is list else v for k, v in values.items()})


def in_words(kept: Any) -> str:
    """What was kept, in the reader's language: what `Sentence.to_json` gave, or English words that
    `recognise` was told of. Any other text stays as it is."""
    if not isinstance(kept, str):
        return str(Sentence.from_json(kept))
    known = _recognised(kept)
    if known is None:
        return kept
    text, values = known
    return str(Sentence(text, {name: _value(said) for name, said in values.items()}))


_KEPT = ('["', '"')
"""How that begins which `to_text` wrote as JSON: a sentence, or text that could be taken for it."""


def to_text(said: object) -> str:
    """A sentence for a column of text, which `from_text` puts into words.

    Text that only looks like a kept sentence comes back as that text: a confined reader may have
    made it up.
    """
    kept = said.to_json() if isinstance(said, Sentence) else str(said)
    return kept if isinstance(kept, str) and not kept.startswith(_KEPT) else json.dumps(kept)


def from_text(kept: str) -> str:
    """What `to_text` wrote, in the reader's language. Of a column that nobody else writes to."""
    return in_words(json.loads(kept) if kept.startswith(_KEPT) else kept)


_WHOLE: set[str] = set()
_PARTED: list[tuple[re.Pattern[str], str]] = []
_PLACE = re.compile(r"%\\\((\w+)\\\)s|%\((\w+)\)s")
_NUMBER = re.compile(r"\d{1,3}(,\d{3})+|\d+")


def recognise(*texts: str) -> None:
    """Have `in_words` know these again by their English words, with whatever values are in them.

    For those that cannot come as a Sentence: of a confined reader no text is trusted to be one.
    """
    for text in texts:
        if "%(" in text:
            pattern = _PLACE.sub(lambda place: f"(?P<{place[1] or place[2]}>.+?)", re.escape(text))
            _PARTED.append((re.compile(pattern, re.DOTALL), text))
        else:
            _WHOLE.add(text)
    # What has more words of its own is tried first.
    _PARTED.sort(key=lambda known: -len(_PLACE.sub("", known[1])))
    _recognised.cache_clear()


@lru_cache(maxsize=2048)
def _recognised(said: str) -> tuple[str, dict[str, str]] | None:
    if said in _WHOLE:
        return said, {}
    for pattern, text in _PARTED:
        found = pattern.fullmatch(said)
        if found is not None:
            return text, found.groupdict()
    return None


def _value(said: str) -> str:
    """A value within recognised words: itself such words, a number as English writes it, a name."""
    if _NUMBER.fullmatch(said):
        from flask_babel import format_decimal

        return str(format_decimal(int(said.replace(",", ""))))
    return in_words(said)

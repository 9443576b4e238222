"""Texts that are written in one place and put into words in another, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext


def N_(text: str) -> str:
    """The text as it is: Babel collects it here, and `_()` translates it where it is shown."""
    return text


@dataclass(frozen=True)
class Sentence:
    """A text with its values. It can be kept as JSON and is put into words by whoever reads it.

    Sentence(N_("“%(text)s” is no date."), {"text": "soon"})
    """

    text: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(gettext(self.text, **self.values))

    def to_json(self) -> list[Any]:
        return [self.text, dict(self.values)]


def in_words(kept: Any) -> str:
    """What `Sentence.to_json` kept, in the reader's language; a plain text stays as it is."""
    return kept if isinstance(kept, str) else str(Sentence(*kept))

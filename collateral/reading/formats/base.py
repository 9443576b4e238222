"""What every format offers to the steps of reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from collateral.reading import sentences
from collateral.reading.kinds import FileKind
from collateral.reading.results import Limits, PageFeatures, PageText

if TYPE_CHECKING:
    from PIL import Image


class Unreadable(Exception):
    """Nothing of the file can be read; the message is the sentence a person sees."""


class NoPicture(Exception):
    """This page cannot be drawn; the message is the sentence a person sees."""


@dataclass(frozen=True, slots=True)
class Source:
    """The opened file with what is known of it."""

    file: BinaryIO
    kind: FileKind
    limits: Limits

    def data(self) -> bytes:
        """The whole file, for parsers that want it at once."""
        self.file.seek(0)
        return self.file.read()


class Document:
    """An opened file. Raise Unreadable on construction when there is nothing to be had of it."""

    page_count: int | None = None

    def properties(self) -> dict[str, str]:
        """Author, title, created and the like: flat, short, only what is there."""
        return {}

    def notices(self) -> list[str]:
        """What a person should know before sending the file on. Asked after the pages."""
        return []

    def pages(self) -> Iterator[PageText]:
        """Text page by page, in order."""
        return iter(())

    def features(self) -> Iterator[PageFeatures]:
        """What lineage compares, page by page."""
        for page in self.pages():
            boxes = tuple(part for part in page.text.split("\n\n") if part.strip())
            yield PageFeatures(page.number, texts=boxes)

    @property
    def picture_count(self) -> int:
        """How many pages can be drawn."""
        return self.page_count or 0

    def picture(self, number: int, width: int) -> Image.Image:  # noqa: ARG002
        """Page `number` (from 1) drawn about `width` pixels wide. Raises NoPicture."""
        raise NoPicture(sentences.NO_PREVIEW)


def damaged(kind: FileKind) -> Unreadable:
    """The sentence for a file whose inside does not hold what its outside promises."""
    return Unreadable(sentences.DAMAGED % {"kind": kind.label})


def locked(kind: FileKind) -> Unreadable:
    """The sentence for a password."""
    return Unreadable(sentences.LOCKED % {"kind": kind.label})


def first_line(text: str, length: int = 120) -> str:
    """The first line that says something, for a title."""
    for line in text.splitlines():
        line = " ".join(line.split())
        if any(char.isalnum() for char in line):
            return line[:length]
    return ""

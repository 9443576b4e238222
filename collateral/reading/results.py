"""What reading hands back: plain, frozen data, sizes in pixels, times in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

PREVIEW_WIDTHS = (320, 1280)


class Step(StrEnum):
    """One part of reading that can fail while the others succeed, in the order they are done."""

    TEXT = "text"
    LANGUAGE = "language"
    FIRST_PREVIEW = "first_preview"
    PREVIEWS = "previews"
    FEATURES = "features"


ALL: frozenset[Step] = frozenset(Step)
TEXT_ONLY: frozenset[Step] = frozenset({Step.TEXT, Step.LANGUAGE})
PICTURES: frozenset[Step] = frozenset({Step.FIRST_PREVIEW, Step.PREVIEWS})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. Everything beyond ends in a sentence, never in a hang."""

    wall_seconds: float = 300.0
    cpu_seconds: int = 180
    memory_mb: int = 1500
    answer_mb: int = 400
    file_mb: int = 2048
    pages: int = 2000
    preview_pages: int = 500
    text_chars: int = 20_000_000
    page_chars: int = 200_000
    pixels: int = 100_000_000
    archive_entries: int = 20_000
    unpacked_mb: int = 1024
    unpacked_ratio: int = 200


DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class PageText:
    """One slide, page, sheet or picture of a file; width and height in points (0 if unknown)."""

    number: int
    title: str = ""
    text: str = ""
    notes: str = ""
    hidden: bool = False
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Preview:
    """One WebP picture of a page, written by the caller's side under a name of its choosing."""

    page: int
    width: int
    height: int
    path: Path


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A picture placed on a page: hash of its file, perceptual hash (16 hex digits, empty when
    it could not be decoded), and the share of the page it covers (0..1)."""

    page: int
    sha256: str
    phash: str
    area: float


@dataclass(frozen=True, slots=True)
class Box:
    """A placed thing: its kind and its place in eighths of the page."""

    kind: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PageFeatures:
    """What lineage compares: text box by box, pictures, boxes, and the values of each chart.

    `design` and `backdrop` are what the deck's design shows on the page beside its own shapes;
    None for a file of which that is not known.
    """

    page: int
    texts: tuple[str, ...] = ()
    pictures: tuple[PagePicture, ...] = ()
    boxes: tuple[Box, ...] = ()
    charts: tuple[tuple[float, ...], ...] = ()
    design: tuple[str, ...] | None = None
    backdrop: tuple[PagePicture, ...] = ()


@dataclass(frozen=True, slots=True)
class Seconds:
    """Where the time went: in the child by step, in the child altogether, and on the clock."""

    wall: float = 0.0
    inside: float = 0.0
    steps: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """All that is known of a file. `error` is set only when nothing of it could be read."""

    pages: tuple[PageText, ...] = ()
    page_count: int | None = None
    language: str | None = None
    previews: tuple[Preview, ...] = ()
    preview_missing: str | None = None
    error: str | None = None
    notices: tuple[str, ...] = ()
    failures: Mapping[Step, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    features: tuple[PageFeatures, ...] = ()
    seconds: Seconds = Seconds()
    rest: bool = False
    """Its words and its first page are here; the other pages are left to another time."""

    @property
    def outcome(self) -> str:
        """In a word: `whole`, `in_part` where a step failed, `failed` where all of it did."""
        if self.error is not None:
            return "failed"
        return "in_part" if self.failures or self.preview_missing else "whole"

    @property
    def media(self) -> tuple[PagePicture, ...]:
        """Every picture of every page."""
        return tuple(picture for page in self.features for picture in page.pictures)

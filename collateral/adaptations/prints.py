"""What lineage sees of a page: its words, their order box by box, pictures, chart values.

Pure. Text is folded (NFKC, case, soft hyphens), so that re-saving and another theme change
nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

SHINGLE_WORDS, SHINGLE_CHARACTERS = 3, 4
KEPT_HASHES = 12
TELLING_PLACES = 5
TELLING_VALUES, MOST_VALUES, MOST_SERIES = 4, 8, 6
"""A series of fewer different values says nothing; more than so many say no more."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(
    rf"[{_CJK}]"  # one character is one word
    r"|\d+(?:[.,'’\u202f\u00a0]\d+)*%?"  # a number with its separators
    rf"|[^\W\d_{_CJK}]+(?:['’\-][^\W\d_{_CJK}]+)*"
)
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on a page: SHA-256 of its bytes, perceptual hash in 16 hex digits (empty where
    unknown), and the share of the page that it covers."""

    sha256: str
    phash: str
    area: float


@dataclass(frozen=True)
class PagePrint:
    """One page as lineage compares it.

    Attributes:
        number: from 1.
        boxes: the text of each box, in reading order; for a print its lines.
        pictures, charts: what is placed on it; charts as their values.
        places: (kind, x, y, width, height) of each box, in eighths of the page.
        design, backdrop: texts and pictures that the deck's design shows on the page beside its
            own; None where that is not known.
    """

    number: int
    boxes: tuple[str, ...]
    pictures: tuple[Picture, ...] = ()
    charts: tuple[tuple[float, ...], ...] = ()
    places: tuple[tuple[str, int, int, int, int], ...] = ()
    notes: str = ""
    flow: bool = False
    """Its boxes are the lines of a print, which run on from one to the next."""
    design: tuple[str, ...] | None = None
    backdrop: tuple[Picture, ...] = ()

    @cached_property
    def words(self) -> tuple[tuple[str, ...], ...]:
        """The tokens of each box."""
        return tuple(tuple(tokens(box)) for box in self.boxes)

    @property
    def lines(self) -> list[str]:
        """The text of all boxes, line by line."""
        return [line for box in self.boxes for line in box.splitlines() if line.strip()]

    @cached_property
    def bag(self) -> Counter[str]:
        """How often each token stands on the page."""
        return Counter(word for box in self.words for word in box)

    @cached_property
    def shingles(self) -> frozenset[int]:
        """64-bit hashes of runs of three words (four characters of Chinese or Japanese)."""
        found = {h for box in self.words for h in shingles(box)}
        if self.flow:
            short = {h for box in self.words if len(box) <= SHINGLE_WORDS for h in shingles(box)}
            found = short | shingles([word for box in self.words for word in box])
        return frozenset(found)

    @cached_property
    def kept(self) -> tuple[int, ...]:
        """The twelve smallest hashes: what the index holds of this page."""
        return tuple(sorted(self.shingles)[:KEPT_HASHES])

    @cached_property
    def whole(self) -> int:
        """One hash of everything on the page: pages without words are found by it."""
        parts = [
            " ".join(sorted(self.bag.elements())),
            " ".join(sorted(picture.sha256 for picture in self.pictures)),
            " ".join(sorted(map(str, self.charts))),
            "" if self.bag else " ".join(sorted(map(str, self.places))),
        ]
        return hash64("\x1f".join(parts))

    @cached_property
    def marks(self) -> frozenset[int]:
        """Hashes of the whole page, of each picture by its bytes and by its looks, of the values
        of its charts, and of where its boxes stand: a translation keeps those."""
        found = {picture_hash(p.sha256) for p in self.pictures} | self.series.keys()
        found |= {picture_hash(p.phash) for p in self.pictures if telling(p.phash)}
        if self.layout is not None:
            found.add(self.layout)
        return frozenset(found if self.empty else found | {self.whole})

    @cached_property
    def series(self) -> dict[int, int]:
        """Hashes of its charts' series, each with how many values it has that differ; of some
        that tell anything."""
        found = {
            hash64("\x1fseries\x1f" + " ".join(repr(float(v)) for v in values)): min(
                len(set(values)), MOST_VALUES
            )
            for values in self.charts
            if len(set(values)) >= TELLING_VALUES
        }
        return {one: found[one] for one in sorted(found)[:MOST_SERIES]}

    @cached_property
    def layout(self) -> int | None:
        """A hash of the places of its boxes, where there are enough to tell pages apart."""
        if len(self.places) < TELLING_PLACES:
            return None
        return hash64("\x1fplaces\x1f" + " ".join(map(str, sorted(self.places))))

    @property
    def empty(self) -> bool:
        return not (self.bag or self.pictures or self.charts)


def fold(text: str) -> str:
    """Text as it is compared: NFKC, without case, soft hyphens and invisible marks."""
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE).casefold()


def tokens(text: str) -> list[str]:
    """Words, numbers with their separators, and single CJK characters."""
    return _TOKEN.findall(fold(text))


def is_number(token: str) -> bool:
    return token[:1].isdigit()


def digits_of(token: str) -> str:
    """A number without its separators: a print may split or join them."""
    return "".join(c for c in token if c.isdigit())


def letters_of(text: str) -> str:
    """Its letters and digits alone: a print may cut and join words."""
    return "".join(c for c in fold(text) if c.isalnum())


def hash64(text: str) -> int:
    """A stable hash that fits a signed 64-bit column."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def picture_hash(name: str) -> int:
    """Where the index keeps a picture of this SHA-256 or perceptual hash."""
    return hash64(f"\x1fpicture\x1f{name}")


def telling(phash: str) -> bool:
    """Whether a perceptual hash says anything: a picture of one colour has next to no bits."""
    return bool(phash) and 8 <= int(phash, 16).bit_count() <= 56


def shingles(words: Sequence[str]) -> set[int]:
    """Hashes of the runs of one box; a box shorter than a run is one shingle."""
    if not words:
        return set()
    cjk = sum(len(word) == 1 and not word.isascii() for word in words)
    size = SHINGLE_CHARACTERS if cjk * 2 > len(words) else SHINGLE_WORDS
    if len(words) <= size:
        return {hash64(" ".join(words))}
    return {hash64(" ".join(words[i : i + size])) for i in range(len(words) - size + 1)}

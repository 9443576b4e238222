"""What a deck's design shows on a slide: texts and pictures that are no shape of the slide's own.

A print shows them on every page. Only who knows them can tell a customer's name that was added
all over from a footer that was always there.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from typing import Any

from collateral.reading.formats.pptx_texts import shape_texts
from collateral.reading.results import PagePicture

# Slide number, date, footer and header say nothing about where a slide came from.
_FURNITURE = {"sldNum", "dt", "ftr", "hdr"}
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_FIRST_GROUND = 1001
_LARGEST = 40 << 20
"""Bytes of a picture that is still looked at."""


class Designs:
    """Layouts and masters of one deck, each looked at once."""

    def __init__(self, known: dict[str, str]) -> None:
        """`known` keeps perceptual hashes by sha256 over the whole deck."""
        self._known = known
        self._texts: dict[str, tuple[str, ...]] = {}
        self._blobs: dict[str, tuple[bytes, ...]] = {}

    def texts(self, slide: Any) -> tuple[str, ...]:
        """Footer, date and header of the slide, and what stands in its layout and master."""
        own = [text for shape, text in shape_texts(slide) if is_furniture(shape)]
        return (*own, *(text for holder in _behind(slide) for text in self._texts_of(holder)))

    def pictures(self, number: int, slide: Any) -> tuple[PagePicture, ...]:
        """Pictures of its layout and master, of the theme where that is its ground, and those
        of the slide; where they stand, and so their area, is not asked."""
        found: dict[str, PagePicture] = {}
        blobs = [blob for holder in _behind(slide) for blob in self._blobs_of(holder)]
        if any(map(_on_theme, (slide, *_behind(slide)))):
            blobs += self._blobs_of_theme(slide.slide_layout.slide_master)
        for blob in (*_images(slide.part), *blobs):
            sha = hashlib.sha256(blob).hexdigest()
            if sha not in found:
                found[sha] = PagePicture(number, sha, phash(blob, sha, self._known), 0.0)
        return tuple(found.values())

    def _texts_of(self, holder: Any) -> tuple[str, ...]:
        name = str(holder.part.partname)
        if name not in self._texts:
            self._texts[name] = tuple(
                text
                for shape, text in shape_texts(holder)
                if not any(True for _ in shape._element.iter(f"{_P}ph"))
            )
        return self._texts[name]

    def _blobs_of(self, holder: Any) -> tuple[bytes, ...]:
        name = str(holder.part.partname)
        if name not in self._blobs:
            self._blobs[name] = tuple(_images(holder.part))
        return self._blobs[name]

    def _blobs_of_theme(self, master: Any) -> tuple[bytes, ...]:
        name = f"theme of {master.part.partname}"
        if name not in self._blobs:
            themes = _related(master.part, "/theme")
            self._blobs[name] = tuple(blob for theme in themes for blob in _images(theme))
        return self._blobs[name]


def is_furniture(shape: Any) -> bool:
    """Whether it is a slide's number, date, footer or header."""
    return any(node.get("type") in _FURNITURE for node in shape._element.iter(f"{_P}ph"))


def phash(blob: bytes, sha: str, known: dict[str, str]) -> str:
    """The perceptual hash of a picture; each is decoded once a deck."""
    from collateral.reading.pictures import perceptual_hash

    if sha not in known:
        known[sha] = perceptual_hash(io.BytesIO(blob))
    return known[sha]


def _behind(slide: Any) -> Iterator[Any]:
    layout = slide.slide_layout
    yield layout
    yield layout.slide_master


def _on_theme(holder: Any) -> bool:
    """Whether its ground is one of the theme's that may be a picture; the first is a colour."""
    found = holder._element.find(f".//{_P}bgRef")
    return found is not None and int(found.get("idx", 0)) > _FIRST_GROUND


def _related(part: Any, kind: str) -> Iterator[Any]:
    for relation in part.rels.values():
        if not relation.is_external and relation.reltype.endswith(kind):
            yield relation.target_part


def _images(part: Any) -> Iterator[bytes]:
    for image in _related(part, "/image"):
        if len(image.blob) <= _LARGEST:
            yield image.blob

"""A page's print as bytes and back. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import msgspec

from collateral.adaptations.prints import PagePrint, Picture

QUICK = 1
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(
    tuple[
        tuple[str, ...],
        tuple[tuple[str, str, float], ...],
        tuple[tuple[float, ...], ...],
        tuple[tuple[str, int, int, int, int], ...],
        str,
        bool,
    ]
)


def pack(page: PagePrint) -> bytes:
    """Everything of the page but its number."""
    pictures = [(p.sha256, p.phash, p.area) for p in page.pictures]
    parts = (page.boxes, pictures, page.charts, page.places, page.notes, page.flow)
    return zlib.compress(_encoder.encode(parts), QUICK)


def unpack(number: int, content: bytes) -> PagePrint:
    """What `pack` made."""
    boxes, pictures, charts, places, notes, flow = _decoder.decode(zlib.decompress(content))
    return PagePrint(
        number, boxes, tuple(Picture(*p) for p in pictures), charts, places, notes, flow
    )


def page_print(
    number: int, text: str, notes: str, features: Mapping[str, Any] | None, *, printed: bool
) -> PagePrint:
    """A page as reading stored it.

    Args:
        features: `PageFeatures` as a dictionary; without it, all there is are the words.
        printed: the page is a PDF's: its boxes are its lines.
    """
    if features is None or printed:
        boxes = tuple(line for line in text.splitlines() if line.strip())
    else:
        # A number of its own in a plain box is no content: it changes with the page's place.
        boxes = tuple(text for text in features["texts"] if text.strip() != str(number))
    found = features or {}
    return PagePrint(
        number=number,
        boxes=boxes,
        pictures=tuple(
            Picture(p["sha256"], p["phash"], p["area"]) for p in found.get("pictures", ())
        ),
        charts=tuple(tuple(values) for values in found.get("charts", ())),
        places=tuple(
            (b["kind"], b["x"], b["y"], b["width"], b["height"]) for b in found.get("boxes", ())
        ),
        notes=notes,
        flow=printed,
    )

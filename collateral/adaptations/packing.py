"""A page's print as bytes and back. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import msgspec

from collateral.adaptations.prints import PagePrint, Picture

QUICK = 1
_encoder = msgspec.msgpack.Encoder()


class _Content(msgspec.Struct, array_like=True, frozen=True):
    """A page's print as it is written down.

    What came later has a default, and what comes after it is passed over: two versions of this
    program read each other's prints.
    """

    boxes: tuple[str, ...]
    pictures: tuple[tuple[str, str, float], ...]
    charts: tuple[tuple[float, ...], ...]
    places: tuple[tuple[str, int, int, int, int], ...]
    notes: str
    flow: bool
    design: tuple[str, ...] | None = None
    backdrop: tuple[tuple[str, str, float], ...] = ()


_decoder = msgspec.msgpack.Decoder(_Content)


def pack(page: PagePrint) -> bytes:
    """Everything of the page but its number."""
    parts = _Content(
        page.boxes,
        tuple((p.sha256, p.phash, p.area) for p in page.pictures),
        page.charts,
        page.places,
        page.notes,
        page.flow,
        page.design,
        tuple((p.sha256, p.phash, p.area) for p in page.backdrop),
    )
    return zlib.compress(_encoder.encode(parts), QUICK)


def unpack(number: int, content: bytes) -> PagePrint:
    """What `pack` made."""
    found = _decoder.decode(zlib.decompress(content))
    return PagePrint(
        number,
        found.boxes,
        tuple(Picture(*p) for p in found.pictures),
        found.charts,
        found.places,
        found.notes,
        found.flow,
        found.design,
        tuple(Picture(*p) for p in found.backdrop),
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
        pictures=_pictures(found, "pictures"),
        charts=tuple(tuple(values) for values in found.get("charts", ())),
        places=tuple(
            (b["kind"], b["x"], b["y"], b["width"], b["height"]) for b in found.get("boxes", ())
        ),
        notes=notes,
        flow=printed,
        design=None if found.get("design") is None else tuple(found["design"]),
        backdrop=_pictures(found, "backdrop"),
    )


def _pictures(features: Mapping[str, Any], name: str) -> tuple[Picture, ...]:
    return tuple(Picture(p["sha256"], p["phash"], p["area"]) for p in features.get(name, ()))

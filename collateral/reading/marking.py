"""In the confined child: a mark burnt into pictures of pages.

The mark lies slanted over the whole page, pale, and once in full at its foot, where it can be
read. It is part of the picture afterwards: there is no layer to take away.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

from collateral.reading.bundle import Opened
from collateral.reading.confined.cage import Held
from collateral.reading.confined.wire import Sender
from collateral.reading.lettering import fitted, width, write
from collateral.reading.pictures import previews

_SLANT = 28
_PALE, _DARK = (110, 118, 124, 44), (40, 46, 50, 235)
_GROUND = (255, 255, 255, 205)


def mark_pages(spec: dict[str, Any], sender: Sender, held: Held) -> None:
    """Send each picture of the bundle back with the mark in it, 320 and 1280 wide."""
    del spec, held
    bundle = Opened()
    for page in bundle.head["pages"]:
        image = marked(bundle.picture(page["blob"]), bundle.head["mark"])
        for wide, high, data in previews(image):
            head = {"frame": "preview", "page": page["page"], "width": wide, "height": high}
            sender.send(head, data)


def marked(image: Any, mark: str) -> Any:
    """The picture with the mark in it."""
    if not mark:
        return image.convert("RGB")
    ground = image.convert("RGBA")
    ground.alpha_composite(_veil(ground.width, ground.height, mark))
    return ground.convert("RGB")


@lru_cache(4)
def _veil(wide: int, high: int, mark: str) -> Any:
    """What is laid over a page of that size; the pages of one file mostly have one."""
    from PIL import Image, ImageDraw

    size = max(11, wide // 46)
    word = fitted(mark, size, wide)
    across = width(word, size) + size * 4
    side = int((wide**2 + high**2) ** 0.5) + 1  # covers the page however it is turned
    sheet = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(sheet)
    for row, top in enumerate(range(size, side, size * 7)):
        for left in range(-(row % 2) * across // 2, side, across):
            write(draw, word, (left, top), size, _PALE)
    turned = sheet.rotate(_SLANT, resample=Image.Resampling.BICUBIC)
    left, top = (side - wide) // 2, (side - high) // 2
    veil = turned.crop((left, top, left + wide, top + high))
    foot = max(11, wide // 64)
    line = fitted(mark, foot, wide - foot * 4)
    draw = ImageDraw.Draw(veil)
    draw.rectangle((0, high - foot * 2, width(line, foot) + foot * 2, high), fill=_GROUND)
    write(draw, line, (foot, high - foot * 0.65), foot, _DARK)
    return veil


def as_bytes(image: Any, kind: str, **options: Any) -> bytes:
    """The picture as a file of that kind, without anything that it was made from."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()

"""Words on pictures, in whatever script: each run of letters by the font that has them."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

from collateral.reading.fonts import faces
from collateral.reading.scripts import runs


@lru_cache(64)
def font(family: str, size: int, *, bold: bool) -> Any:
    """A bundled family in that size, in pixels; its regular style where it has no bold one."""
    from PIL import ImageFont

    # From memory: the child may not be able to open the file any more.
    styles = faces(family)
    face = next((face for face in styles if face.bold == bold and not face.italic), styles[0])
    return ImageFont.truetype(io.BytesIO(face.data), size)


def width(text: str, size: int, *, bold: bool = False) -> int:
    """How wide the words are, in pixels."""
    return int(sum(font(family, size, bold=bold).getlength(part) for family, part in runs(text)))


def write(
    draw: Any, text: str, place: tuple[float, float], size: int, fill: Any, *, bold: bool = False
) -> None:
    """Put the words on the picture; `place` is the left end of their base line."""
    left, base = place
    for family, part in runs(text):
        chosen = font(family, size, bold=bold)
        draw.text((left, base), part, font=chosen, fill=fill, anchor="ls")
        left += chosen.getlength(part)


def fitted(text: str, size: int, room: int, *, bold: bool = False) -> str:
    """The words, cut with an ellipsis where they are wider than the room."""
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(text + "…", size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, size: int, room: int, *, bold: bool = False) -> list[str]:
    """The words in lines that fit the room."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and width(longer, size, bold=bold) > room:
            lines.append(line)
            longer = word
        line = longer
    if line:
        lines.append(line)
    return [fitted(each, size, room, bold=bold) for each in lines]

"""The open fonts that stand in for the ones that decks name, and how wide words are in them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import collateral

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FOLDER = Path(collateral.__file__).parent / "reading" / "fonts"

STAND_INS = {
    "Calibri": "Carlito",
    "Segoe UI": "Carlito",
    "Cambria": "Caladea",
    "Arial": "LiberationSans",
}


def path(family: str, *, bold: bool = False, italic: bool = False) -> Path:
    """The file of that family's face."""
    face = {(False, False): "Regular", (True, False): "Bold"}.get((bold, italic))
    face = face or ("BoldItalic" if bold else "Italic")
    return FOLDER / f"{STAND_INS.get(family, family)}-{face}.ttf"


@lru_cache(maxsize=32)
def _face(family: str, bold: bool) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(path(family, bold=bold), 100)


def width(text: str, family: str, size: float, *, bold: bool = False) -> float:
    """How wide the text runs on one line, in the unit of ``size``."""
    return _face(family, bold).getlength(text) * size / 100


def wrapped(text: str, family: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """The lines that the text breaks into where ``room`` is the width."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and width(longer, family, size, bold=bold) > room:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


def balanced(text: str, family: str, size: float, room: float, *, bold: bool = False) -> float:
    """The least width at which the text takes no more lines than in ``room``: even lines."""
    lines = len(wrapped(text, family, size, room, bold=bold))
    while lines > 1 and len(wrapped(text, family, size, room - 2, bold=bold)) == lines:
        room -= 2
    return room


def fitting(
    text: str,
    family: str,
    size: float,
    room: float,
    height: float,
    *,
    bold: bool = False,
    leading: float = 1.2,
    least: float = 7.0,
) -> float:
    """The largest size, at most ``size``, at which the text stays inside its box."""
    while size > least:
        lines = wrapped(text, family, size, room, bold=bold)
        widest = max(width(line, family, size, bold=bold) for line in lines)
        if len(lines) * size * leading <= height and widest <= room:
            break
        size -= 0.5
    return size

"""Which bundled font family has the letters of a piece of text."""

from __future__ import annotations

from itertools import groupby

LATIN = "LiberationSans"

# First and last code point, and the family that draws them; everything else is Latin's, which
# also has Greek, Cyrillic and Hebrew.
_RANGES: tuple[tuple[int, int, str], ...] = (
    (0x0600, 0x06FF, "NotoSansArabic"),
    (0x0750, 0x077F, "NotoSansArabic"),
    (0x08A0, 0x08FF, "NotoSansArabic"),
    (0x0900, 0x097F, "NotoSansDevanagari"),
    (0x0E00, 0x0E7F, "NotoSansThai"),
    (0x1100, 0x11FF, "NotoSansCJK"),
    (0x2460, 0x24FF, "NotoSansCJK"),
    (0x2700, 0x27BF, "NotoSansSymbols2"),
    (0x2B00, 0x2BFF, "NotoSansSymbols2"),
    (0x2600, 0x26FF, "NotoSansSymbols2"),
    (0x2E80, 0x9FFF, "NotoSansCJK"),
    (0xA000, 0xA4CF, "NotoSansCJK"),
    (0xAC00, 0xD7FF, "NotoSansCJK"),
    (0xF900, 0xFAFF, "NotoSansCJK"),
    (0xFB50, 0xFDFF, "NotoSansArabic"),
    (0xFE30, 0xFE4F, "NotoSansCJK"),
    (0xFE70, 0xFEFF, "NotoSansArabic"),
    (0xFF00, 0xFFEF, "NotoSansCJK"),
    (0x1F300, 0x1FAFF, "NotoSansSymbols2"),
    (0x20000, 0x2FFFF, "NotoSansCJK"),
)


def family_of(char: str) -> str:
    """The bundled family that draws this character."""
    code = ord(char)
    if code < 0x0600:
        return LATIN
    for first, last, family in _RANGES:
        if first <= code <= last:
            return family
    return LATIN


def runs(text: str) -> list[tuple[str, str]]:
    """The text cut where the family changes; spaces stay with the letters before them."""
    families: list[tuple[str, str]] = []
    current = LATIN
    for char in text:
        if not char.isspace():
            current = family_of(char)
        families.append((current, char))
    return [
        (family, "".join(char for _, char in group))
        for family, group in groupby(families, key=lambda pair: pair[0])
    ]

"""Cut Noto Sans CJK down to the characters that collateral is written in (19 MB to 2.7 MB)."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any


def characters() -> set[int]:
    """The code points of the everyday Chinese, Japanese and Korean character sets."""
    both = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    high = range(0xA1, 0xFF)
    found = _table("gb2312", range(0xA1, 0xF8), high)
    found |= _table("euc_jp", range(0xA1, 0xF5), high)
    found |= _table("euc_kr", range(0xA1, 0xA4), high) | _table("euc_kr", range(0xB0, 0xC9), high)
    found |= _table("big5", range(0xA4, 0xC7), both)
    return found | {*range(0x20, 0x7F), *range(0x3000, 0x3100), *range(0xFF00, 0xFFF0)}


def _table(codec: str, rows: Iterable[int], columns: Iterable[int]) -> set[int]:
    columns = list(columns)
    pairs = (bytes((row, column)) for row in rows for column in columns)
    return {ord(char) for pair in pairs for char in pair.decode(codec, "ignore") if ord(char) > 126}


def main(source: str, target: str) -> None:
    """Write the subset of the Japanese face of the collection `source` to `target`."""
    subset: Any = import_module("fontTools.subset")
    font: Any = import_module("fontTools.ttLib").TTFont(source, fontNumber=0)
    options = subset.Options()
    options.layout_features = ["ccmp", "kern", "mark", "mkmk", "liga"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    font.save(target)


if __name__ == "__main__":
    main(*sys.argv[1:3])

"""Word 97 documents (doc): the text out of its piece table; and rich text (rtf)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from functools import cached_property

from collateral.reading.formats.base import Source, Unreadable, damaged, first_line, locked
from collateral.reading.formats.card import CardDocument
from collateral.reading.formats.ole import summary
from collateral.reading.results import PageText
from collateral.reading.sentences import FILES_INSIDE, MACROS

_FIELD_CODE = re.compile("\x13[^\x13\x14\x15]*(?:\x14|(?=\x15))")
_MARKS = str.maketrans({
    "\r": "\n", "\v": "\n", "\x07": "\t", "\x13": "", "\x14": "", "\x15": "", "\x01": "",
    "\x08": "", "\x1e": "-", "\x1f": "", "\xa0": " ", "\x02": "", "\x05": "",
})  # fmt: skip
_RTF_BYTES = 40 << 20


class PagedText(CardDocument):
    """A document whose text carries form feeds where its pages end."""

    _text: str

    @cached_property
    def _pages(self) -> list[str]:
        return [page.strip() for page in self._text.split("\f") if page.strip()] or [""]

    @property
    def page_count(self) -> int:  # type: ignore[override]
        return len(self._pages)

    def pages(self) -> Iterator[PageText]:
        for number, text in enumerate(self._pages, 1):
            yield PageText(number, first_line(text), text, width=612, height=792)


class OldWord(PagedText):
    """A doc file of Word 97 to 2003."""

    def __init__(self, source: Source) -> None:
        import olefile

        self._source = source
        try:
            with olefile.OleFileIO(source.file) as ole:
                main = ole.openstream("WordDocument").read()
                flags = struct.unpack_from("<H", main, 0x0A)[0]
                if flags & 0x0100:
                    raise locked(source.kind)
                table = ole.openstream("1Table" if flags & 0x0200 else "0Table").read()
            self._text = _clean(_pieces(main, table))
        except Unreadable:
            raise
        except Exception as error:
            raise damaged(source.kind) from error

    def properties(self) -> dict[str, str]:
        return summary(self._source.file)

    def notices(self) -> list[str]:
        return [MACROS] if self._source.kind.macros else []


def _pieces(main: bytes, table: bytes) -> str:
    """The main text, put together from the pieces that the table names."""
    length = struct.unpack_from("<i", main, 0x4C)[0]
    start, size = struct.unpack_from("<II", main, 0x01A2)
    clx = table[start : start + size]
    at = 0
    while at < len(clx) and clx[at] == 1:
        at += 3 + int(struct.unpack_from("<H", clx, at + 1)[0])
    if at >= len(clx) or clx[at] != 2:
        raise ValueError("no piece table")
    table_size = struct.unpack_from("<I", clx, at + 1)[0]
    plc = clx[at + 5 : at + 5 + table_size]
    count = (len(plc) - 4) // 12
    marks = struct.unpack_from(f"<{count + 1}I", plc)
    words = []
    for index in range(count):
        offset = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * index + 2)[0]
        characters = marks[index + 1] - marks[index]
        if offset & 0x40000000:
            begin = (offset & 0x3FFFFFFF) // 2
            words.append(main[begin : begin + characters].decode("cp1252", "replace"))
        else:
            words.append(main[offset : offset + 2 * characters].decode("utf-16-le", "replace"))
    return "".join(words)[: max(0, length)]


def _clean(text: str) -> str:
    """Field codes out, their results kept; marks of Word's as the white space they mean."""
    for _ in range(5):
        text, changed = _FIELD_CODE.subn("", text)
        if not changed:
            break
    return text.translate(_MARKS)


class RichText(PagedText):
    """An rtf file."""

    def __init__(self, source: Source) -> None:
        from striprtf.striprtf import rtf_to_text

        self._source = source
        source.file.seek(0)
        data = source.file.read(_RTF_BYTES)
        try:
            self._text = rtf_to_text(  # type: ignore[no-untyped-call]
                data.decode("latin-1"), errors="replace"
            )
        except Exception as error:
            raise damaged(source.kind) from error

    def notices(self) -> list[str]:
        self._source.file.seek(0)
        data = self._source.file.read(_RTF_BYTES)
        found = b"\\objdata" in data or b"\\objemb" in data
        return [FILES_INSIDE] if found else []

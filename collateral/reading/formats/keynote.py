"""Keynote decks: words out of their archives, the picture that Keynote itself put beside them.

A Keynote file is a zip of `Index/*.iwa`: Snappy blocks holding protocol buffers. Only two facts of
that format are used: where a message begins, and that field 3 of a text storage is its text.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from collateral.reading.formats.base import Source, damaged, first_line
from collateral.reading.formats.card import CardDocument
from collateral.reading.formats.package import open_package, part
from collateral.reading.results import PageText

if TYPE_CHECKING:
    from PIL import Image

_TEXT_STORAGE = {2001, 2005}
_TEXT_FIELD = 3
_UNPACKED = 64 << 20
_SLIDE = re.compile(r"Index/Slide(?:-(\d+))?(?:-\d+)?\.iwa$")
_PREVIEWS = ("preview.jpg", "QuickLook/Thumbnail.jpg", "preview-web.jpg")


class Keynote(CardDocument):
    """A key file, of 2013 or later; older ones give their preview only."""

    card_height = 960

    def __init__(self, source: Source) -> None:
        self._source = source
        self._archive = open_package(source)
        if "Index.zip" in self._archive.NameToInfo:
            try:
                self._index = zipfile.ZipFile(io.BytesIO(part(self._archive, "Index.zip")))
            except zipfile.BadZipFile as error:
                raise damaged(source.kind) from error
        else:
            self._index = self._archive

    @cached_property
    def _pages(self) -> list[PageText]:
        names = [name for name in self._index.namelist() if _SLIDE.search(name)]
        names.sort(key=lambda name: int((_SLIDE.search(name) or [0, 0])[1] or 0))
        pages = []
        for number, name in enumerate(names, 1):
            texts = list(dict.fromkeys(_texts(part(self._index, name))))
            text = "\n\n".join(texts)
            pages.append(PageText(number, first_line(text), text, width=1024, height=768))
        return pages or [PageText(1)]

    @property
    def page_count(self) -> int:  # type: ignore[override]
        return len(self._pages)

    def pages(self) -> Iterator[PageText]:
        yield from self._pages

    def picture(self, number: int, width: int) -> Image.Image:
        from PIL import Image

        for name in _PREVIEWS if number == 1 else ():
            data = part(self._archive, name)
            if data:
                image = Image.open(io.BytesIO(data))
                if image.width * image.height < self._source.limits.pixels:
                    image.load()
                    return image
        return super().picture(number, width)


def _texts(data: bytes) -> Iterator[str]:
    try:
        archive = _unpack(data)
        for kind, message in _messages(archive):
            if kind in _TEXT_STORAGE:
                for field, value in _fields(message):
                    if field == _TEXT_FIELD and isinstance(value, bytes):
                        text = value.decode("utf-8", "replace").replace("\u2028", "\n")
                        if any(char.isalnum() for char in text):
                            yield text.replace("\ufffc", "").strip()
    except (IndexError, ValueError):
        return


def _unpack(data: bytes) -> bytes:
    """Keynote's own framing of Snappy: a zero byte, three bytes of length, one raw block."""
    out = bytearray()
    at = 0
    while at + 4 <= len(data) and data[at] == 0:
        length = int.from_bytes(data[at + 1 : at + 4], "little")
        _snappy(data[at + 4 : at + 4 + length], out)
        at += 4 + length
    return bytes(out)


def _snappy(block: bytes, out: bytearray) -> None:
    _, at = _varint(block, 0)
    start = len(out)
    while at < len(block):
        if len(out) > _UNPACKED:
            raise ValueError("too large")
        tag = block[at]
        at += 1
        kind = tag & 3
        if kind == 0:
            length = tag >> 2
            if length >= 60:
                extra = length - 59
                length = int.from_bytes(block[at : at + extra], "little")
                at += extra
            out += block[at : at + length + 1]
            at += length + 1
            continue
        if kind == 1:
            length, offset = 4 + ((tag >> 2) & 7), (tag >> 5 << 8) | block[at]
            at += 1
        else:
            size = 2 if kind == 2 else 4
            length, offset = 1 + (tag >> 2), int.from_bytes(block[at : at + size], "little")
            at += size
        if not 0 < offset <= len(out) - start:
            raise ValueError("bad copy")
        for _ in range(length):
            out.append(out[-offset])


def _messages(archive: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, bytes) of each message: a header names the messages that follow it."""
    at = 0
    while at < len(archive):
        length, at = _varint(archive, at)
        header = archive[at : at + length]
        at += length
        for field, value in _fields(header):
            if field != 2 or not isinstance(value, bytes):
                continue
            info = {key: number for key, number in _fields(value) if isinstance(number, int)}
            size = info.get(3, 0)
            yield info.get(1, 0), archive[at : at + size]
            at += size


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield key >> 3, value
        elif kind == 2:
            length, at = _varint(message, at)
            yield key >> 3, message[at : at + length]
            at += length
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            raise ValueError("not a protocol buffer")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("not a number")

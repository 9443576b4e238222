"""Keynote decks: words out of their archives, the picture that Keynote itself put beside them.

A Keynote file is a zip of `Index/*.iwa`: Snappy blocks holding protocol buffers. Only what
stands below is used of that format: where a message begins, the field of a text storage that is
its text, and how the show names its slides.
"""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
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
# The order of slides: the show (2) has a tree (field 3) of nodes (field 2); a node (4) its slide
# (field 2).
_SHOW, _SHOW_TREE, _TREE_SLIDES, _NODE, _NODE_SLIDE = 2, 3, 2, 4, 2
_SLIDE_KIND, _SLIDE_TITLE, _NOTE = 5, 5, 15
_UNPACKED = 64 << 20
_SLIDE = re.compile(r"Index/Slide(?:-(\d+))?(?:-\d+)?\.iwa$")
_PREVIEWS = ("preview.jpg", "QuickLook/Thumbnail.jpg", "preview-web.jpg")


@dataclass(frozen=True, slots=True)
class _Message:
    owner: int
    kind: int
    data: bytes


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
        slides = [
            _messages_of(part(self._index, name))
            for name in self._index.namelist()
            if _SLIDE.search(name)
        ]
        order = _order(_messages_of(part(self._index, "Index/Document.iwa")))
        slides.sort(key=lambda slide: min((order.get(m.owner, 9999) for m in slide), default=9999))
        pages = []
        for number, slide in enumerate(slides, 1):
            title, notes, texts = _said(slide)
            text = "\n\n".join(texts)
            title = first_line(title) or first_line(text)
            pages.append(PageText(number, title, text, notes, width=1024, height=768))
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


def _messages_of(data: bytes) -> list[_Message]:
    """The messages of one archive as far as it is sound."""
    found: list[_Message] = []
    with contextlib.suppress(IndexError, ValueError):
        found.extend(_messages(_unpack(data)))
    return found


def _said(messages: list[_Message]) -> tuple[str, str, list[str]]:
    """Title, notes and all other texts of a slide: a text stands right after what holds it."""
    title = notes = ""
    texts: dict[str, None] = {}
    titles = {_reference(m.data, _SLIDE_TITLE) for m in messages if m.kind == _SLIDE_KIND}
    holder = None
    for message in messages:
        if message.kind not in _TEXT_STORAGE:
            holder = message
            continue
        words = "\n".join(_words(value) for value in _parts(message.data, _TEXT_FIELD)).strip()
        if not any(char.isalnum() for char in words):
            continue
        if holder is not None and holder.kind == _NOTE:
            notes = notes or words
            continue
        if holder is not None and holder.owner in titles:
            title = title or words
            texts = {words: None} | texts
        texts[words] = None
    return title, notes, list(texts)


def _words(value: bytes) -> str:
    text = value.decode("utf-8", "replace")
    return text.replace("\u2028", "\n").replace("\ufffc", "")


def _order(messages: list[_Message]) -> dict[int, int]:
    """Number of a slide's archive to its place: the show lists nodes, each node its slide."""
    slide_of = {
        message.owner: _reference(message.data, _NODE_SLIDE)
        for message in messages
        if message.kind == _NODE
    }
    order: dict[int, int] = {}
    for message in messages:
        if message.kind != _SHOW:
            continue
        for tree in _parts(message.data, _SHOW_TREE):
            for place, reference in enumerate(_parts(tree, _TREE_SLIDES)):
                order[slide_of.get(_number(reference), -1)] = place
    return order


def _reference(message: bytes, field: int) -> int:
    return next((_number(value) for value in _parts(message, field)), -1)


def _number(reference: bytes) -> int:
    with contextlib.suppress(IndexError, ValueError):
        return next((v for f, v in _fields(reference) if f == 1 and isinstance(v, int)), -1)
    return -1


def _parts(message: bytes, field: int) -> list[bytes]:
    """The values of one field that are messages or texts."""
    found: list[bytes] = []
    with contextlib.suppress(IndexError, ValueError):
        for key, value in _fields(message):
            if key == field and isinstance(value, bytes):
                found.append(value)
    return found


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


def _messages(archive: bytes) -> Iterator[_Message]:
    """Each message: a header gives the archive's number and names the messages that follow."""
    at = 0
    while at < len(archive):
        length, at = _varint(archive, at)
        header = archive[at : at + length]
        at += length
        owner = 0
        for field, value in _fields(header):
            if field == 1 and isinstance(value, int):
                owner = value
            if field != 2 or not isinstance(value, bytes):
                continue
            info = {key: number for key, number in _fields(value) if isinstance(number, int)}
            size = info.get(3, 0)
            yield _Message(owner, info.get(1, 0), archive[at : at + size])
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

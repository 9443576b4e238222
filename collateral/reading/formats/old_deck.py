"""PowerPoint 97 decks (ppt): slides, titles, notes out of its record stream."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from collateral.reading.formats.base import Source, Unreadable, damaged, first_line, locked
from collateral.reading.formats.card import CardDocument
from collateral.reading.formats.ole import summary
from collateral.reading.results import PageText
from collateral.reading.sentences import (
    MACROS,
    NOTED_SLIDES,
    OLDER_THAN_97,
    ONE_NOTED_SLIDE,
    counted,
)

_RECORD = struct.Struct("<HHI")
_DOCUMENT, _SLIDE, _NOTES, _LIST = 0x03E8, 0x03EE, 0x03F0, 0x0FF0
_SLIDE_PERSIST, _NOTES_ATOM, _USER_EDIT, _DIRECTORY = 0x03F3, 0x03F1, 0x0FF5, 0x1772
_HEADER, _CHARS, _BYTES, _SHOW = 0x0F9F, 0x0FA0, 0x0FA8, 0x03F9
_CRYPT = 0x2F14
_TITLES = {0, 6}
_DEPTH = 30


@dataclass
class _Slide:
    persist: int
    ident: int
    texts: list[tuple[int, str]] = field(default_factory=list)
    notes: str = ""
    hidden: bool = False


class OldDeck(CardDocument):
    """A ppt file of PowerPoint 97 to 2003."""

    card_height = 960

    def __init__(self, source: Source) -> None:
        import olefile

        self._source = source
        try:
            with olefile.OleFileIO(source.file) as ole:
                if not ole.exists("PowerPoint Document"):
                    raise Unreadable(OLDER_THAN_97)
                self._stream: bytes = ole.openstream("PowerPoint Document").read()
        except Unreadable:
            raise
        except Exception as error:
            raise damaged(source.kind) from error
        try:
            self._slides = self._read()
        except (struct.error, IndexError, RecursionError, ValueError) as error:
            raise damaged(source.kind) from error
        if not self._slides:
            raise damaged(source.kind)

    @property
    def page_count(self) -> int:  # type: ignore[override]
        return len(self._slides)

    def properties(self) -> dict[str, str]:
        return summary(self._source.file)

    def notices(self) -> list[str]:
        notices = [MACROS] if self._source.kind.macros else []
        noted = sum(bool(slide.notes) for slide in self._slides)
        if noted:
            notices.append(counted(ONE_NOTED_SLIDE, NOTED_SLIDES, noted))
        return notices

    def pages(self) -> Iterator[PageText]:
        for number, slide in enumerate(self._slides, 1):
            title = next((text for kind, text in slide.texts if kind in _TITLES and text), "")
            text = "\n\n".join(text for _, text in slide.texts if text)
            title = " ".join(title.split())[:300] or first_line(text)
            yield PageText(number, title, text, slide.notes, slide.hidden, 720, 540)

    def _records(self, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        """(type, instance, start, end) of the content of each record between two offsets."""
        while start + 8 <= end:
            version, kind, length = _RECORD.unpack_from(self._stream, start)
            start += 8
            stop = min(start + length, end)
            yield kind, version >> 4, start, stop
            start = stop

    def _read(self) -> list[_Slide]:
        where, document = self._directory()
        slides: list[_Slide] = []
        for kind, instance, start, end in self._records(*document):
            if kind == _LIST and instance == 0:
                slides = list(self._listed(start, end))
        by_ident = {slide.ident: slide for slide in slides}
        for slide in slides:
            offset = where.get(slide.persist)
            if offset is not None:
                for kind, _, start, end in self._records(offset, offset + self._length(offset)):
                    if kind == _SLIDE:
                        slide.texts += self._texts(start, end, 0)
        for offset in where.values():
            self._attach_notes(offset, by_ident)
        return slides

    def _directory(self) -> tuple[dict[int, int], tuple[int, int]]:
        """Where each persisted object stands, later saves over earlier; and the document."""
        where: dict[int, int] = {}
        document = (0, 0)
        for kind, _, start, end in self._records(0, len(self._stream)):
            if kind == _DOCUMENT:
                document = (start, end)
            elif kind == _CRYPT:
                raise locked(self._source.kind)
            elif kind == _DIRECTORY:
                while start + 4 <= end:
                    packed = struct.unpack_from("<I", self._stream, start)[0]
                    first, count = packed & 0xFFFFF, packed >> 20
                    start += 4
                    for index in range(min(count, (end - start) // 4)):
                        where[first + index] = struct.unpack_from("<I", self._stream, start)[0]
                        start += 4
        return where, document

    def _length(self, offset: int) -> int:
        if offset + 8 > len(self._stream):
            return 0
        return int(_RECORD.unpack_from(self._stream, offset)[2]) + 8

    def _listed(self, start: int, end: int) -> Iterator[_Slide]:
        """Slides in order with the text of their placeholders."""
        slide: _Slide | None = None
        texts: list[tuple[int, int, int, int]] = []
        for record in self._records(start, end):
            kind, _, at, _ = record
            if kind == _SLIDE_PERSIST:
                if slide is not None:
                    slide.texts = self._atoms(texts)
                    yield slide
                persist, _, _, ident = struct.unpack_from("<IIiI", self._stream, at)
                slide, texts = _Slide(persist, ident), []
            else:
                texts.append(record)
        if slide is not None:
            slide.texts = self._atoms(texts)
            yield slide

    def _texts(self, start: int, end: int, depth: int) -> list[tuple[int, str]]:
        """Texts anywhere inside a container: those of shapes that are no placeholders."""
        records = list(self._records(start, end))
        found = self._atoms(records)
        for kind, _, at, stop in records:
            is_container = at >= 8 and self._stream[at - 8] & 0x0F == 0x0F
            if (is_container and depth < _DEPTH and kind not in (_HEADER, _CHARS, _BYTES)) or (
                kind == 0xF00D and depth < _DEPTH
            ):
                found += self._texts(at, stop, depth + 1)
        return found

    def _atoms(self, records: list[tuple[int, int, int, int]]) -> list[tuple[int, str]]:
        header, found = 4, []
        for kind, _, start, end in records:
            if kind == _HEADER and end - start >= 4:
                header = struct.unpack_from("<I", self._stream, start)[0]
            elif kind in (_CHARS, _BYTES):
                coding = "utf-16-le" if kind == _CHARS else "latin-1"
                text = self._stream[start:end].decode(coding, "replace")
                text = text.replace("\r", "\n").replace("\v", "\n").strip("\n *")
                if text.strip():
                    found.append((header, text))
        return found

    def _attach_notes(self, offset: int, slides: dict[int, _Slide]) -> None:
        for kind, _, start, end in self._records(offset, offset + self._length(offset)):
            if kind != _NOTES:
                return
            for inner, _, at, _ in self._records(start, end):
                if inner == _NOTES_ATOM:
                    slide = slides.get(struct.unpack_from("<I", self._stream, at)[0])
                    texts = [text for header, text in self._texts(start, end, 0) if header == 2]
                    if slide is not None and texts:
                        slide.notes = "\n".join(texts)

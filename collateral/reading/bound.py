"""In the confined child: pages of several files bound into one PDF.

Pages of PDFs stay what they are, with their words; everything else, and every page that
bears a mark, is its picture. Scripts, attachments and actions are left behind.
"""

from __future__ import annotations

import io
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import Fit, NameObject

from collateral.reading.bundle import Opened
from collateral.reading.confined.cage import Held
from collateral.reading.confined.wire import Sender
from collateral.reading.lettering import fitted, width, wrapped, write
from collateral.reading.marking import as_bytes, marked

_CHUNK = 8 << 20
_INK, _SOFT, _LINE = (19, 32, 31), (86, 100, 98), (223, 228, 228)
_SAFE_ACTIONS = ("/URI", "/GoTo")
_TALL, _WIDE = (1240, 1754), (1600, 900)
_DPI = 120.0


def bind_pages(spec: dict[str, Any], sender: Sender, held: Held) -> None:
    """Send the PDF back in pieces, and at the end how many pages it has."""
    del spec, held
    data, pages = Binder(Opened()).bind()
    for at in range(0, len(data), _CHUNK):
        sender.send({"frame": "file"}, data[at : at + _CHUNK])
    sender.send({"frame": "bound", "pages": pages, "bytes": len(data)})


class Binder:
    """One PDF in the making."""

    def __init__(self, bundle: Opened) -> None:
        self._bundle = bundle
        self._head = bundle.head
        self._writer = PdfWriter()
        self._readers: dict[int, PdfReader | None] = {}

    def bind(self) -> tuple[bytes, int]:
        """The file and the number of its pages."""
        head = self._head
        paper = _WIDE if head["wide"] else _TALL
        before = 1 if head["cover"] else 0
        lines = _lines(head["sections"], paper)
        before += len(lines) if head["contents"] else 0
        if head["cover"]:
            self._add_picture(_cover(head, paper))
        if head["contents"]:
            for page in lines:
                self._add_picture(_contents(page, head, paper, before))
        for sheet in head["sheets"]:
            self._add(sheet)
        if head["contents"]:
            self._link(lines, paper, before, first=1 if head["cover"] else 0)
        for section in head["sections"]:
            self._writer.add_outline_item(
                title=section["title"], page_number=before + section["at"]
            )
        self._writer.metadata = {"/Title": head["title"], "/Producer": "Collateral"}
        out = io.BytesIO()
        self._writer.write(out)
        return out.getvalue(), len(self._writer.pages)

    def _add(self, sheet: dict[str, Any]) -> None:
        if sheet["pdf"] is not None and not self._head["mark"] and self._add_page(sheet):
            return
        if sheet["picture"] is None:
            self._add_picture(_blank(sheet["title"], _WIDE if self._head["wide"] else _TALL))
            return
        image = self._bundle.picture(sheet["picture"])
        self._add_picture(marked(image, self._head["mark"]))

    def _add_page(self, sheet: dict[str, Any]) -> bool:
        """Take the page over from its PDF; False where that cannot be."""
        reader = self._reader(sheet["pdf"])
        if reader is None:
            return False
        try:
            page = self._writer.add_page(reader.pages[sheet["page"] - 1])
            page.pop("/AA", None)
            annotations = page.get("/Annots")
            if annotations is not None:
                kept = [each for each in annotations.get_object() if _harmless(each)]
                page[NameObject("/Annots")] = type(annotations.get_object())(kept)
        except Exception:
            return False
        return True

    def _reader(self, number: int) -> PdfReader | None:
        if number not in self._readers:
            try:
                reader = PdfReader(io.BytesIO(self._bundle.blob(number)), strict=False)
                self._readers[number] = None if reader.is_encrypted else reader
            except Exception:
                self._readers[number] = None
        return self._readers[number]

    def _add_picture(self, image: Any) -> None:
        data = as_bytes(image, "PDF", resolution=_DPI, quality=88)
        self._writer.add_page(PdfReader(io.BytesIO(data)).pages[0])

    def _link(
        self, pages: list[list[_Line]], paper: tuple[int, int], before: int, *, first: int
    ) -> None:
        scale = 72 / _DPI
        for number, lines in enumerate(pages):
            for line in lines:
                box = (
                    _margin(paper) * scale,
                    (paper[1] - line.top - line.high * 0.35) * scale,
                    (paper[0] - _margin(paper)) * scale,
                    (paper[1] - line.top + line.high) * scale,
                )
                target = before + line.at
                link = Link(rect=box, target_page_index=target, fit=Fit("/Fit"))
                self._writer.add_annotation(first + number, link)


def _harmless(annotation: Any) -> bool:
    found = annotation.get_object()
    action = found.get("/A")
    if found.get("/AA") is not None or found.get("/Subtype") in ("/FileAttachment", "/RichMedia"):
        return False
    return action is None or action.get_object().get("/S") in _SAFE_ACTIONS


class _Line:
    """One entry of the list of contents: its words, its page, where it stands."""

    def __init__(self, title: str, at: int, top: int, high: int) -> None:
        self.title, self.at, self.top, self.high = title, at, top, high


def _margin(paper: tuple[int, int]) -> int:
    return paper[0] // 12


def _lines(sections: list[dict[str, Any]], paper: tuple[int, int]) -> list[list[_Line]]:
    """The entries, page by page."""
    size = 30
    high, top = round(size * 1.9), _margin(paper) + 150
    room = max(1, (paper[1] - top - _margin(paper)) // high)
    return [
        [
            _Line(section["title"], section["at"], top + step * high, size)
            for step, section in enumerate(sections[start : start + room])
        ]
        for start in range(0, len(sections), room)
    ]


def _sheet(paper: tuple[int, int]) -> tuple[Any, Any]:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", paper, (255, 255, 255))
    return image, ImageDraw.Draw(image)


def _cover(head: dict[str, Any], paper: tuple[int, int]) -> Any:
    """The title large, for whom and when below it, the company's colour at the edge."""
    image, draw = _sheet(paper)
    margin = _margin(paper)
    draw.rectangle((0, 0, margin // 3, paper[1]), fill=head["colour"])
    top = paper[1] // 3
    for line in wrapped(head["title"], 72, paper[0] - 2 * margin, bold=True)[:5]:
        write(draw, line, (margin, top), 72, _INK, bold=True)
        top += 92
    top += 20
    for line in head["under"]:
        write(draw, fitted(line, 32, paper[0] - 2 * margin), (margin, top), 32, _SOFT)
        top += 48
    write(draw, fitted(head["company"], 28, paper[0] // 2), (margin, paper[1] - margin), 28, _SOFT)
    return marked(image, head["mark"])


def _contents(lines: list[_Line], head: dict[str, Any], paper: tuple[int, int], before: int) -> Any:
    image, draw = _sheet(paper)
    margin = _margin(paper)
    write(draw, head["contents_title"], (margin, margin + 60), 48, _INK, bold=True)
    for line in lines:
        number = str(before + line.at + 1)
        right = paper[0] - margin - width(number, line.high)
        title = fitted(line.title, line.high, right - margin - 60)
        write(draw, title, (margin, line.top), line.high, _INK)
        write(draw, number, (right, line.top), line.high, _SOFT)
        low = line.top + line.high // 2
        draw.line((margin, low, paper[0] - margin, low), fill=_LINE, width=2)
    return marked(image, head["mark"])


def _blank(title: str, paper: tuple[int, int]) -> Any:
    """A page of which there is neither a PDF nor a picture."""
    image, draw = _sheet(paper)
    margin = _margin(paper)
    for step, line in enumerate(wrapped(title, 40, paper[0] - 2 * margin, bold=True)[:6]):
        write(draw, line, (margin, paper[1] // 3 + step * 56), 40, _INK, bold=True)
    return image

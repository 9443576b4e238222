"""OpenDocument files (odp, odt, ods): words straight from content.xml, the file's own thumbnail."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, cast

from lxml import etree

from collateral.reading import sentences
from collateral.reading.formats.base import Source, damaged, first_line, locked
from collateral.reading.formats.card import CardDocument
from collateral.reading.formats.package import open_package, parse_xml, part
from collateral.reading.results import PageText
from collateral.reading.sentences import counted

if TYPE_CHECKING:
    from PIL import Image

_NS = {
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "presentation": "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
}
_TEXT = f"{{{_NS['text']}}}"
_CLASS = f"{{{_NS['presentation']}}}class"
_FURNITURE = {"page-number", "date-time", "footer", "header"}
_REPEATS = 50


class OpenDocument(CardDocument):
    """A deck, a document or a sheet in OpenDocument."""

    def __init__(self, source: Source) -> None:
        if source.kind.encrypted:
            raise locked(source.kind)
        self._source = source
        self._archive = open_package(source)
        try:
            self._root = parse_xml(part(self._archive, "content.xml"))
        except etree.XMLSyntaxError as error:
            raise damaged(source.kind) from error
        self._is_deck = source.kind.family == "deck"
        if self._is_deck:
            self.card_height = 960

    @cached_property
    def _pages(self) -> list[PageText]:
        if self._is_deck:
            return [self._slide(n, e) for n, e in enumerate(self._all("//draw:page"), 1)]
        if self._source.kind.family == "sheet":
            return [self._sheet(n, e) for n, e in enumerate(self._all("//table:table"), 1)]
        body = next(iter(self._all("//office:text")), self._root)
        text = _lines(body)
        return [PageText(1, first_line(text), text, width=612, height=792)]

    @property
    def page_count(self) -> int:  # type: ignore[override]
        return len(self._pages)

    def pages(self) -> Iterator[PageText]:
        yield from self._pages

    def properties(self) -> dict[str, str]:
        try:
            root = parse_xml(part(self._archive, "meta.xml"))
        except etree.XMLSyntaxError:
            return {}
        found = {}
        for name, path in (
            ("title", "//dc:title"), ("author", "//meta:initial-creator"),
            ("subject", "//dc:subject"), ("created", "//meta:creation-date"),
            ("modified", "//dc:date"),
        ):  # fmt: skip
            value = str(root.xpath(f"string({path})", namespaces=_NS)).strip()
            if value:
                found[name] = value[:300]
        return found

    def notices(self) -> list[str]:
        notices = []
        if self._source.kind.macros:
            notices.append(sentences.MACROS_OF_OPENDOCUMENT)
        href = f"{{{_NS['xlink']}}}href"
        links = [image.get(href) or "" for image in self._all("//draw:image")]
        if any(link.startswith(("http:", "https:", "file:", "../")) for link in links):
            notices.append(sentences.OUTSIDE)
        noted = sum(bool(page.notes) for page in self._pages)
        if noted:
            notices.append(counted(sentences.ONE_NOTED_SLIDE, sentences.NOTED_SLIDES, noted))
        return notices

    def picture(self, number: int, width: int) -> Image.Image:
        from PIL import Image

        thumbnail = part(self._archive, "Thumbnails/thumbnail.png") if number == 1 else b""
        if thumbnail:
            try:
                image = Image.open(io.BytesIO(thumbnail))
                if image.width >= 240 and image.width * image.height < 4_000_000:
                    image.load()
                    return image
            except Exception:
                return super().picture(number, width)
        return super().picture(number, width)

    def _all(self, path: str) -> list[etree._Element]:
        return _found(self._root, path)

    def _slide(self, number: int, page: etree._Element) -> PageText:
        notes = page.find("presentation:notes", _NS)
        spoken = _lines(notes) if notes is not None else ""
        if notes is not None:
            page.remove(notes)
        titles = _found(page, ".//draw:frame[@presentation:class='title']")
        shapes = (shape for shape in page if shape.get(_CLASS) not in _FURNITURE)
        text = "\n\n".join(filter(None, map(_lines, shapes)))
        title = " ".join(_lines(titles[0]).split())[:300] if titles else ""
        return PageText(number, title or first_line(text), text, spoken, width=720, height=540)

    def _sheet(self, number: int, table: etree._Element) -> PageText:
        rows, length = [], 0
        for row in table.iter(f"{{{_NS['table']}}}table-row"):
            cells = [_lines(cell).replace("\n", " ") for cell in row]
            line = "\t".join(cells).strip("\t ")
            if line:
                rows.append(line)
                length += len(line)
            if length > self._source.limits.page_chars:
                break
        return PageText(number, table.get(f"{{{_NS['table']}}}name") or "", "\n".join(rows))


def _found(root: etree._Element, path: str) -> list[etree._Element]:
    return cast("list[etree._Element]", root.xpath(path, namespaces=_NS))


def _lines(element: etree._Element) -> str:
    lines = []
    for block in element.iter(f"{_TEXT}p", f"{_TEXT}h"):
        line = "".join(_spaced(block))
        if line.strip():
            lines.append(line)
    return "\n".join(lines)


def _spaced(block: etree._Element) -> Iterator[str]:
    """Text with the elements that stand for white space."""
    yield block.text or ""
    for child in block:
        if child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c") or "1"
            yield " " * min(_REPEATS, int(count) if count.isdecimal() else 1)
        elif isinstance(child.tag, str) and not child.tag.endswith(("}p", "}h")):
            yield from _spaced(child)
        yield child.tail or ""

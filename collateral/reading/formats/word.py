"""Word documents (docx): text by python-docx, cut where Word itself last broke its pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from collateral.reading.formats.base import Source, damaged, first_line, locked
from collateral.reading.formats.card import CardDocument
from collateral.reading.formats.package import core_properties, open_package, package_notices
from collateral.reading.results import PageText

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class WordDocument(CardDocument):
    """A docx file and its cousins."""

    def __init__(self, source: Source) -> None:
        if source.kind.encrypted:
            raise locked(source.kind)
        self._source = source
        self._archive = open_package(source)

    @cached_property
    def _document(self) -> Any:
        import docx
        import docx.package
        import docx.parts.document
        from docx.opc.part import PartFactory

        for dialect in (
            "application/vnd.ms-word.document.macroEnabled.main+xml",
            "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
        ):
            PartFactory.part_type_for[dialect] = docx.parts.document.DocumentPart
        self._source.file.seek(0)
        try:
            # docx.Document() would refuse templates and macro documents by their content type.
            return docx.package.Package.open(self._source.file).main_document_part.document
        except Exception as error:
            raise damaged(self._source.kind) from error

    @cached_property
    def _pages(self) -> list[tuple[str, str]]:
        """(title, text) of each page."""
        pages: list[list[str]] = [[]]
        titles = [""]
        for block in self._document.element.body.iterchildren(f"{_W}p", f"{_W}tbl", f"{_W}sdt"):
            for line, breaks in _lines(block):
                if breaks and any(pages[-1]):
                    pages.append([])
                    titles.append("")
                pages[-1].append(line)
            heading = _heading(block)
            if heading and not titles[-1]:
                titles[-1] = heading
        made = [
            ("\n".join(lines).strip(), title) for lines, title in zip(pages, titles, strict=True)
        ]
        kept = [(title or first_line(text), text) for text, title in made if text]
        return kept or [("", "")]

    @property
    def page_count(self) -> int:  # type: ignore[override]
        return len(self._pages)

    def properties(self) -> dict[str, str]:
        return core_properties(self._archive)

    def notices(self) -> list[str]:
        return package_notices(self._archive, self._source.kind.macros)

    def pages(self) -> Iterator[PageText]:
        for number, (title, text) in enumerate(self._pages, 1):
            yield PageText(number, title, text, width=612, height=792)


def _lines(block: Any) -> Iterator[tuple[str, bool]]:
    """Each paragraph of a block with whether a page begins with it; table rows as one line."""
    if block.tag == f"{_W}tbl":
        for row in block.iter(f"{_W}tr"):
            cells = (
                " ".join(_text(p) for p in cell.iter(f"{_W}p")).strip()
                for cell in row.iterchildren(f"{_W}tc")
            )
            yield "\t".join(cells), _breaks(row)
        return
    paragraphs = [block] if block.tag == f"{_W}p" else list(block.iter(f"{_W}p"))
    for paragraph in paragraphs:
        yield _text(paragraph), _breaks(paragraph)


def _text(paragraph: Any) -> str:
    words = []
    for node in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr"):
        if node.tag == f"{_W}t":
            words.append(node.text or "")
        else:
            words.append("\t" if node.tag == f"{_W}tab" else "\n")
    return "".join(words)


def _breaks(block: Any) -> bool:
    if next(block.iter(f"{_W}lastRenderedPageBreak"), None) is not None:
        return True
    return any(node.get(f"{_W}type") == "page" for node in block.iter(f"{_W}br"))


def _heading(block: Any) -> str:
    style = next(block.iter(f"{_W}pStyle"), None)
    if style is None or block.tag != f"{_W}p":
        return ""
    name = (style.get(f"{_W}val") or "").lower()
    return " ".join(_text(block).split())[:300] if name.startswith(("title", "heading")) else ""

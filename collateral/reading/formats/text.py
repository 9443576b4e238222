"""Plain text, Markdown, web pages, XML and CSV: their words, and a card that shows them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import cached_property

from collateral.reading.formats.base import Source, first_line
from collateral.reading.formats.card import CardDocument
from collateral.reading.results import PageText
from collateral.reading.sentences import FIRST_PART

_BYTES = 40 << 20
_PAGE = 60_000


class Text(CardDocument):
    """A file of words without pages: cut into pages of a readable length."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.page_count = max(1, -(-len(self._text) // _PAGE))

    def notices(self) -> list[str]:
        if self._source.file.seek(0, 2) > _BYTES:
            return [FIRST_PART % {"most": _BYTES >> 20}]
        return []

    @cached_property
    def _text(self) -> str:
        self._source.file.seek(0)
        data = self._source.file.read(_BYTES)
        text = decode(data)
        if self._source.kind.extension in ("html", "xml"):
            return page_words(text)
        if self._source.kind.extension == "csv":
            return _rows(text)
        return text.strip()

    def pages(self) -> Iterator[PageText]:
        for number in range(1, (self.page_count or 1) + 1):
            text = self._text[(number - 1) * _PAGE : number * _PAGE]
            title = first_line(text).lstrip("# ") if number == 1 else ""
            if self._source.kind.extension == "csv":
                title = ""
            yield PageText(number, title, text)


def decode(data: bytes) -> str:
    """Bytes to text: by mark, as UTF-8, else by the likeliest of the old encodings."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

    # Short old files are far likelier Windows-1252 than the many tables that also fit them.
    sample = data[: 1 << 18]
    if len(sample) < 512:
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            pass
    best = from_bytes(sample).best()
    return data.decode(best.encoding if best else "cp1252", "replace")


def page_words(markup: str) -> str:
    """The words of a web page, a line for each block, without scripts and styles."""
    from lxml import etree

    parser = etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return ""
    if root is None:
        return ""
    for element in list(root.iter("script", "style", "noscript", "template")):
        element.text = None
        for child in list(element):
            element.remove(child)
    for element in root.iter("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "title"):
        element.tail = "\n" + (element.tail or "")
    for element in root.iter("td", "th"):
        element.tail = "\t" + (element.tail or "")
    lines = ("".join(map(str, root.itertext()))).splitlines()
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def _rows(text: str) -> str:
    """A table row by row with tabs between its cells, whatever its delimiter."""
    sample = text[:8192]
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(sample, delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    csv.field_size_limit(_BYTES)
    try:
        return "\n".join("\t".join(row) for row in csv.reader(io.StringIO(text), dialect))
    except csv.Error:
        return text

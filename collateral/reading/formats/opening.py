"""Which module reads which kind. Each is imported only for its own files."""

from __future__ import annotations

from collateral.reading.formats.base import Document, Source, Unreadable
from collateral.reading.sentences import KIND_NOT_READ, NOT_READ

_OLD = {"ppt": "OldDeck", "doc": "OldWord", "xls": "OldWorkbook"}


def open_document(source: Source) -> Document:
    """The document behind a file. Raises Unreadable with the sentence when there is none."""
    kind = source.kind
    if kind.extension in _OLD:
        return _old(source)
    if kind.extension in ("odp", "odt", "ods"):
        from collateral.reading.formats.opendocument import OpenDocument

        return OpenDocument(source)
    if kind.extension == "key":
        from collateral.reading.formats.keynote import Keynote

        return Keynote(source)
    if kind.extension == "rtf":
        from collateral.reading.formats.old_word import RichText

        return RichText(source)
    if kind.extension in ("pages", "numbers"):
        raise Unreadable(NOT_READ % {"kind": kind.label})
    if kind.extension == "svg":
        from collateral.reading.formats.svg import Drawing

        return Drawing(source)
    return _by_family(source)


def _old(source: Source) -> Document:
    if source.kind.extension == "ppt":
        from collateral.reading.formats.old_deck import OldDeck

        return OldDeck(source)
    if source.kind.extension == "doc":
        from collateral.reading.formats.old_word import OldWord

        return OldWord(source)
    from collateral.reading.formats.sheets import OldWorkbook

    return OldWorkbook(source)


def _by_family(source: Source) -> Document:
    family = source.kind.family
    if family == "deck":
        from collateral.reading.formats.pptx import Deck

        return Deck(source)
    if family == "pdf":
        from collateral.reading.formats.pdf import Pdf

        return Pdf(source)
    if family == "document":
        from collateral.reading.formats.word import WordDocument

        return WordDocument(source)
    if family == "image":
        from collateral.reading.formats.image import Picture

        return Picture(source)
    if family == "text" or source.kind.extension == "csv":
        from collateral.reading.formats.text import Text

        return Text(source)
    if family == "sheet":
        from collateral.reading.formats.sheets import Workbook

        return Workbook(source)
    if family == "archive":
        from collateral.reading.formats.archive import Archive

        return Archive(source)
    raise Unreadable(KIND_NOT_READ)

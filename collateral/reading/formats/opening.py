"""Which module reads which kind. Each is imported only for its own files."""

from __future__ import annotations

from .base import Document, Source, Unreadable

_OLD = {"ppt": "OldDeck", "doc": "OldWord", "xls": "OldWorkbook"}


def open_document(source: Source) -> Document:
    """The document behind a file. Raises Unreadable with the sentence when there is none."""
    kind = source.kind
    if kind.extension in _OLD:
        return _old(source)
    if kind.extension in ("odp", "odt", "ods"):
        from .opendocument import OpenDocument

        return OpenDocument(source)
    if kind.extension == "key":
        from .keynote import Keynote

        return Keynote(source)
    if kind.extension == "rtf":
        from .old_word import RichText

        return RichText(source)
    if kind.extension in ("pages", "numbers"):
        raise Unreadable(f"A {kind.label} is kept and found by its name; it is not read inside.")
    if kind.extension == "svg":
        from .svg import Drawing

        return Drawing(source)
    return _by_family(source)


def _old(source: Source) -> Document:
    if source.kind.extension == "ppt":
        from .old_deck import OldDeck

        return OldDeck(source)
    if source.kind.extension == "doc":
        from .old_word import OldWord

        return OldWord(source)
    from .sheets import OldWorkbook

    return OldWorkbook(source)


def _by_family(source: Source) -> Document:
    family = source.kind.family
    if family == "deck":
        from .pptx import Deck

        return Deck(source)
    if family == "pdf":
        from .pdf import Pdf

        return Pdf(source)
    if family == "document":
        from .word import WordDocument

        return WordDocument(source)
    if family == "image":
        from .image import Picture

        return Picture(source)
    if family == "text" or source.kind.extension == "csv":
        from .text import Text

        return Text(source)
    if family == "sheet":
        from .sheets import Workbook

        return Workbook(source)
    if family == "archive":
        from .archive import Archive

        return Archive(source)
    raise Unreadable("Files of this kind are kept and found by their name; they are not read.")

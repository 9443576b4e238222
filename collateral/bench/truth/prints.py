"""Made files read as the library reads files, into prints."""

from __future__ import annotations

import io
from typing import Any

from collateral.adaptations.packing import page_print
from collateral.adaptations.prints import PagePrint
from collateral.reading.formats.base import Source
from collateral.reading.formats.opening import open_document
from collateral.reading.kinds import FileKind
from collateral.reading.results import DEFAULT


def read_prints(data: bytes, kind: FileKind) -> list[PagePrint]:
    """The pages of a file that was made here, or that whoever measures laid out himself.

    No child is made for each: the decks were opened in this process before.
    """
    from dataclasses import asdict

    document = open_document(Source(io.BytesIO(data), kind, DEFAULT))
    features: dict[int, dict[str, Any]] = {f.page: asdict(f) for f in document.features()}
    printed = kind.family == "pdf"
    return [
        page_print(page.number, page.text, page.notes, features.get(page.number), printed=printed)
        for page in document.pages()
    ]

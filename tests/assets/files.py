"""Files that the tests of assets make themselves, and sending them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from pptx import Presentation

from collateral.storage import FolderStorage, storage


def make_deck(*pages: str, title: str = "", notes: str = "") -> bytes:
    """A PowerPoint deck: each page a title and, after a line break, its text."""
    deck = Presentation()
    deck.core_properties.title = title
    for number, page in enumerate(pages or ("One page\nand its words",)):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        head, _, body = page.partition("\n")
        slide.shapes.title.text = head
        slide.placeholders[1].text = body
        if notes and number == 0:
            slide.notes_slide.notes_text_frame.text = notes
    target = io.BytesIO()
    deck.save(target)
    return target.getvalue()


def send(client: FlaskClient, data: bytes, name: str = "deck.pptx", **fields: Any) -> Any:
    """Upload one file as the page's script does."""
    return client.post(
        "/upload/file",
        data={"file": (io.BytesIO(data), name), **fields},
        headers={"Accept": "application/json"},
    )


def incoming() -> list[Path]:
    """What has arrived in part, and was not kept yet."""
    store = storage()
    assert isinstance(store, FolderStorage)
    return list(store.incoming.iterdir())

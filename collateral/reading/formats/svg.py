"""SVG drawings: drawn by resvg without fonts, files or addresses of the outside."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from lxml import etree

from collateral.reading import sentences
from collateral.reading.formats.base import (
    Document,
    NoPicture,
    Source,
    Unreadable,
    damaged,
    first_line,
)
from collateral.reading.results import PageText

if TYPE_CHECKING:
    from PIL import Image

_TEXTS = {"text", "title", "desc"}
_TALLEST = 4


class Drawing(Document):
    """An SVG file, shown only as the picture drawn from it."""

    page_count = 1

    def __init__(self, source: Source) -> None:
        self._source = source
        if source.file.seek(0, 2) > 32 << 20:
            raise Unreadable(sentences.SVG_TOO_LARGE)

    @cached_property
    def _root(self) -> etree._Element | None:
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, recover=True
        )
        try:
            return etree.fromstring(self._source.data(), parser)
        except (etree.XMLSyntaxError, ValueError):
            return None

    def notices(self) -> list[str]:
        if self._root is None:
            return []
        names = {_local(element) for element in self._root.iter()}
        outside = any(
            str(value).strip().lower().startswith(("http:", "https:", "//", "file:"))
            for element in self._root.iter()
            if _local(element) in {"image", "use", "script", "feImage"}
            for name, value in element.attrib.items()
            if str(name).endswith("href")
        )
        notices = []
        if "script" in names or any(
            str(name).startswith("on") for element in self._root.iter() for name in element.attrib
        ):
            notices.append(sentences.SCRIPTS)
        if outside:
            notices.append(sentences.OUTSIDE)
        return notices

    def pages(self) -> Iterator[PageText]:
        words = []
        if self._root is not None:
            for element in self._root.iter():
                if _local(element) in _TEXTS:
                    words.append(" ".join("".join(map(str, element.itertext())).split()))
        text = "\n".join(word for word in words if word)
        yield PageText(1, first_line(text), text)

    def picture(self, number: int, width: int) -> Image.Image:  # noqa: ARG002
        import resvg_py
        from PIL import Image

        from collateral.reading.fonts import FOLDER

        if self._root is None:
            raise damaged(self._source.kind)
        try:
            png = resvg_py.svg_to_bytes(
                svg_string=etree.tostring(self._root, encoding="unicode"),
                width=self._width(width),
                skip_system_fonts=True,
                font_dirs=[str(FOLDER)],
                font_family="Liberation Sans",
                sans_serif_family="Liberation Sans",
                serif_family="Liberation Serif",
                monospace_family="Liberation Mono",
            )
            return Image.open(io.BytesIO(bytes(png)))
        except Exception as error:
            raise NoPicture(sentences.NOTHING_IN_SVG) from error

    def _width(self, width: int) -> int:
        """A drawing a thousand times taller than wide must not become a thousand-fold picture."""
        box = (
            (self._root.get("viewBox") or "").replace(",", " ").split()
            if self._root is not None
            else []
        )
        try:
            across, down = float(box[2]), float(box[3])
        except (IndexError, ValueError):
            return width
        if across <= 0 or down <= 0:
            return width
        return max(1, min(width, int(width * _TALLEST * across / down)))


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""

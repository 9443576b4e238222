"""PowerPoint decks: text, notes and features by python-pptx, pictures by betteroffice."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lxml import etree

from collateral.reading.formats.base import Document, NoPicture, Source, damaged, first_line, locked
from collateral.reading.formats.package import (
    core_properties,
    open_package,
    package_notices,
    parse_xml,
)
from collateral.reading.results import PageFeatures, PageText

if TYPE_CHECKING:
    from PIL import Image

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_POINT = 12700
_DEPTH = 20


class Deck(Document):
    """A pptx file and its cousins."""

    def __init__(self, source: Source) -> None:
        if source.kind.encrypted:
            raise locked(source.kind)
        self._source = source
        self._archive = open_package(source)
        self._hidden = self._noted = 0

    @cached_property
    def _deck(self) -> Any:
        import pptx

        # python-pptx opens only what calls itself a plain presentation; shows, templates and
        # macro decks have the same inside.
        self._source.file.seek(0)
        try:
            return pptx.Presentation(_plain_presentation(self._source))
        except Exception as error:
            raise damaged(self._source.kind) from error

    @cached_property
    def page_count(self) -> int:  # type: ignore[override]
        return len(self._deck.slides._sldIdLst)

    def properties(self) -> dict[str, str]:
        return core_properties(self._archive)

    def notices(self) -> list[str]:
        notices = package_notices(self._archive, self._source.kind.macros)
        if self._hidden:
            notices.append(f"Has {_count(self._hidden, 'hidden slide')}.")
        if self._noted:
            notices.append(f"Has speaker notes on {_count(self._noted, 'slide')}.")
        return notices

    def pages(self) -> Iterator[PageText]:
        self._hidden = self._noted = 0
        width, height = self._deck.slide_width or 0, self._deck.slide_height or 0
        for number, slide in enumerate(self._slides(), 1):
            hidden = slide is not None and slide._element.get("show") in ("0", "false")
            notes = _notes(slide)
            self._hidden += hidden
            self._noted += bool(notes)
            texts = [text for _, text in shape_texts(slide)] if slide is not None else []
            yield PageText(
                number=number,
                title=_title(slide, texts),
                text="\n\n".join(texts),
                notes=notes,
                hidden=hidden,
                width=width / _POINT,
                height=height / _POINT,
            )

    def features(self) -> Iterator[PageFeatures]:
        from collateral.reading.formats.pptx_features import slide_features

        known: dict[str, str] = {}
        size = (self._deck.slide_width or 1, self._deck.slide_height or 1)
        for number, slide in enumerate(self._slides(), 1):
            if slide is not None:
                yield slide_features(number, slide, size, known)

    def _slides(self) -> Iterator[Any]:
        """Slides in the order of the deck; None for one whose part is missing."""
        part = self._deck.part
        for entry in self._deck.slides._sldIdLst:
            try:
                yield part.related_slide(entry.rId)
            except Exception:
                yield None

    def picture(self, number: int, width: int) -> Image.Image:
        from PIL import Image

        scale = width / max(1.0, self._drawing.width_emu / 9525)
        tall = self._drawing.height_emu / max(1, self._drawing.width_emu)
        if tall * width * width > self._source.limits.pixels / 4:
            raise NoPicture("This slide is too tall to be drawn.")
        try:
            png = self._drawing.render_png(number - 1, scale=scale)
        except Exception as error:
            raise NoPicture(f"Slide {number} could not be drawn.") from error
        return Image.open(io.BytesIO(png.bytes))

    @property
    def picture_count(self) -> int:
        return int(self._drawing.slide_count)

    @cached_property
    def _drawing(self) -> Any:
        import betteroffice_pptx

        from collateral.reading.formats.pptx_fonts import fitted

        data, chosen = fitted(self._archive, self._source.data())
        try:
            deck = betteroffice_pptx.Presentation.open(data)
        except Exception as error:
            raise NoPicture(f"This {self._source.kind.label} could not be drawn.") from error
        for name, face in chosen:
            deck.register_font(name, face.data, bold=face.bold, italic=face.italic)
        return deck


def _plain_presentation(source: Source) -> Any:
    """The file as python-pptx takes it: it knows one content type of the four that exist."""
    import pptx.parts.presentation
    from pptx.opc.package import PartFactory

    for media_type in (
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml",
        "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml",
        "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
        "application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml",
        "application/vnd.ms-powerpoint.template.macroEnabled.main+xml",
    ):
        PartFactory.part_type_for[media_type] = pptx.parts.presentation.PresentationPart
    return source.file


def shape_texts(slide: Any) -> Iterator[tuple[Any, str]]:
    """Every shape with its text, groups opened, tables by row, SmartArt and charts included."""
    yield from _texts(slide.shapes, slide, 0)


def _texts(shapes: Any, slide: Any, depth: int) -> Iterator[tuple[Any, str]]:
    for shape in shapes:
        text = ""
        try:
            if depth < _DEPTH and hasattr(shape, "shapes"):
                yield from _texts(shape.shapes, slide, depth + 1)
            elif shape.has_text_frame:
                text = _paragraphs(shape.text_frame)
            elif getattr(shape, "has_table", False):
                text = "\n".join(
                    "\t".join(cell.text for cell in row.cells) for row in shape.table.rows
                )
            elif getattr(shape, "has_chart", False):
                text = _chart_text(shape.chart)
            else:
                text = diagram_text(shape, slide)
        except Exception:
            text = "\n".join(node.text or "" for node in shape._element.iter(f"{_A}t"))
        if text.strip():
            yield shape, text.strip()


def _paragraphs(frame: Any) -> str:
    return "\n".join(paragraph.text for paragraph in frame.paragraphs).replace("\v", "\n")


def _chart_text(chart: Any) -> str:
    words = [chart.chart_title.text_frame.text] if chart.has_title else []
    for plot in chart.plots:
        words += [str(category) for category in plot.categories]
        words += [str(series.name) for series in plot.series]
    return "\n".join(dict.fromkeys(word for word in words if word.strip()))


def diagram_text(shape: Any, slide: Any) -> str:
    """SmartArt keeps its words in a part of its own."""
    for data in shape._element.iter(f"{{{_DIAGRAM}}}relIds"):
        part = slide.part.related_part(data.get(f"{_REL}dm"))
        root = parse_xml(part.blob)
        lines = []
        for paragraph in root.iter(f"{_A}p"):
            lines.append("".join(node.text or "" for node in paragraph.iter(f"{_A}t")))
        return "\n".join(line for line in lines if line.strip())
    return ""


def _title(slide: Any, texts: list[str]) -> str:
    """The title placeholder, else the largest of the first lines, else the first."""
    if slide is None:
        return ""
    try:
        title = slide.shapes.title
        if title is not None and title.has_text_frame and title.text_frame.text.strip():
            return " ".join(title.text_frame.text.split())[:300]
    except Exception:
        return first_line("\n".join(texts))
    best, size = "", 0
    for shape, text in shape_texts(slide):
        largest = max((int(run.get("sz", 0)) for run in shape._element.iter(f"{_A}rPr")), default=0)
        if largest > size:
            best, size = text, largest
    return first_line(best) or first_line("\n".join(texts))


def _notes(slide: Any) -> str:
    try:
        if slide is None or not slide.has_notes_slide:
            return ""
        frame = slide.notes_slide.notes_text_frame
        return _paragraphs(frame).strip() if frame is not None else ""
    except (KeyError, ValueError, AttributeError, etree.XMLSyntaxError):
        return ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

"""The words of a slide: of its shapes, its title, its notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from collateral.reading.formats.base import first_line
from collateral.reading.formats.package import parse_xml

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DEPTH = 20


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


def title(slide: Any, texts: list[str]) -> str:
    """The title placeholder, else the largest of the first lines, else the first."""
    if slide is None:
        return ""
    try:
        holder = slide.shapes.title
        if holder is not None and holder.has_text_frame and holder.text_frame.text.strip():
            return " ".join(holder.text_frame.text.split())[:300]
    except Exception:
        return first_line("\n".join(texts))
    best, size = "", 0
    for shape, text in shape_texts(slide):
        largest = max((int(run.get("sz", 0)) for run in shape._element.iter(f"{_A}rPr")), default=0)
        if largest > size:
            best, size = text, largest
    return first_line(best) or first_line("\n".join(texts))


def notes(slide: Any) -> str:
    """What the speaker notes say; empty where there are none or they cannot be read."""
    try:
        if slide is None or not slide.has_notes_slide:
            return ""
        frame = slide.notes_slide.notes_text_frame
        return _paragraphs(frame).strip() if frame is not None else ""
    except (KeyError, ValueError, AttributeError, etree.XMLSyntaxError):
        return ""

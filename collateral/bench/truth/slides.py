"""Slides of a deck dropped, put in another order, or taken over from another deck."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_FURNITURE = {"sldNum", "dt", "ftr", "hdr"}
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"


@dataclass
class Origin:
    """Where a slide is from: the deck's key and the page's number; None for a foreign one."""

    deck: str | None
    page: int
    edited: bool = False


@dataclass
class Draft:
    """A deck under edit, with the origin of each slide beside it."""

    deck: Any
    origins: list[Origin]
    branded: bool = False
    translated: bool = False
    renamed: dict[str, str] = field(default_factory=dict)

    @property
    def slides(self) -> list[Any]:
        return list(self.deck.slides)

    def data(self) -> bytes:
        """The file."""
        out = io.BytesIO()
        self.deck.save(out)
        return out.getvalue()


def open_draft(data: bytes, key: str | None) -> Draft:
    """The deck of these bytes; its parts are named once for all.

    Dropped slides live on where others link to them. Their names must not be given again,
    or the wrong page is read: the library renames the kept ones from 1.
    """
    import pptx
    from pptx.opc.packuri import PackURI

    deck = pptx.Presentation(io.BytesIO(data))
    count = len(deck.slides._sldIdLst)
    for number, entry in enumerate(deck.slides._sldIdLst, 1):
        part = deck.part.related_part(entry.rId)
        part.partname = PackURI(f"/ppt/slides/slide{20000 + number}.xml")
    return Draft(deck, [Origin(key, n) for n in range(1, count + 1)])


def keep(draft: Draft, order: Sequence[int]) -> None:
    """Leave only these slides (positions from 0), in this order."""
    entries = draft.deck.slides._sldIdLst
    before = list(entries)
    for entry in before:
        entries.remove(entry)
    for position in order:
        entries.append(before[position])
    for position in set(range(len(before))) - set(order):
        draft.deck.part.drop_rel(before[position].rId)
    draft.origins = [draft.origins[position] for position in order]


def take_over(draft: Draft, other: Draft, positions: Sequence[int]) -> None:
    """Append slides of another deck: their shapes and pictures, in the host's design."""
    slides = other.slides
    layouts = draft.deck.slide_layouts
    blank = min(layouts, key=lambda layout: len(layout.placeholders))
    for position in positions:
        source = slides[position]
        made = draft.deck.slides.add_slide(blank)
        for shape in list(made.shapes):
            shape._element.getparent().remove(shape._element)
        names: dict[str, str] = {}
        for rid, rel in source.part.rels.items():
            if rel.is_external or not rel.reltype.endswith(("/image", "/chart")):
                continue
            names[rid] = made.part.relate_to(_copied(rel.target_part, draft), rel.reltype)
        lost = False
        for element in source.shapes._spTree.iterchildren():
            if element.tag.endswith(("}nvGrpSpPr", "}grpSpPr")):
                continue
            if _dead(element, names):
                lost = True
                continue
            twin = copy.deepcopy(element)
            for node in twin.iter():
                for name, value in list(node.attrib.items()):
                    if name.startswith(_R) and value in names:
                        node.set(name, names[value])
                    elif name.startswith(_R):
                        del node.attrib[name]
            made.shapes._spTree.append(twin)
        origin = other.origins[position]
        draft.origins.append(Origin(origin.deck, origin.page, origin.edited or lost))


def _copied(part: Any, draft: Draft) -> Any:
    """A picture or chart as a part of the host."""
    if hasattr(part, "image"):
        return draft.deck.part.package.get_or_add_image_part(io.BytesIO(part.blob))
    from pptx.parts.chart import ChartPart

    return ChartPart.load(
        draft.deck.part.package.next_partname("/ppt/charts/chart%d.xml"),
        part.content_type,
        draft.deck.part.package,
        part.blob,
    )


def _dead(element: Any, names: dict[str, str]) -> bool:
    """Whether the shape needs a part that was not taken along (SmartArt, objects)."""
    return any(
        name.startswith(_R)
        and name.endswith(("}dm", "}id", "}embed"))
        and value not in names
        and not node.tag.endswith(("}hlinkClick", "}hlinkHover"))
        for node in element.iter()
        for name, value in node.attrib.items()
    )


def texts(slide: Any) -> Iterator[Any]:
    """Every run of text on the slide that is its own: no page number, date or footer."""
    for shape in _flat(slide.shapes):
        if any(node.get("type") in _FURNITURE for node in shape._element.iter(f"{_P}ph")):
            continue
        frames = []
        if shape.has_text_frame:
            frames.append(shape.text_frame)
        elif getattr(shape, "has_table", False):
            frames += [cell.text_frame for row in shape.table.rows for cell in row.cells]
        for frame in frames:
            for paragraph in frame.paragraphs:
                yield from paragraph.runs


def pictures(slide: Any) -> list[Any]:
    """The pictures on the slide."""
    return [s for s in _flat(slide.shapes) if getattr(s, "image", None) is not None]


def _flat(shapes: Any) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _flat(shape.shapes)
        else:
            try:
                getattr(shape, "image", None)
            except Exception:
                continue
            yield shape

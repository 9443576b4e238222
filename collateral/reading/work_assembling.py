"""What the confined child does with two decks: put slides of the one into the other.

The slide's part stays where one is replaced, with its id and its links; its content, pictures
and charts come from the other deck. What is not known to arrive whole is refused, by page.
"""

from __future__ import annotations

import copy
import io
import os
import zipfile
from typing import Any

from collateral.reading import sentences
from collateral.reading.confined.cage import Held
from collateral.reading.confined.wire import FILE, Sender
from collateral.reading.work_layouts import design_of, kind_of

PIECE = 8 << 20
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_P14 = "{http://schemas.microsoft.com/office/powerpoint/2010/main}"
_CUSTOM_SHOWS = "{http://schemas.openxmlformats.org/presentationml/2006/main}custShowLst"
_CARRIED = {"image", "chart", "hyperlink"}
_OF_A_CHART = {"package", "chartStyle", "chartColorStyle", "themeOverride", "image"}


class Refused(Exception):
    """This cannot be put together; the message is the sentence a person sees."""


def assemble(spec: dict[str, Any], sender: Sender, held: Held) -> None:
    """Do the steps of the spec on the deck "base" of the bundle with pages of "other"."""
    del held
    import pptx

    with os.fdopen(os.dup(FILE), "rb") as file, zipfile.ZipFile(file) as bundle:
        decks = {name: bundle.read(name) for name in ("base", "other")}
    try:
        base, other = (_opened(pptx, decks[name]) for name in ("base", "other"))
        Assembly(base, other).run(spec["steps"])
    except Refused as reason:
        sender.send({"frame": "refused", "sentence": str(reason)})
        return
    out = io.BytesIO()
    base.save(out)
    data = out.getvalue()
    for start in range(0, len(data), PIECE):
        sender.send({"frame": "piece"}, data[start : start + PIECE])
    sender.send({"frame": "end"})


def _opened(pptx: Any, data: bytes) -> Any:
    from collateral.reading.formats.base import Source, Unreadable
    from collateral.reading.formats.package import check_size
    from collateral.reading.kinds import KINDS
    from collateral.reading.results import DEFAULT

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_size(archive, Source(io.BytesIO(data), KINDS["pptx"], DEFAULT))
        return pptx.Presentation(io.BytesIO(data))
    except Unreadable as reason:
        raise Refused(str(reason)) from reason
    except Exception as error:
        raise Refused(sentences.NOT_A_DECK) from error


class Assembly:
    """The base deck while it becomes the next one."""

    def __init__(self, base: Any, other: Any) -> None:
        self._base, self._other = base, other
        if (base.slide_width, base.slide_height) != (other.slide_width, other.slide_height):
            raise Refused(sentences.OTHER_SIZES)
        self._ids = [entry.get("id") for entry in self._entries]
        self._slides = list(base.slides)
        self._copied: dict[Any, Any] = {}

    @property
    def _entries(self) -> Any:
        return self._base.slides._sldIdLst

    def run(self, steps: list[dict[str, Any]]) -> None:
        """All replacements, then moves in the order given, then insertions from the last place
        to the first, then what goes."""
        if self._base.part._element.find(_CUSTOM_SHOWS) is not None and any(
            step["do"] == "drop" for step in steps
        ):
            raise Refused(sentences.CUSTOM_SHOWS)
        for step in steps:
            if step["do"] == "replace":
                self._fill(self._base_slide(step["at"]), step["page"])
        for step in steps:
            if step["do"] == "move":
                self._move(step["at"], step["page"])
        inserts = [step for step in steps if step["do"] == "insert"]
        for step in sorted(inserts, key=lambda step: (-step["at"], -step["page"])):
            self._insert(step["at"], step["page"])
        for step in steps:
            if step["do"] == "drop":
                self._drop(step["at"])

    def _base_slide(self, number: int) -> Any:
        if not 1 <= number <= len(self._slides):
            raise Refused(sentences.NOT_IN_MASTER % {"page": number})
        return self._slides[number - 1]

    def _other_slide(self, number: int) -> Any:
        slides = list(self._other.slides)
        if not 1 <= number <= len(slides):
            raise Refused(sentences.NOT_IN_ADAPTATION % {"page": number})
        return slides[number - 1]

    def _fill(self, slide: Any, page: int) -> None:
        """Make the slide what page `page` of the other deck is."""
        other = self._other_slide(page)
        self._check(other, page)
        layout = self._layout(other, page)
        part = slide.part
        for rid, relation in list(part.rels.items()):
            inside = not relation.is_external
            stays = inside and (
                kind_of(relation) == "notesSlide" or relation.target_part is layout.part
            )
            if not stays:
                part.rels.pop(rid)
        content = copy.deepcopy(other._element)
        renamed = {}
        for rid, relation in other.part.rels.items():
            kind = kind_of(relation)
            if kind == "slideLayout":
                renamed[rid] = part.relate_to(layout.part, relation.reltype)
            elif relation.is_external:
                renamed[rid] = part.relate_to(
                    relation.target_ref, relation.reltype, is_external=True
                )
            elif kind != "notesSlide":
                renamed[rid] = part.relate_to(self._copy(relation.target_part), relation.reltype)
        for element in content.iter():
            for name, value in list(element.attrib.items()):
                if name.startswith(_R) and value:
                    if value not in renamed:
                        raise Refused(sentences.REFERS_OUTSIDE % {"page": page})
                    element.set(name, renamed[value])
        part._element = content
        self._notes(slide, other, page)

    def _check(self, slide: Any, page: int) -> None:
        for relation in slide.part.rels.values():
            kind = kind_of(relation)
            if kind in ("slideLayout", "notesSlide"):
                continue
            if kind not in _CARRIED or (relation.is_external and kind != "hyperlink"):
                what = sentences.CARRIED_BY_NOBODY.get(kind, sentences.UNKNOWN_PART)
                raise Refused(sentences.COULD_BE_LOST % {"page": page, "what": what})
            if kind == "chart":
                for inner in relation.target_part.rels.values():
                    if kind_of(inner) not in _OF_A_CHART or inner.is_external:
                        raise Refused(sentences.CHART_LEANS % {"page": page})

    def _layout(self, slide: Any, page: int) -> Any:
        """The base's own layout that is the very one of the slide."""
        wanted = design_of(slide.slide_layout)
        for master in self._base.slide_masters:
            for layout in master.slide_layouts:
                if layout.name == slide.slide_layout.name and design_of(layout) == wanted:
                    return layout
        named = {"page": page, "layout": slide.slide_layout.name}
        raise Refused(sentences.OTHER_LAYOUT % named)

    def _copy(self, part: Any) -> Any:
        """The part with all it leans on, in the base's package; each once."""
        from pptx.opc.package import Part
        from pptx.opc.packuri import PackURI

        if part in self._copied:
            return self._copied[part]
        package = self._base.part.package
        for known in package.iter_parts():
            same = known.content_type == part.content_type and not part.rels and not known.rels
            if same and known.blob == part.blob:
                self._copied[part] = known
                return known
        taken = {str(known.partname) for known in package.iter_parts()}
        taken |= {str(known.partname) for known in self._copied.values()}
        stem, dot, extension = str(part.partname).rpartition(".")
        stem = stem.rstrip("0123456789")
        number = next(n for n in range(1, 100_000) if f"{stem}{n}{dot}{extension}" not in taken)
        made = Part(
            PackURI(f"{stem}{number}{dot}{extension}"), part.content_type, package, part.blob
        )
        self._copied[part] = made
        for rid, relation in part.rels.items():
            inner = self._copy(relation.target_part)
            given = made.relate_to(inner, relation.reltype)
            if given != rid:
                self._rename(made, given, rid)
        return made

    def _rename(self, part: Any, given: str, wanted: str) -> None:
        """Under the id that the part's own XML names it by."""
        relation = part.rels._rels.pop(given)
        relation._rId = wanted
        part.rels._rels[wanted] = relation

    def _notes(self, slide: Any, other: Any, page: int) -> None:
        words = ""
        if other.has_notes_slide and other.notes_slide.notes_text_frame is not None:
            words = other.notes_slide.notes_text_frame.text
        if not words and not slide.has_notes_slide:
            return
        frame = slide.notes_slide.notes_text_frame
        if frame is None:
            raise Refused(sentences.NO_PLACE_FOR_NOTES % {"page": page})
        if frame.text != words:
            frame.text = words

    def _insert(self, behind: int, page: int) -> None:
        layout = self._layout(self._other_slide(page), page)
        slide = self._base.slides.add_slide(layout)
        entry = self._entries[-1]
        before = self._ids[behind - 1] if behind else None
        self._fill(slide, page)
        self._entries.remove(entry)
        places = [other.get("id") for other in self._entries]
        self._entries.insert(places.index(before) + 1 if before else 0, entry)
        self._list_in_section(entry.get("id"), before)

    def _list_in_section(self, slide_id: str, before: str | None) -> None:
        """Sections name their slides: a new one stands behind the one before it."""
        named = list(self._base.part._element.iter(f"{_P14}sldId"))
        if not named:
            return
        place = next((one for one in named if one.get("id") == before), None)
        entry = copy.deepcopy(named[0])
        entry.set("id", slide_id)
        if place is None:
            named[0].addprevious(entry)
        else:
            place.addnext(entry)

    def _move(self, number: int, behind: int) -> None:
        self._base_slide(number)
        slide_id = self._ids[number - 1]
        before = self._ids[behind - 1] if behind else None
        if slide_id == before:
            raise Refused(sentences.BEHIND_ITSELF % {"page": number})
        if behind:
            self._base_slide(behind)
        entry = next(one for one in self._entries if one.get("id") == slide_id)
        self._entries.remove(entry)
        places = [other.get("id") for other in self._entries]
        self._entries.insert(places.index(before) + 1 if before else 0, entry)
        for one in list(self._base.part._element.iter(f"{_P14}sldId")):
            if one.get("id") == slide_id:
                one.getparent().remove(one)
                self._list_in_section(slide_id, before)

    def _drop(self, number: int) -> None:
        self._base_slide(number)
        slide_id = self._ids[number - 1]
        for entry in list(self._entries):
            if entry.get("id") == slide_id:
                self._base.part.drop_rel(entry.rId)
                self._entries.remove(entry)
        for one in list(self._base.part._element.iter(f"{_P14}sldId")):
            if one.get("id") == slide_id:
                one.getparent().remove(one)

"""Decks: a presentation of native text, tables and charts in one of Kelvane's designs."""

from __future__ import annotations

import io
from functools import lru_cache
from random import Random
from typing import Any

from collateral.demo.content_format import Block
from collateral.demo.files import (
    art,
    slides_charts,  # noqa: F401  (they add their layouts)
    slides_drawings,  # noqa: F401
    slides_tables,  # noqa: F401
    slides_voices,  # noqa: F401
)
from collateral.demo.files.canvas import Canvas, emu, rgb
from collateral.demo.files.scenes_europe import europe
from collateral.demo.files.slides_words import LAYOUTS, canvas_logo
from collateral.demo.files.themes import THEMES, Theme
from collateral.demo.files.zipped import steady

DARK = {"cover", "section", "closing", "photo", "quote"}
ART_PIXELS = 1120


def make_deck(title: str, author: str, theme_key: str, blocks: list[Block], seed: str) -> bytes:
    """The deck as the bytes of a .pptx; the same arguments give the same bytes."""
    from pptx import Presentation

    theme = THEMES[theme_key]
    presentation = Presentation(io.BytesIO(_template(theme_key)))
    properties = presentation.core_properties
    properties.title, properties.author, properties.last_modified_by = title, author, author
    properties.keywords = "kelvane"
    ordinary, bare = presentation.slide_layouts
    for index, block in enumerate(blocks):
        slide = presentation.slides.add_slide(bare if block.kind in DARK else ordinary)
        canvas = Canvas(
            slide,
            theme,
            Random(f"{seed}:{index}:{block.title}"),
            _pictures(block, theme, seed),
            index + 1,
        )
        LAYOUTS[block.kind](canvas, block)
        if not slide.shapes.title.text_frame.text:
            slide.shapes.title.text_frame.text = block.title
        if block.kind not in {"cover", "section", "closing", "photo"}:
            _page_number(canvas)
        if block.notes:
            slide.notes_slide.notes_text_frame.text = block.notes
    out = io.BytesIO()
    presentation.save(out)
    return steady(out.getvalue())


def _pictures(block: Block, theme: Theme, seed: str) -> dict[str, bytes]:
    if block.kind == "map":
        inner = europe(theme, 300, 250, Random(seed))
        ground = f'<rect width="300" height="250" fill="#{theme.ground}"/>'
        document = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 250">{ground}{inner}</svg>'
        )
        return {"map": _drawn(document, 660)}
    name = block.option("art") or {"section": "wave", "closing": "wave", "photo": "plant"}.get(
        block.kind, ""
    )
    if not name:
        return {}
    if block.kind == "prose":
        document = art.svg(name, theme, seed + block.title, width=488, height=376)
        return {name: _drawn(document, 732)}
    return {name: _drawn(art.svg(name, theme, seed), ART_PIXELS)}


@lru_cache(maxsize=256)
def _drawn(document: str, pixels: int) -> bytes:
    return art.jpeg(document, pixels)


def _page_number(canvas: Canvas) -> None:
    from lxml import etree
    from pptx.oxml.ns import qn

    box = canvas.text(
        500,
        319,
        100,
        16,
        str(canvas.number),
        10.5,
        align="right",
        color=canvas.theme.soft,
        anchor="middle",
    )
    run: Any = box.text_frame.paragraphs[0].runs[0]._r
    run_field = etree.Element(
        qn("a:fld"), id="{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}", type="slidenum"
    )
    for child in list(run):
        run_field.append(child)
    run.getparent().replace(run, run_field)


@lru_cache(maxsize=16)
def _template(theme_key: str) -> bytes:
    """An empty deck with the theme's colours and fonts and two layouts, as Kelvane's would be."""
    from pptx import Presentation

    theme = THEMES[theme_key]
    presentation: Any = Presentation()
    presentation.slide_width, presentation.slide_height = emu(640, 360, 0, 0)[:2]
    layouts = presentation.slide_layouts
    ordinary, bare = layouts[5], layouts[6]
    for layout in list(layouts):
        if layout not in (ordinary, bare):
            layouts.remove(layout)
    _colours(presentation, theme)
    for layout, name in ((ordinary, "Content"), (bare, "Cover")):
        layout.name = f"Kelvane {name}"
        for shape in list(layout.placeholders):
            if shape.placeholder_format.type != 1:  # only the title stays
                shape._element.getparent().remove(shape._element)
    # The blank layout has no title of its own: give it one, so that every slide is named.
    title = ordinary.placeholders[0]._element
    bare._element.cSld.spTree.append(_copy(title))
    _furniture(presentation, ordinary, theme)
    for shape in list(presentation.slide_master.placeholders):
        if shape.placeholder_format.type != 1:
            shape._element.getparent().remove(shape._element)
        else:
            shape.left, shape.top, shape.width, shape.height = emu(40, 46, 560, 32)
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def _copy(element: Any) -> Any:
    from copy import deepcopy

    return deepcopy(element)


def _furniture(presentation: Any, layout: Any, theme: Theme) -> None:
    """Ground, rule and mark of an ordinary slide, on its layout."""
    slide = presentation.slides.add_slide(layout)
    canvas = Canvas(slide, theme, Random(0), {}, 0)
    before = len(slide.shapes._spTree)
    canvas.box(40, 310, 560, 1, theme.line)
    canvas_logo(canvas, theme.ink)
    for element in list(slide.shapes._spTree)[before:]:
        layout._element.cSld.spTree.append(element)
    layout.background.fill.solid()
    layout.background.fill.fore_color.rgb = rgb(theme.ground)
    listed = presentation.slides._sldIdLst
    presentation.part.drop_rel(listed[0].rId)
    del listed[0]


def _colours(presentation: Any, theme: Theme) -> None:
    from lxml import etree
    from pptx.oxml.ns import qn

    part = next(
        rel.target_part
        for rel in presentation.slide_master.part.rels.values()
        if rel.reltype.endswith("/theme")
    )
    tree: Any = etree.fromstring(part.blob)
    tree.set("name", f"Kelvane {theme.key}")
    scheme = {
        "dk1": theme.ink,
        "lt1": "FFFFFF",
        "dk2": theme.dark,
        "lt2": theme.tint,
        "accent1": theme.accent,
        "accent2": theme.second,
        "accent3": theme.soft,
        "accent4": theme.tint,
        "accent5": theme.line,
        "accent6": theme.dark,
        "hlink": theme.second,
        "folHlink": theme.soft,
    }
    for name, color in scheme.items():
        slot = tree.find(f".//{qn('a:clrScheme')}/{qn('a:' + name)}")
        for child in list(slot):
            slot.remove(child)
        etree.SubElement(slot, qn("a:srgbClr"), val=color)
    for name, family in (("majorFont", theme.heading), ("minorFont", theme.body)):
        tree.find(f".//{qn('a:' + name)}/{qn('a:latin')}").set("typeface", family)
    part._blob = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)

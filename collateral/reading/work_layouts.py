"""Parts of a deck as the confined child compares them: kinds of relations, looks of layouts."""

from __future__ import annotations

from typing import Any


def kind_of(relation: Any) -> str:
    """What a relation leads to: image, chart, slideLayout."""
    return str(relation.reltype).rpartition("/")[2]


def design_of(layout: Any) -> tuple[bytes, bytes, tuple[bytes, ...]]:
    """What a layout looks like: its own XML, its master's, the theme."""
    master = layout.slide_master
    themes = tuple(
        relation.target_part.blob
        for relation in master.part.rels.values()
        if kind_of(relation) == "theme"
    )
    return _canonical(layout), _canonical(master), themes


def _canonical(holder: Any) -> bytes:
    from lxml import etree

    text: bytes = etree.tostring(holder._element.cSld, method="c14n")
    return text

"""What lineage compares of a slide: its boxes, its pictures, the values of its charts."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from typing import Any

from collateral.reading.formats.pptx_design import Designs, is_furniture, phash
from collateral.reading.formats.pptx_texts import shape_texts
from collateral.reading.results import Box, PageFeatures, PagePicture


def slide_features(
    number: int, slide: Any, size: tuple[int, int], known: dict[str, str], designs: Designs
) -> PageFeatures:
    """Features of one slide; `known` keeps perceptual hashes by sha256 over the whole deck."""
    texts = tuple(text for shape, text in shape_texts(slide) if not is_furniture(shape))
    boxes: list[Box] = []
    pictures: list[PagePicture] = []
    charts: list[tuple[float, ...]] = []
    for shape in _flat(slide.shapes, 0):
        if is_furniture(shape):
            continue
        try:
            boxes.append(_box(shape, size))
            blob = _picture(shape)
            if blob:
                pictures.append(_hashed(number, blob, _area(shape, size), known))
            if getattr(shape, "has_chart", False):
                charts += _values(shape.chart)
        except Exception:  # noqa: S112 - one odd shape must not cost the slide its features
            continue
    design: tuple[str, ...] | None = None
    backdrop: tuple[PagePicture, ...] = ()
    try:
        design = designs.texts(slide)
        own = {picture.sha256 for picture in pictures}
        backdrop = tuple(p for p in designs.pictures(number, slide) if p.sha256 not in own)
    except Exception:  # a slide without a layout says nothing of its design
        design = None
    return PageFeatures(
        number, texts, tuple(pictures), tuple(boxes), tuple(charts), design, backdrop
    )


def _flat(shapes: Any, depth: int) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes") and depth < 20:
            yield from _flat(shape.shapes, depth + 1)
        else:
            yield shape


def _box(shape: Any, size: tuple[int, int]) -> Box:
    def eighth(value: int | None, of: int) -> int:
        return max(-8, min(16, round(8 * (value or 0) / max(1, of))))

    return Box(
        kind=str(shape.shape_type or "placeholder").split(" ")[0].rpartition(".")[2].lower(),
        x=eighth(shape.left, size[0]),
        y=eighth(shape.top, size[1]),
        width=eighth(shape.width, size[0]),
        height=eighth(shape.height, size[1]),
    )


def _area(shape: Any, size: tuple[int, int]) -> float:
    share = (shape.width or 0) * (shape.height or 0) / max(1, size[0] * size[1])
    return round(max(0.0, min(1.0, share)), 4)


def _picture(shape: Any) -> bytes | None:
    image = getattr(shape, "image", None)
    return image.blob if image is not None else None


def _hashed(page: int, blob: bytes, area: float, known: dict[str, str]) -> PagePicture:
    sha = hashlib.sha256(blob).hexdigest()
    return PagePicture(page, sha, phash(blob, sha, known), area)


def _values(chart: Any) -> Iterator[tuple[float, ...]]:
    for plot in chart.plots:
        for series in plot.series:
            known = (float(value) for value in series.values if value is not None)
            yield tuple(value for value in known if math.isfinite(value))[:2000]

"""What lineage compares of a PDF's page: its text and its pictures."""

from __future__ import annotations

import hashlib
from typing import Any

from collateral.reading.results import PageFeatures, PagePicture

MOST_PICTURES = 40
MOST_PIXELS = 20_000_000
LEAST_SHARE = 0.0005
"""Of the page: what is smaller is a bullet or a bit of a line."""


def page_features(
    number: int, page: Any, text: str, known: dict[str, tuple[str, str]]
) -> PageFeatures:
    """Features of one page; `known` keeps the hashes of pictures over the whole file."""
    return PageFeatures(
        number,
        tuple(part for part in text.split("\n\n") if part.strip()),
        tuple(_pictures(number, page, known)),
    )


def _pictures(number: int, page: Any, known: dict[str, tuple[str, str]]) -> list[PagePicture]:
    import pypdfium2
    import pypdfium2.raw as raw

    width, height = page.get_size()
    found: list[PagePicture] = []
    try:
        for placed in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
            left, bottom, right, top = placed.get_bounds()
            area = abs((right - left) * (top - bottom)) / max(1.0, width * height)
            if area < LEAST_SHARE:
                continue
            sha, phash = _hashes(placed, known)
            if sha:
                found.append(PagePicture(number, sha, phash, round(min(area, 1.0), 4)))
            if len(found) >= MOST_PICTURES:
                break
    except (pypdfium2.PdfiumError, ValueError):
        return found
    return found


def _hashes(placed: Any, known: dict[str, tuple[str, str]]) -> tuple[str, str]:
    """SHA-256 of the picture as it stands in the file, and its perceptual hash."""
    from collateral.reading.pictures import hash_of

    data = bytes(placed.get_data(decode_simple=False))
    if not data:
        return "", ""
    sha = hashlib.sha256(data).hexdigest()
    if sha not in known:
        wide, tall = placed.get_px_size()
        phash = ""
        if 0 < wide * tall <= MOST_PIXELS:
            phash = hash_of(placed.get_bitmap(render=True).to_pil())
        known[sha] = (sha, phash)
    return known[sha]

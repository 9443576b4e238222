"""Pictures of pages, for people to look at: build/screens, where COLLATERAL_PICTURES asks for them.

To look at two hundred pages in four ways takes a minute, and shows a test nothing by itself.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator

from playwright.sync_api import Page

from collateral.config import ROOT

WANTED = bool(os.environ.get("COLLATERAL_PICTURES"))
SHOTS = ROOT / "build" / "screens"
WIDTHS = {"390": (390, 844), "1440": (1440, 900)}
# A picture of a moment before may still show some words in the colours of the other theme.
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def variants(page: Page, needed: Collection[tuple[str, str]] = ()) -> Iterator[tuple[str, str]]:
    """The page as it is at both widths, light and dark, one after the other; where nobody asks for
    pictures, in those ways alone that are `needed` all the same."""
    before, ways = page.viewport_size, 0
    for width, (w, h) in WIDTHS.items():
        for theme in ("light", "dark"):
            if not WANTED and (width, theme) not in needed:
                continue
            ways += 1
            page.set_viewport_size({"width": w, "height": h})
            # Without motion: a colour on its way from one theme to the other is in neither.
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            page.evaluate(PAINTED)
            yield width, theme
    if ways == 0:
        return
    # Motion comes back when it is light: what is looked at next would be on its way there.
    page.emulate_media(color_scheme="light")
    page.evaluate(PAINTED)
    page.emulate_media(reduced_motion="no-preference")
    if before:
        page.set_viewport_size(before)


def photograph(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep a picture of the page as it stands; where it is not `whole`, of what the window shows.

    As JPEG, which takes half the time of PNG where a page is full of previews.
    """
    if not WANTED:
        return
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.jpg"
    page.screenshot(path=path, type="jpeg", quality=88, full_page=whole, timeout=120_000)


def shoot(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep pictures of the page at both widths, light and dark."""
    for width, theme in variants(page):
        photograph(page, f"{name}-{width}-{theme}", whole=whole)

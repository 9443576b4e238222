"""What the page viewer shows of one version, as its macro wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request, url_for

from collateral.addresses import path_of
from collateral.assets import downloads, finding, queries
from collateral.assets.models import Asset, AssetVersion, ReadingState, Status
from collateral.assets.queries import PageRow
from collateral.errors import NotFound
from collateral.templating import translate as _
from collateral.words import in_words


@dataclass
class ShownPage:
    """One page in the rail; of the current one also what it says, with the words marked."""

    number: int
    title: str
    url: str
    thumb: str | None
    picture: str | None
    width: int | None
    height: int | None
    hit: bool
    text: list[tuple[str, bool]] | str = ""
    notes: list[tuple[str, bool]] | str = ""


@dataclass
class Shown:
    """The viewer's one object; see templates/components/viewer.html."""

    pages: list[ShownPage]
    current: ShownPage | None
    noun: str
    find_url: str
    find: str
    sentence: str | None
    original_url: str
    seconds: None = None
    visits: int = 0
    add_url: str | None = None
    media_url: str | None = None


def shown(asset: Asset, version: AssetVersion, number: int, *, fixed: bool) -> Shown:
    """The viewer for page `number` of the version; `fixed` keeps this version in addresses.

    Raises:
        NotFound: the version has no such page.
    """
    find = request.args.get("find", "").strip()[:200]
    rows = queries.page_rows(version)
    if number != 1 and not any(row.number == number for row in rows):
        raise NotFound(_("There is no page %(number)s.", number=number))
    words = finding.words_of(find)
    hits = _hits(version, words)
    kept = version.number if fixed else None
    pages = [_page(asset, version, row, row.number in hits, kept, find) for row in rows]
    current = next((page for page in pages if page.number == number), None) or (
        pages[0] if pages else None
    )
    if current is not None:
        _say(current, version, words)
    return Shown(
        pages=pages,
        current=current,
        noun=_noun(version.family),
        find_url=page_address(asset, kept, current.number if current else 1),
        find=find,
        sentence=_sentence(version),
        add_url=_add_url(asset, version, current),
        media_url=(
            url_for("assets.media", asset_id=asset.id, version=version.number)
            if downloads.plays(version)
            else None
        ),
        original_url=url_for(
            "assets.file", asset_id=asset.id, version=version.number if fixed else None
        ),
    )


def first_hit(version: AssetVersion, number: int, find: str) -> int | None:
    """The page to show first when words are looked for from page `number`: that or the next one
    that says them, else the first of the file; None where no page does."""
    hits = sorted(_hits(version, finding.words_of(find)))
    return next((hit for hit in hits if hit >= number), hits[0] if hits else None)


def _hits(version: AssetVersion, words: Sequence[str]) -> set[int]:
    if not words:
        return set()
    return {
        page.number
        for page in queries.page_words(version)
        if finding.says(words, page.title, page.text, page.notes)
    }


def _page(
    asset: Asset, version: AssetVersion, row: PageRow, hit: bool, kept: int | None, find: str
) -> ShownPage:
    return ShownPage(
        number=row.number,
        title=row.title,
        url=page_address(asset, kept, row.number, find=find or None),
        thumb=preview_url(asset.id, version.number, row.number, 320, row.preview_320),
        picture=preview_url(asset.id, version.number, row.number, 1280, row.preview_1280),
        width=row.width,
        height=row.height,
        hit=hit,
    )


def _say(current: ShownPage, version: AssetVersion, words: Sequence[str]) -> None:
    for page in queries.page_words(version, current.number):
        current.text = finding.marks(page.text, words)
        current.notes = finding.marks(page.notes, words)


def preview_url(
    asset_id: int, number: int, page: int, width: int, sha256: str | None
) -> str | None:
    """The address of a page's picture, under which it never changes; None when there is none."""
    if sha256 is None:
        return None
    path = path_of("assets.preview", asset_id=asset_id, number=number, page=page, width=width)
    return f"{path}?v={sha256}"


def page_address(asset: Asset, version: int | None, page: int, find: str | None = None) -> str:
    """The address of a page, of that version or of the current one."""
    if version is None:
        path = path_of("assets.page", asset_id=asset.id, page=page)
    else:
        path = path_of("assets.version_page", asset_id=asset.id, number=version, page=page)
    return f"{path}?{urlencode({'find': find})}" if find else path


def _add_url(asset: Asset, version: AssetVersion, current: ShownPage | None) -> str | None:
    """Where the page goes into a pack; None for what is not sent as it is."""
    if asset.status is not Status.PUBLISHED or version.id != asset.current_version_id:
        return None
    return url_for("sharing.choose_pack", asset=asset.id, page=current.number if current else None)


def _noun(family: str) -> str:
    nouns = {"deck": _("deck"), "document": _("document"), "pdf": _("document")}
    return str(nouns.get(family, _("file")))


def _sentence(version: AssetVersion) -> str | None:
    if version.state in (ReadingState.RECEIVED, ReadingState.READING):
        return None
    why = version.error or version.preview_missing
    return in_words(why) if why else None

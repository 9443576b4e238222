"""Hits as the card macro wants them (components/card.html), with their addresses."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import lazy_gettext

from collateral.addresses import path_of
from collateral.assets.models import Status, Vocabulary
from collateral.clock import now
from collateral.parts import LATER
from collateral.search.results import FacetValue, FoundAsset, FoundPage, Hit
from collateral.search.snippets import Parts
from collateral.templating import ago, duration, format_date, reader_zone
from collateral.templating import translate as _
from collateral.templating import translate_number as ngettext

NEW_DAYS = 14
KINDS = {
    "deck": "deck",
    "document": "document",
    "pdf": "document",
    "text": "text",
    "sheet": "table",
    "image": "picture",
    "video": "video",
    "audio": "audio",
    "archive": "package",
}
_FACETS = {
    "stage": lazy_gettext("Stage"),
    "type": lazy_gettext("Type"),
    "product": lazy_gettext("Product"),
    "industry": lazy_gettext("Industry"),
    "persona": lazy_gettext("Persona"),
    "region": lazy_gettext("Region"),
    "language": lazy_gettext("Language"),
    "freshness": lazy_gettext("Freshness"),
    "status": lazy_gettext("Status"),
}
_VALUES = {
    "current": lazy_gettext("Current"),
    "review_due": lazy_gettext("Review due"),
    Status.DRAFT.value: lazy_gettext("Draft"),
    Status.IN_REVIEW.value: lazy_gettext("In review"),
    Status.PUBLISHED.value: lazy_gettext("Published"),
    Status.RETIRED.value: lazy_gettext("Retired"),
}


@dataclass(frozen=True, slots=True)
class CardPicture:
    src: str
    width: int
    height: int
    second: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One asset as `ui.card` shows it; see components/card.html for what each field is."""

    id: int
    url: str
    title: Parts
    kind: str
    type: str
    extent: str
    picture: CardPicture | None
    page: int | None
    pages: int | None
    terms: tuple[str, ...]
    words: Parts | None
    date: str
    state: str
    published: str
    use_url: str | None
    hits: tuple[int, ...] = ()
    deals: int = 0
    won: int = 0
    open: int = 0
    lost: int = 0
    variant_of: str = ""
    search: int | None = field(default=None, compare=False)
    """Put into its addresses later, so that a card is the same whichever search finds it."""


def card(hit: Hit, search_id: int | None = None, variant_of: str = "") -> Card:
    """The card of a hit. With a search's id, opening it is noted as opened from there.
    `variant_of` is the title of the asset that it was adapted from."""
    asset = hit.asset
    found_by = f"?search={LATER}" if search_id is not None else ""
    page = path_of("assets.detail", asset_id=asset.id) + found_by
    dated = asset.version_at or asset.created_at
    return Card(
        id=asset.id,
        url=path_of("assets.page", asset_id=asset.id, page=hit.page.number) + found_by
        if hit.page and hit.page.number > 1
        else page,
        title=hit.title,
        kind=KINDS.get(asset.family or "", "document"),
        type=asset.type.label if asset.type else _(asset.label) if asset.label else "",
        extent=_extent(asset),
        picture=_picture(hit),
        page=hit.page.number if hit.page else None,
        pages=asset.page_count,
        hits=hit.pages,
        variant_of=variant_of,
        terms=_terms(asset),
        words=None if _says_the_same(hit) else hit.snippet or None,
        date=format_date(dated, "short" if dated.year == now().year else "medium"),
        state=_state(asset),
        deals=hit.uses.deals,
        won=hit.uses.won,
        open=hit.uses.open,
        lost=hit.uses.lost,
        published=ago(asset.published_at),
        use_url=f"{page}#use",
        search=search_id,
    )


def _says_the_same(hit: Hit) -> bool:
    """The title is marked, and what is in context is but the first page, which repeats it."""
    first = hit.page is not None and hit.page.number == 1
    return first and any(found for _text, found in hit.title)


def _picture(hit: Hit) -> CardPicture | None:
    page = hit.page if hit.page and hit.page.preview else hit.asset.cover
    if page is None or page.preview is None:
        return None
    upright = bool(page.height and page.width and page.height > page.width)
    second = hit.asset.second if upright and page.number == 1 else None
    return CardPicture(
        src=preview_address(hit.asset.id, hit.asset.version or 1, page),
        width=page.width or 0,
        height=page.height or 0,
        second=preview_address(hit.asset.id, hit.asset.version or 1, second)
        if second and second.preview
        else None,
    )


def preview_address(asset_id: int, version: int, page: FoundPage) -> str:
    """Where the page's picture is; it never changes at that address."""
    path = path_of("assets.preview", asset_id=asset_id, number=version, page=page.number, width=320)
    return f"{path}?v={page.preview}"


def _extent(asset: FoundAsset) -> str:
    if asset.seconds:
        return duration(asset.seconds)
    if asset.page_count and asset.family not in ("video", "image"):
        return str(ngettext("%(num)s page", "%(num)s pages", asset.page_count))
    return ""


def _terms(asset: FoundAsset) -> tuple[str, ...]:
    """Stages, then industries, each as one text."""
    every = (
        ", ".join(term.label for term in asset.terms if term.vocabulary is vocabulary)
        for vocabulary in (Vocabulary.STAGE, Vocabulary.INDUSTRY)
    )
    return tuple(text for text in every if text)


def _state(asset: FoundAsset) -> str:
    moment = now()
    today = moment.astimezone(reader_zone()).date()  # as on the asset's own page
    if asset.status is not Status.PUBLISHED:
        return asset.status.value
    if asset.expires_on and asset.expires_on <= today:
        return "expired"
    if asset.review_on and asset.review_on <= today:
        return "review_due"
    if asset.published_at and (moment - asset.published_at).days < NEW_DAYS:
        return "new"
    return "current"


def value_name(facet: str, value: FacetValue) -> str:
    """What a choice of a filter is called on screen: a term by its label, the rest in words."""
    if facet not in ("freshness", "status"):
        return value.label
    return str(_VALUES[value.value])


def facet_name(name: str) -> str:
    """What a filter is called on screen."""
    return str(_FACETS.get(name, name))

"""How assets, versions and pages look here, and what is taken to describe them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from collateral.api.shapes import (
    Amount,
    Id,
    Money,
    Named,
    Somebody,
    money,
    named,
    somebody,
)
from collateral.assets.description import UNSET as NOT_GIVEN
from collateral.assets.description import Description
from collateral.assets.models import Asset, AssetVersion, ReadingState, Status, Vocabulary

Text = Annotated[str, Meta(max_length=10_000)]
Title = Annotated[str, Meta(min_length=1, max_length=300)]
Slug = Annotated[str, Meta(min_length=1, max_length=80)]
Words = Annotated[list[Slug], Meta(max_length=100)]
Keys = Annotated[
    list[Annotated[str, Meta(pattern="^[a-z]+:.{1,80}$")]],
    Meta(max_length=100, description='Terms by their keys, such as "stage:evaluation".'),
]
Owner = Annotated[str, Meta(min_length=1, max_length=254, description="E-mail, or id.")]
Teams = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=100)] | Id], Meta(max_length=100)
]


class Version(Struct, forbid_unknown_fields=True):
    """One file of an asset. `text`, `previews` and `download` say what of it works."""

    number: int
    state: ReadingState
    filename: str
    media_type: str
    bytes: int
    sha256: str
    pages: int | None
    error: str | None
    text: bool
    previews: bool
    download: bool
    preview_missing: str | None
    notices: list[str]
    language: str | None
    seconds: float | None
    changes: str
    created_at: datetime


class Counts(Struct, forbid_unknown_fields=True):
    """Counted by COUNTER's rules over those whose doings the caller may count; `uses` and
    `deals`: how often and in how many deals it was used."""

    shown: int
    views: int
    unique_views: int
    downloads: int
    unique_downloads: int
    uses: int
    deals: int


class AssetDetail(Struct, forbid_unknown_fields=True):
    """All of an asset. `version` is the current one."""

    id: int
    title: str
    type: str | None
    status: Status
    summary: str
    terms: list[str]
    tags: list[str]
    owner: Somebody | None
    cost: Money | None
    review_on: date | None
    expires_on: date | None
    teams: list[str]
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    retired_at: datetime | None
    retire_reason: str | None
    replacement: Named | None
    version: Version | None
    versions: list[Version]
    counts: Counts


class Change(Struct, forbid_unknown_fields=True):
    """What describes an asset; what is left out stays, null empties."""

    title: Title | UnsetType = UNSET
    summary: Text | UnsetType = UNSET
    type: Slug | UnsetType | None = UNSET
    terms: Keys | UnsetType = UNSET
    tags: Words | UnsetType = UNSET
    owner: Owner | Id | UnsetType = UNSET
    cost: Money | UnsetType | None = UNSET
    review_on: date | UnsetType | None = UNSET
    expires_on: date | UnsetType | None = UNSET
    teams: Teams | UnsetType = UNSET


class NewAsset(Struct, forbid_unknown_fields=True):
    """What describes a new asset, beside its file."""

    title: Title | UnsetType = UNSET
    summary: Text | UnsetType = UNSET
    type: Slug | UnsetType = UNSET
    terms: Keys | UnsetType = UNSET
    tags: Words | UnsetType = UNSET
    owner: Owner | UnsetType = UNSET
    cost: Money | Amount | UnsetType = UNSET
    review_on: date | UnsetType = UNSET
    expires_on: date | UnsetType = UNSET
    teams: Annotated[list[Slug], Meta(max_length=100)] | UnsetType = UNSET
    publish: bool = False
    duplicate: Literal["refuse", "allow"] = "refuse"


class NewVersion(Struct, forbid_unknown_fields=True):
    """What its maker says is new in a version."""

    changes: Annotated[str, Meta(max_length=5000)] = ""


class Page(Struct, forbid_unknown_fields=True):
    """One slide or page; `preview` is the address of its picture, 1280 px wide."""

    number: int
    title: str
    text: str
    notes: str
    preview: str | None


def description(given: Change | NewAsset) -> Description:
    """The domain's description of what was given."""
    values: dict[str, Any] = {
        name: NOT_GIVEN if (value := getattr(given, name)) is UNSET else value
        for name in given.__struct_fields__
        if name not in ("cost", "duplicate")
    }
    if given.cost is None:
        values |= {"cost": None, "currency": None}
    elif isinstance(given.cost, Money):
        values |= {"cost": Decimal(given.cost.amount), "currency": given.cost.currency}
    elif given.cost is not UNSET:
        values["cost"] = Decimal(given.cost)
    return Description(**values)


def version_shape(version: AssetVersion) -> Version:
    return Version(
        number=version.number,
        state=version.state,
        filename=version.filename,
        media_type=version.media_type,
        bytes=version.bytes,
        sha256=version.sha256,
        pages=version.page_count,
        error=version.error,
        text=version.text_at is not None,
        previews=version.previews_at is not None and version.preview_missing is None,
        download=True,
        preview_missing=version.preview_missing,
        notices=list(version.notices or ()),
        language=version.language,
        seconds=version.seconds,
        changes=version.changes or "",
        created_at=version.created_at,
    )


def asset_detail(
    asset: Asset, versions: Sequence[AssetVersion], counts: Counts, replacement: Asset | None
) -> AssetDetail:
    """`versions` newest first; `replacement` only if the caller may see it."""
    shapes = {version.id: version_shape(version) for version in versions}
    types = asset.term_of(Vocabulary.TYPE)
    return AssetDetail(
        id=asset.id,
        title=asset.title,
        type=types[0].slug if types else None,
        status=asset.status,
        summary=asset.summary,
        terms=[term.key for term in asset.terms],
        tags=asset.tags,
        owner=somebody(asset.owner),
        cost=money(asset.cost_amount, asset.cost_currency),
        review_on=asset.review_on,
        expires_on=asset.expires_on,
        teams=sorted(team.name for team in asset.teams),
        created_at=asset.created_at,
        updated_at=asset.updated_at,
        published_at=asset.published_at,
        retired_at=asset.retired_at,
        retire_reason=asset.retire_reason,
        replacement=named(replacement),
        version=shapes.get(asset.current_version_id or 0),
        versions=list(shapes.values()),
        counts=counts,
    )


def tag_of(edits: int) -> str:
    """The ETag of what describes an asset."""
    return f'"{edits}"'

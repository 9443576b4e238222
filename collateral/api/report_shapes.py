"""How reports look here: what they are asked for, and what each answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from collateral.api.paging import LARGEST_PAGE
from collateral.api.shapes import Id, Money, Named
from collateral.reports.ignored import Reached

Slug = Annotated[str, Meta(max_length=80)]


class Narrowed(Struct, kw_only=True, forbid_unknown_fields=True):
    """The period, both days within, and what it is narrowed to."""

    from_: date | None = field(name="from", default=None)
    to: date | None = None
    period: Literal["30-days", "90-days", "quarter", "last-quarter", "12-months", "year"] | None = (
        None
    )
    team: Id | None = None
    product: Slug | None = None
    stage: Slug | None = None
    region: Slug | None = None

    def as_address(self) -> dict[str, str]:
        """The same as the address of a report page has it."""
        given = {
            "from": self.from_.isoformat() if self.from_ else "",
            "to": self.to.isoformat() if self.to else "",
            "period": self.period or "",
            "team": str(self.team or ""),
            "product": self.product or "",
            "stage": self.stage or "",
            "region": self.region or "",
        }
        return {name: value for name, value in given.items() if value}


class ReportQuery(Narrowed, kw_only=True, forbid_unknown_fields=True):
    format: Literal["json", "csv", "xlsx"] = "json"


class PagedReport(ReportQuery, kw_only=True, forbid_unknown_fields=True):
    limit: Annotated[int, Meta(ge=1, le=LARGEST_PAGE)] = LARGEST_PAGE
    cursor: Annotated[str, Meta(max_length=2000, description="It keeps its limit.")] | None = None


class AssetsQuery(PagedReport, kw_only=True, forbid_unknown_fields=True):
    sort: Literal[
        "title",
        "views",
        "unique_views",
        "downloads",
        "unique_downloads",
        "uses",
        "deals",
        "open_amount",
        "won_amount",
    ] = "uses"


class IgnoredQuery(PagedReport, kw_only=True, forbid_unknown_fields=True):
    reached: Literal["never_shown", "shown_not_opened", "opened_not_used"] | None = None


class Figures(Struct, forbid_unknown_fields=True):
    """The key figures of one period: hours re-creating as a range; medians of days to review an
    adaptation and to make what was requested, null without any."""

    published: int
    used: int
    cost: Money
    cost_never_used: Money
    deals: int
    deals_with_use: int
    views: int
    downloads: int
    uses: int
    hours_low: float
    hours_high: float
    days_to_review: float | None
    days_to_make: float | None


class Month(Struct, forbid_unknown_fields=True):
    """What was counted in a month; the deals open in it, and those with a use until its end."""

    month: date
    shown: int
    views: int
    unique_views: int
    downloads: int
    unique_downloads: int
    uses: int
    deals: int
    deals_with_use: int


class CostOfType(Struct, forbid_unknown_fields=True):
    """Production cost of a type of asset."""

    type: str
    used: Money
    never_used: Money


class TeamFigures(Struct, forbid_unknown_fields=True):
    """One team. `way` is the median of seconds from a sign-in to a download."""

    team: Named
    people: int
    searches: int
    uses: int
    deals: int
    deals_with_use: int
    way: int | None
    ways: int


class OverviewReport(Struct, forbid_unknown_fields=True):
    """What the library did for sales, now and in the period before."""

    first: date
    last: date
    now: Figures
    before: Figures
    months: list[Month]
    costs: list[CostOfType]
    teams: list[TeamFigures]


class AssetNumbers(Struct, forbid_unknown_fields=True):
    """One asset's numbers; each deal counts once, with its whole amount. `family_uses` counts
    uses of its adaptations by the share of pages that came from it."""

    asset: Named
    type: str
    status: str
    views: int
    unique_views: int
    downloads: int
    unique_downloads: int
    uses: int
    deals: int
    won: int
    open: int
    lost: int
    open_amount: Money
    won_amount: Money
    family_uses: float


class AssetsReport(Struct, forbid_unknown_fields=True):
    first: date
    last: date
    items: list[AssetNumbers]
    total: int
    next: str | None


class SearchedWords(Struct, forbid_unknown_fields=True):
    """Words that were searched for, by how many, and what those have open."""

    words: str
    searches: int
    people: int
    last_at: datetime
    open_amount: Money


class SearchReport(Struct, forbid_unknown_fields=True):
    """Words that found nothing, and words whose results nobody opened."""

    first: date
    last: date
    searches: int
    people: int
    without_result: list[SearchedWords]
    without_click: list[SearchedWords]


class IgnoredAsset(Struct, forbid_unknown_fields=True):
    """An asset without a use in the period, and how far it came."""

    asset: Named
    reached: Reached
    shown: int
    views: int
    downloads: int
    cost: Money | None
    published_at: datetime | None


class IgnoredReport(Struct, forbid_unknown_fields=True):
    """From published to used, and what was not used."""

    first: date
    last: date
    published: int
    shown: int
    opened: int
    used: int
    cost: Money
    cost_unused: Money
    items: list[IgnoredAsset]
    total: int
    next: str | None

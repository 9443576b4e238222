"""How what is behind a number looks here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from collateral.api.paging import LARGEST_PAGE
from collateral.api.report_shapes import Narrowed, Slug
from collateral.api.shapes import Id, Named


class ExplainQuery(Narrowed, kw_only=True, forbid_unknown_fields=True):
    """Of an asset; or of a person, of words in a list of the search report, of a cell of coverage
    (`stage`, and the `column` of `across`), or of all that the report speaks of."""

    asset: Id | None = None
    person: Id | None = None
    words: Annotated[str, Meta(max_length=250)] | None = None
    list: Literal["all", "result", "click"] = "all"
    across: Literal["product", "industry"] = "product"
    column: Slug | None = None
    limit: Annotated[int, Meta(ge=1, le=LARGEST_PAGE)] = 100
    cursor: Annotated[str, Meta(max_length=2000, description="It keeps its limit.")] | None = None


class LeftOutCounts(Struct, forbid_unknown_fields=True):
    """Why what was found was not counted."""

    double_click: int
    robot: int
    own_team: int
    withdrawn: int
    repeated: int


class Behind(Struct, forbid_unknown_fields=True):
    """One event or use, and what became of it: `counted`, or why it was left out."""

    id: int
    at: datetime
    kind: str
    person: str
    outcome: str
    version: int | None = None
    deal: Named | None = None
    stage: str | None = None
    evidence: str | None = None


class Explained(Struct, forbid_unknown_fields=True):
    """How a number came about. Raw events before `dropped_before` are gone, their sums stay."""

    metric: str
    asset: Named
    first: date
    last: date
    found: int
    left_out: LeftOutCounts
    counted: int
    dropped_before: date | None
    items: list[Behind]
    total: int
    next: str | None


class Thing(Struct, forbid_unknown_fields=True):
    """An asset, a deal or a request, as `kind` says."""

    kind: str
    id: int
    title: str


class Happening(Struct, forbid_unknown_fields=True):
    """One thing behind a report's number: what happened `at` a moment, or on a `day` where no more
    is known, by whom (empty where the reader may not know), in what, and what became of it."""

    at: datetime | None
    day: date | None
    what: str
    who: str
    thing: Thing | None
    outcome: str


class ExplainedReport(Struct, forbid_unknown_fields=True):
    """How a report's number came about: how many of each outcome, `counted` among them (for
    `influence` the sides `with` and `without`), and a page of them, the latest first."""

    metric: str
    first: date
    last: date
    found: int
    outcomes: dict[str, int]
    items: list[Happening]
    total: int
    next: str | None

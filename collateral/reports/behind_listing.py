"""The one form in which everything behind a number is listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, func, literal, select

from collateral.accounts.models import Person

COUNTED = "counted"


@dataclass(frozen=True)
class Found:
    """One thing behind a number.

    Attributes:
        what: the kind of event, the words, the stage, minutes or seconds.
        thing: ("asset", "deal" or "request", id, title), None where there is none or it is hidden.
        outcome: "counted", or why it was left out.
    """

    at: datetime | date | None
    what: str
    who: str
    thing: tuple[str, int, str] | None
    outcome: str


@dataclass(frozen=True)
class Of:
    """Whose number: one person's, or that of the request's team; of words in a list of the
    search report ("" for all: `kind` is then "all"); of one asset; of a column of coverage
    (`across` product or industry, at the request's stage)."""

    person_id: int | None = None
    words: str = ""
    kind: str = "all"
    asset_id: int | None = None
    across: str = "product"
    column: str = ""


@dataclass(frozen=True)
class Thing:
    """An asset or a deal, with its title where the reader may see it."""

    kind: str
    id: Any
    title: Any


NOTHING = Thing("", literal(0), literal(""))


def titled(kind: str, model: Any, title: Any, seen: ColumnElement[bool]) -> Thing:
    """A row of the model, named where it is seen."""
    return Thing(kind, model.id, case((seen, title), else_=""))


def listing(
    id: Any,
    at: Any,
    what: Any,
    thing: Thing = NOTHING,
    *,
    who: Any = Person.name,
    left_out: tuple[tuple[Any, Any], ...] = (),
) -> Select[Any]:
    """A query of id, at, what, who, kind, thing_id, title and outcome, to be joined to Person
    and narrowed.

    Args:
        who: her name, where the reader may know it.
        left_out: pairs of a condition and the reason; what meets none is counted.
    """
    query: Select[Any] = select(
        id.label("id"),
        at.label("at"),
        cast(what, String).label("what"),
        func.coalesce(who, "").label("who"),
        literal(thing.kind).label("kind"),
        thing.id.label("thing_id"),
        thing.title.label("title"),
        (case(*left_out, else_=COUNTED) if left_out else literal(COUNTED)).label("outcome"),
    )
    return query

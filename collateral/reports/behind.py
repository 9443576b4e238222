"""What the numbers of adoption and of searches are made of, and what became of each.

Numbers of one asset have their own reading (`usage.explaining`); these are of a person, of a
team (the request's), or of words. What a reader may not see has no title here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Select, String, and_, case, cast, exists, func, literal, or_, select, true

from collateral.accounts.models import Person, TeamMember
from collateral.accounts.permissions import Permission, can
from collateral.assets import queries as assets
from collateral.assets.models import Asset
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.deals.values import at_midnight
from collateral.errors import NotFound
from collateral.reports.asking import ReportRequest
from collateral.reports.deals_open import deals_of
from collateral.reports.models import WayToDownload
from collateral.reports.parts import Asked, ask
from collateral.search.models import Search, SearchOpening
from collateral.usage import rules
from collateral.usage.counting import zone
from collateral.usage.models import Event, PersonSum, Use

PAGE = 100
COUNTED = "counted"


@dataclass(frozen=True)
class Of:
    """Whose number: one person's, or that of the request's team; or of words in a list of the
    search report ("" for all: `kind` is then "all")."""

    person_id: int | None = None
    words: str = ""
    kind: str = "all"


@dataclass(frozen=True)
class Found:
    """One thing behind a number.

    Attributes:
        what: the kind of event, the words, the stage, or seconds.
        thing: ("asset" or "deal", id, title), None where there is none or it is hidden.
        outcome: "counted", or why it was left out.
    """

    at: datetime | date
    what: str
    who: str
    thing: tuple[str, int, str] | None
    outcome: str


@dataclass(frozen=True)
class Behind:
    """`outcomes` says how many there are of each; `rows` are a page of them, the latest first."""

    metric: str
    outcomes: Mapping[str, int]
    rows: Iterator[Found]

    @property
    def found(self) -> int:
        return sum(self.outcomes.values())

    @property
    def counted(self) -> int:
        return self.outcomes.get(COUNTED, 0)


def behind(
    reader: Person,
    request: ReportRequest,
    metric: str,
    of: Of,
    *,
    page: int = 1,
    limit: int | None = PAGE,
) -> Behind:
    """What the metric is made of. `limit` None gives all of it, streamed.

    Raises:
        NotFound: no such metric; the person or team is not the reader's to ask for.
    """
    asked = ask(reader, request)
    alone = of.person_id is not None and of.person_id != reader.id
    if alone and not can(reader, Permission.REPORT_READ_ALL):
        raise NotFound("There is no such person.")
    if metric not in METRICS:
        raise NotFound("There is no such number.")
    query = METRICS[metric](asked, of)
    inner = query.subquery()
    outcomes = {
        outcome: int(count)
        for outcome, count in db.session.execute(
            select(inner.c.outcome, func.count()).group_by(inner.c.outcome)
        )
    }
    columns = query.selected_columns
    ranked = query.order_by(columns["at"].desc(), columns["id"].desc())
    if limit is not None:
        ranked = ranked.limit(limit).offset((page - 1) * limit)
    return Behind(metric, outcomes, _told(ranked))


def _told(query: Select[Any]) -> Iterator[Found]:
    for row in db.session.execute(query, execution_options={"yield_per": 500}):
        thing = (row.kind, row.thing_id, row.title) if row.title else None
        yield Found(row.at, str(row.what or ""), row.who or "", thing, row.outcome)


def _events(metric: str, asked: Asked, of: Of) -> Select[Any]:
    """Views or downloads by people: the kept, double clicks, and what was left out."""
    people = select(PersonSum.person_id).where(asked.scope.covers(PersonSum.team_set_id))
    if of.person_id is not None:
        people = people.where(PersonSum.person_id == of.person_id)
    shown = case((assets.visible(asked.reader), Asset.title), else_="")
    return (
        select(
            Event.id.label("id"),
            Event.at.label("at"),
            cast(Event.kind, String).label("what"),
            Person.name.label("who"),
            literal("asset").label("kind"),
            Asset.id.label("thing_id"),
            shown.label("title"),
            case(
                (Event.left_out.is_not(None), cast(Event.left_out, String)),
                (~Event.kept, "double_click"),
                else_=COUNTED,
            ).label("outcome"),
        )
        .join(Asset, Asset.id == Event.asset_id)
        .join(Person, Person.id == Event.person_id)
        .where(
            Event.person_id.in_(people.distinct()),
            Event.day.between(asked.period.first, asked.period.last),
            Event.kind.in_(rules.FOUND[metric]),
            asked.scope.covers(Event.team_set_id),
        )
    )


def _searches(asked: Asked, of: Of) -> Select[Any]:
    """Searches of those who are in the scope now; without words they count for nothing."""
    opened = exists().where(SearchOpening.search_id == Search.id)
    in_vain = Search.near == Search.total
    outcomes = {
        "all": [(Search.query == "", "no_words")],
        "result": [(~in_vain, "found_something")],
        "click": [(in_vain, "found_nothing"), (opened, "was_opened")],
    }
    if of.kind not in outcomes:
        raise NotFound("There is no such list of words.")
    first = at_midnight(asked.period.first, zone())
    wanted = [
        Search.at >= first,
        Search.at < at_midnight(asked.period.last + timedelta(days=1), zone()),
        _in_scope(asked, Search.person_id),
    ]
    if of.person_id is not None:
        wanted.append(Search.person_id == of.person_id)
    if of.words:
        wanted.append(func.lower(Search.query) == of.words.lower())
    elif of.kind != "all":
        wanted.append(Search.query != "")
    return (
        select(
            Search.id.label("id"),
            Search.at.label("at"),
            Search.query.label("what"),
            Person.name.label("who"),
            literal("").label("kind"),
            literal(0).label("thing_id"),
            literal("").label("title"),
            case(*outcomes[of.kind], else_=COUNTED).label("outcome"),
        )
        .join(Person, Person.id == Search.person_id)
        .where(*wanted)
    )


def _in_scope(asked: Asked, column: Any) -> Any:
    """The condition that somebody is in the scope's teams now, or is the reader herself."""
    if asked.scope.everybody:
        return true()
    members = select(TeamMember.person_id).where(TeamMember.team_id.in_(asked.scope.team_ids))
    return column.in_(members) | (column == (asked.scope.person_id or 0))


def _uses(asked: Asked, of: Of) -> Select[Any]:
    """Uses, those that were taken back too; the deal is named where the reader may see it."""
    wanted = [
        Use.day.between(asked.period.first, asked.period.last),
        asked.scope.covers(Use.team_set_id),
    ]
    if asked.request.stage:
        wanted.append(Use.stage == asked.request.stage)
    if of.person_id is not None:
        wanted.append(Use.person_id == of.person_id)
    shown = case((deals.visible(asked.reader), Deal.name), else_="")
    return (
        select(
            Use.id.label("id"),
            Use.at.label("at"),
            Use.stage.label("what"),
            Person.name.label("who"),
            literal("deal").label("kind"),
            Deal.id.label("thing_id"),
            shown.label("title"),
            case((Use.retracted_at.is_not(None), "taken_back"), else_=COUNTED).label("outcome"),
        )
        .join(Deal, Deal.id == Use.deal_id)
        .join(Person, Person.id == Use.person_id)
        .where(*wanted)
    )


def _deals(asked: Asked, of: Of) -> Select[Any]:
    """Deals open in the period by the day they opened; without a use until its end they are
    left out of those with one."""
    used = [
        Use.deal_id == Deal.id,
        Use.retracted_at.is_(None),
        Use.day <= asked.period.last,
        asked.scope.covers(Use.team_set_id),
    ]
    if asked.request.stage:
        used.append(Use.stage == asked.request.stage)
    opened = func.coalesce(Deal.opened_on, Deal.closed_on)
    wanted = [
        deals_of(asked),
        or_(opened.is_(None), opened <= asked.period.last),
        or_(Deal.closed_on.is_(None), Deal.closed_on >= asked.period.first),
    ]
    if of.person_id is not None:
        wanted.append(Deal.owner_id == of.person_id)
    return (
        select(
            Deal.id.label("id"),
            Deal.opened_on.label("at"),
            Deal.stage.label("what"),
            Person.name.label("who"),
            literal("deal").label("kind"),
            Deal.id.label("thing_id"),
            Deal.name.label("title"),
            case((exists().where(and_(*used)), COUNTED), else_="no_use").label("outcome"),
        )
        .join(Person, Person.id == Deal.owner_id)
        .where(*wanted)
    )


def _ways(asked: Asked, of: Of) -> Select[Any]:
    """The seconds from each sign-in to its first download within an hour."""
    wanted = [
        WayToDownload.day.between(asked.period.first, asked.period.last),
        asked.scope.covers(WayToDownload.team_set_id),
    ]
    if of.person_id is not None:
        wanted.append(WayToDownload.person_id == of.person_id)
    query: Any = (
        select(
            WayToDownload.session_id.label("id"),
            WayToDownload.day.label("at"),
            WayToDownload.seconds.label("what"),
            Person.name.label("who"),
            literal("").label("kind"),
            literal(0).label("thing_id"),
            literal("").label("title"),
            literal(COUNTED).label("outcome"),
        )
        .join(Person, Person.id == WayToDownload.person_id)
        .where(*wanted)
    )
    found: Select[Any] = query
    return found


METRICS: Mapping[str, Callable[[Asked, Of], Select[Any]]] = {
    "searches": _searches,
    "views": partial(_events, "views"),
    "downloads": partial(_events, "downloads"),
    "uses": _uses,
    "deals_with_use": _deals,
    "way": _ways,
}
"""The numbers of the report of adoption, and those of the report of searches."""

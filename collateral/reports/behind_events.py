"""The views, downloads, searches and ways from sign-in to download behind numbers of adoption and
of searches: of a person, a team, or words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, String, case, cast, exists, func, select, union_all

from collateral.accounts.models import Person
from collateral.assets import queries as assets
from collateral.assets.models import Asset
from collateral.errors import NotFound
from collateral.reports.behind_listing import COUNTED, Of, listing, titled
from collateral.reports.models import WayToDownload
from collateral.reports.parts import Asked, happened, people_of
from collateral.search.models import Search, SearchOpening
from collateral.usage import rules
from collateral.usage.models import Event, PersonSum

ZONES_APART = timedelta(days=2)


_DOUBLE = (~Event.kept, "double_click")
_LEFT_OUT = (Event.left_out.is_not(None), cast(Event.left_out, String))


@dataclass(frozen=True)
class _Part:
    """Events that meet the conditions; what meets none of the pairs of `left_out` counts."""

    wanted: Sequence[ColumnElement[bool]]
    left_out: tuple[tuple[Any, Any], ...]


def _parts(metric: str, asked: Asked, of: Of) -> list[_Part]:
    """The views or downloads by people, in parts that have none in common.

    Of one person each part is what an index has in the order of time, so that the latest are read
    without the others: each kind apart, and what was left out apart, which has an index of its own.
    """
    kinds = rules.FOUND[metric]
    common = [
        Event.day.between(asked.period.first, asked.period.last),
        asked.scope.covers(Event.team_set_id),
    ]
    if of.person_id is None:
        people = select(PersonSum.person_id).where(asked.scope.covers(PersonSum.team_set_id))
        everybody = (Event.kind.in_(kinds), Event.person_id.in_(people.distinct()))
        return [_Part([*common, *everybody], (_LEFT_OUT, _DOUBLE))]
    hers = (
        Event.who == f"p{of.person_id}",
        # An event keeps the day that it was counted on when the time zone is changed later.
        Event.at.between(asked.begins - ZONES_APART, asked.ends + ZONES_APART),
    )
    return [
        _Part([*common, *hers, Event.kind == kind, condition], left_out)
        for kind in kinds
        for condition, left_out in (
            (Event.left_out.is_(None), (_DOUBLE,)),
            (Event.left_out.is_not(None), (_LEFT_OUT,)),
        )
    ]


def _events(metric: str, asked: Asked, of: Of) -> Any:
    """Views or downloads by people: the kept, double clicks, and what was left out."""
    title = titled("asset", Asset, Asset.title, assets.visible(asked.reader))
    return union_all(
        *(
            listing(Event.id, Event.at, Event.kind, title, left_out=part.left_out)
            .join(Asset, Asset.id == Event.asset_id)
            .join(Person, Person.id == Event.person_id)
            .where(*part.wanted)
            for part in _parts(metric, asked, of)
        )
    )


def _event_counts(metric: str, asked: Asked, of: Of) -> Any:
    """How many there are of each outcome; of one person nearly all from an index alone."""
    outcomes = []
    for part in _parts(metric, asked, of):
        outcome = case(*part.left_out, else_=COUNTED).label("outcome")
        outcomes.append(select(outcome, func.count()).where(*part.wanted).group_by(outcome))
    return union_all(*outcomes)


def _searches(asked: Asked, of: Of) -> Select[Any]:
    """Searches of those who are in the scope now; without words they count for nothing."""
    opened = exists().where(SearchOpening.search_id == Search.id)
    in_vain = Search.near == Search.total
    outcomes = {
        "all": ((Search.query == "", "no_words"),),
        "result": ((~in_vain, "found_something"),),
        "click": ((in_vain, "found_nothing"), (opened, "was_opened")),
    }
    if of.kind not in outcomes:
        raise NotFound(_("There is no such list of words."))
    wanted = [
        happened(asked, Search.at),
        people_of(asked, Search.person_id),
    ]
    if of.person_id is not None:
        wanted.append(Search.person_id == of.person_id)
    if of.words:
        wanted.append(func.lower(Search.query) == func.lower(of.words))
    elif of.kind != "all":
        wanted.append(Search.query != "")
    return (
        listing(Search.id, Search.at, Search.query, left_out=outcomes[of.kind])
        .join(Person, Person.id == Search.person_id)
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
    return (
        listing(WayToDownload.session_id, WayToDownload.day, WayToDownload.seconds)
        .join(Person, Person.id == WayToDownload.person_id)
        .where(*wanted)
    )


METRICS: Mapping[str, Callable[[Asked, Of], Any]] = {
    "searches": _searches,
    "views": partial(_events, "views"),
    "downloads": partial(_events, "downloads"),
    "way": _ways,
}

COUNTS: Mapping[str, Callable[[Asked, Of], Any]] = {
    "views": partial(_event_counts, "views"),
    "downloads": partial(_event_counts, "downloads"),
}
"""Those that are counted without being listed: pairs of an outcome and a number, perhaps several
of one outcome."""

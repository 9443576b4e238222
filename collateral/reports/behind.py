"""What the numbers of reports are made of, and what became of each.

Numbers of one asset's events have their own reading (`usage.explaining`); these are of a
person, of a team (the request's), of words, of a cell of coverage, of an asset's adaptations
and of the deals that are compared. What a reader may not see has no title here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.db import db
from collateral.errors import NotFound
from collateral.reports import (
    behind_assets,
    behind_compared,
    behind_deals,
    behind_events,
    behind_times,
)
from collateral.reports.asking import ReportRequest
from collateral.reports.behind_listing import COUNTED, Found, Of
from collateral.reports.parts import Asked, ask

PAGE = 100

METRICS: Mapping[str, Callable[[Asked, Of], Any]] = {
    **behind_events.METRICS,
    **behind_deals.METRICS,
    **behind_assets.METRICS,
}
"""By name: the numbers of adoption and searches, of coverage, changes and worth."""

WORKED_OUT: Mapping[str, Callable[[Asked, Of, slice], tuple[Mapping[str, int], list[Found]]]] = {
    **behind_times.METRICS,
    "influence": behind_compared.compared,
}
"""Those that no query alone can tell: each answers how many there are of each outcome, and those
of a part of the list."""


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
        raise NotFound(_("There is no such person."))
    if metric in WORKED_OUT:
        part = slice(None) if limit is None else slice((page - 1) * limit, page * limit)
        counts, rows = WORKED_OUT[metric](asked, of, part)
        return Behind(metric, counts, iter(rows))
    if metric not in METRICS:
        raise NotFound(_("There is no such number."))
    inner = METRICS[metric](asked, of).subquery()
    if metric in behind_events.COUNTS:
        counted = behind_events.COUNTS[metric](asked, of)
    else:
        counted = select(inner.c.outcome, func.count()).group_by(inner.c.outcome)
    outcomes: Counter[str] = Counter()
    for outcome, count in db.session.execute(counted):
        outcomes[outcome] += int(count)
    ranked = select(inner).order_by(inner.c.at.desc(), inner.c.id.desc())
    if limit is not None:
        ranked = ranked.limit(limit).offset((page - 1) * limit)
    return Behind(metric, outcomes, _told(ranked))


def _told(query: Select[Any]) -> Iterator[Found]:
    for row in db.session.execute(query, execution_options={"yield_per": 500}):
        thing = (row.kind, row.thing_id, row.title) if row.title else None
        yield Found(row.at, str(row.what or ""), row.who or "", thing, row.outcome)

"""The adaptations and requests behind the medians of how soon they were turned round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import case, select, true

from collateral.accounts.models import Person
from collateral.adaptations import queries as adaptations
from collateral.adaptations.models import Adaptation
from collateral.adaptations.models import Status as AdaptationStatus
from collateral.assets.models import Asset
from collateral.db import db
from collateral.reports.behind_listing import COUNTED, Found, Of
from collateral.reports.parts import Asked, happened, in_report, made_by, members_of
from collateral.requests.models import Request, RequestState


def _told(kind: str, rows: Iterable[Any], part: slice) -> tuple[Mapping[str, int], list[Found]]:
    """From rows of end, beginning, name, id and title."""
    found = [
        Found(
            end,
            str(round((end - begun).total_seconds())) if begun else "",
            who,
            (kind, id_, title),
            COUNTED if begun else "not_submitted",
        )
        for end, begun, who, id_, title in rows
    ]
    return Counter(row.outcome for row in found), found[part]


def _reviews(asked: Asked, _of: Of, part: slice) -> tuple[Mapping[str, int], list[Found]]:
    """Adaptations decided on in the period: the seconds since each was submitted."""
    maker = case((adaptations.visible(asked.reader), Person.name), else_="")
    rows = db.session.execute(
        select(Adaptation.decided_at, Adaptation.submitted_at, maker, Asset.id, Asset.title)
        .join(Asset, Asset.id == Adaptation.asset_id)
        .join(Person, Person.id == Adaptation.person_id)
        .where(
            Adaptation.status != AdaptationStatus.PRIVATE,
            happened(asked, Adaptation.decided_at),
            in_report(asked),
            made_by(asked),
        )
        .order_by(Adaptation.decided_at.desc(), Adaptation.id.desc())
    )
    return _told("asset", rows, part)


def _requests(asked: Asked, _of: Of, part: slice) -> tuple[Mapping[str, int], list[Found]]:
    """Requests made in the period: the seconds since each was asked for."""
    members = members_of(asked)
    rows = db.session.execute(
        select(Request.changed_at, Request.at, Person.name, Request.id, Request.title)
        .join(Person, Person.id == Request.by_id)
        .where(
            Request.state == RequestState.MADE,
            happened(asked, Request.changed_at),
            true() if members is None else Request.by_id.in_(members),
        )
        .order_by(Request.changed_at.desc(), Request.id.desc())
    )
    return _told("request", rows, part)


METRICS: Mapping[str, Callable[[Asked, Of, slice], tuple[Mapping[str, int], list[Found]]]] = {
    "reviewed": _reviews,
    "requested": _requests,
}

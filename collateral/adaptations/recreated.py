"""Over all assets: which are made over most often, by how many, and the hours it took."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select, true

from collateral.accounts.models import Person
from collateral.adaptations import rules
from collateral.adaptations.models import Adaptation, AdaptationPage, AdaptationSource
from collateral.adaptations.queries import counted
from collateral.adaptations.relations import Change
from collateral.assets.models import Asset
from collateral.assets.queries import visible
from collateral.db import db
from collateral.deals.values import at_midnight
from collateral.usage.counting import zone
from collateral.usage.periods import A_DAY

LIST = 50


@dataclass(frozen=True)
class Recreated:
    """One asset: its adaptations by so many people; pages edited and dropped in all of them."""

    asset_id: int
    title: str
    adaptations: int
    people: int
    hours: rules.Hours
    edited: int
    dropped: int
    reasons: list[tuple[str, int]]


@dataclass(frozen=True)
class RecreatedReport:
    rows: list[Recreated]
    total: int
    """Assets that were adapted."""
    adaptations: int
    hours: rules.Hours
    reasons: list[tuple[str, int]]


_HANDED_IN = (
    select(
        Adaptation.id,
        Adaptation.asset_id,
        Asset.title,
        Adaptation.person_id,
        Adaptation.minutes,
        Adaptation.reasons,
    )
    .join(Asset, Asset.id == Adaptation.asset_id)
    .order_by(Adaptation.id)
)


def recreated(
    person: Person,
    first: date,
    last: date,
    *,
    limit: int = LIST,
    narrowed: ColumnElement[bool] | None = None,
) -> RecreatedReport:
    """What was re-created within these days, of the assets that the person may see.

    Counted are confirmed adaptations, private ones too, by the day on which they were handed
    in; `narrowed` is a further condition on assets and adaptations. Two queries over
    adaptations, which are few beside events.
    """
    rows = db.session.execute(
        _HANDED_IN.where(
            visible(person),
            counted(),
            Adaptation.created_at >= at_midnight(first, zone()),
            Adaptation.created_at < at_midnight(last + A_DAY, zone()),
            true() if narrowed is None else narrowed,
        )
    ).all()
    by_asset = defaultdict(list)
    for row in rows:
        by_asset[row.asset_id].append(row)
    pages = _pages(list(by_asset))
    found = [_of_asset(mine, pages) for mine in by_asset.values()]
    found.sort(key=lambda row: (-row.adaptations, -row.hours.reported, row.title))
    return RecreatedReport(
        rows=found[:limit],
        total=len(found),
        adaptations=len(rows),
        hours=rules.hours(row.minutes for row in rows),
        reasons=Counter(r for row in rows for r in row.reasons).most_common(),
    )


def _of_asset(mine: Sequence[Any], pages: Mapping[int, tuple[int, int]]) -> Recreated:
    """The line of one asset, from its adaptations."""
    changed = [pages.get(row.id, (0, 0)) for row in mine]
    return Recreated(
        mine[0].asset_id,
        mine[0].title,
        adaptations=len(mine),
        people=len({row.person_id for row in mine}),
        hours=rules.hours(row.minutes for row in mine),
        edited=sum(edited for edited, _ in changed),
        dropped=sum(dropped for _, dropped in changed),
        reasons=Counter(r for row in mine for r in row.reasons).most_common(2),
    )


def _pages(asset_ids: list[int]) -> dict[int, tuple[int, int]]:
    """By adaptation of these assets how many pages it edited, and how many it dropped."""
    edited = {
        row.adaptation_id: int(row.pages)
        for row in db.session.execute(
            select(AdaptationPage.adaptation_id, func.count().label("pages"))
            .join(Adaptation, Adaptation.id == AdaptationPage.adaptation_id)
            .where(
                Adaptation.asset_id.in_(asset_ids),
                AdaptationPage.change == Change.EDITED,
                counted(),
            )
            .group_by(AdaptationPage.adaptation_id)
        )
    }
    dropped = {
        adaptation_id: len(numbers)
        for adaptation_id, numbers in db.session.execute(
            select(Adaptation.id, AdaptationSource.dropped)
            .join(
                AdaptationSource,
                (AdaptationSource.adaptation_id == Adaptation.id)
                & (AdaptationSource.version_id == Adaptation.source_version_id),
            )
            .where(Adaptation.asset_id.in_(asset_ids), counted())
        )
    }
    return {key: (edited.get(key, 0), dropped.get(key, 0)) for key in {*edited, *dropped}}

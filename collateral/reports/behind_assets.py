"""The assets of a cell of coverage, and the adaptations of assets, behind numbers of reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, func, true

from collateral.accounts.models import Person
from collateral.adaptations import queries as adaptations
from collateral.adaptations.models import Adaptation
from collateral.adaptations.models import Status as AdaptationStatus
from collateral.assets import queries as assets
from collateral.assets.models import Asset, Status, Vocabulary
from collateral.reports.behind_listing import Of, listing, titled
from collateral.reports.coverage import ACROSS
from collateral.reports.parts import Asked, happened, in_report, made_by, published_by


def _covering(asked: Asked, of: Of) -> Select[Any]:
    """The assets of a cell; drafts, retired and later ones are left out."""
    wanted = [in_report(asked)]
    if asked.request.stage:
        wanted.append(assets.carries(Vocabulary.STAGE, asked.request.stage))
    if of.column:
        wanted.append(assets.carries(ACROSS.get(of.across, Vocabulary.PRODUCT), of.column))
    return (
        listing(
            Asset.id,
            func.coalesce(Asset.published_at, Asset.created_at),
            Asset.status,
            titled("asset", Asset, Asset.title, true()),
            left_out=(
                (Asset.status != Status.PUBLISHED, cast(Asset.status, String)),
                (~published_by(asked), "later"),
            ),
        )
        .outerjoin(Person, Person.id == Asset.owner_id)
        .where(*wanted)
    )


def _handed_in(
    asked: Asked, of: Of, left_out: ColumnElement[bool], why: str, *more: ColumnElement[bool]
) -> Select[Any]:
    """Adaptations of the period with their minutes, of an asset where one is asked for; named is
    who made one where the reader may see it."""
    wanted = [in_report(asked), made_by(asked), happened(asked, Adaptation.created_at), *more]
    if of.asset_id is not None:
        wanted.append(Adaptation.asset_id == of.asset_id)
    return (
        listing(
            Adaptation.id,
            Adaptation.created_at,
            func.coalesce(cast(Adaptation.minutes, String), ""),
            titled("asset", Asset, Asset.title, true()),
            who=case((adaptations.visible(asked.reader), Person.name), else_=""),
            left_out=((left_out, why),),
        )
        .join(Asset, Asset.id == Adaptation.asset_id)
        .join(Person, Person.id == Adaptation.person_id)
        .where(*wanted)
    )


def _adaptations(asked: Asked, of: Of) -> Select[Any]:
    """Adaptations as the report of changes counts them, private ones too."""
    return _handed_in(asked, of, ~adaptations.counted(), "not_confirmed")


def _hours(asked: Asked, of: Of) -> Select[Any]:
    """Adaptations whose minutes make the hours of re-creating; the silent ones are estimated."""
    confirmed = Adaptation.status != AdaptationStatus.PRIVATE
    return _handed_in(asked, of, Adaptation.minutes.is_(None), "estimated", confirmed)


METRICS: Mapping[str, Callable[[Asked, Of], Any]] = {
    "coverage_assets": _covering,
    "adaptations": _adaptations,
    "hours": _hours,
}

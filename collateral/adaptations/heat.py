"""The change heat map of an asset: what reps keep, edit and drop, page by page and by version.

Counted are all adaptations whose source was confirmed, private ones too; what they put in its
place is told only of those that were submitted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Subquery, case, func, select

from collateral.accounts.models import Person
from collateral.adaptations import rules
from collateral.adaptations.families import FamilyUses, family_uses, version_uses
from collateral.adaptations.models import Adaptation, AdaptationPage, Status
from collateral.adaptations.queries import counted
from collateral.adaptations.relations import Change
from collateral.assets.models import Asset, AssetVersion, Page
from collateral.db import db
from collateral.usage.models import Use

MOST_WORDINGS = 3
WORDINGS_READ = 2000


@dataclass(frozen=True)
class PageHeat:
    """What became of one page of a version in `of` adaptations of it."""

    number: int
    title: str
    preview_320: str | None
    width: int | None
    height: int | None
    kept: int
    edited: int
    dropped: int
    of: int
    reasons: list[tuple[str, int]]
    wordings: list[tuple[str, str, int]]

    @property
    def changed(self) -> int:
        return self.edited + self.dropped

    @property
    def heat(self) -> int:
        return rules.heat(self.changed, self.of)


@dataclass(frozen=True)
class VersionHeat:
    """One version: how often it was adapted, in how many deals it was used, pages changed."""

    version: AssetVersion
    adaptations: int
    deals: int
    pages_changed: float | None
    """Of its pages those edited or dropped, on average over its adaptations, 0 to 1."""
    rate: rules.Interval | None
    """Adaptations for each deal that used it, with its interval; None without any deal."""


@dataclass(frozen=True)
class HeatMap:
    version: AssetVersion
    adaptations: int
    pages: list[PageHeat]
    reasons: list[tuple[str, int]]
    hours: rules.Hours
    versions: list[VersionHeat]
    family: FamilyUses
    """Uses of the asset and its adaptations in deals that the reader may see."""
    uses: dict[int, FamilyUses]
    """The same by version."""


def heat_map(asset: Asset, version: AssetVersion, person: Person) -> HeatMap:
    """What reps changed of that version, and how the versions compare."""
    rows = db.session.execute(
        select(Adaptation.id, Adaptation.reasons, Adaptation.minutes).where(
            Adaptation.source_version_id == version.id, counted()
        )
    ).all()
    reasons = {row.id: list(row.reasons) for row in rows}
    fates = _fates(version.id)
    versions = by_version(asset)
    return HeatMap(
        version=version,
        adaptations=len(rows),
        pages=_pages(version, fates, reasons),
        reasons=Counter(r for given in reasons.values() for r in given).most_common(),
        hours=rules.hours(row.minutes for row in rows),
        versions=versions,
        family=family_uses([asset.id], person).get(asset.id, FamilyUses()),
        uses=version_uses(asset.id, person),
    )


def pages_of(version: AssetVersion) -> list[PageHeat]:
    """What became of each page of that version in the adaptations of it."""
    reasons = db.session.execute(
        select(Adaptation.id, Adaptation.reasons).where(
            Adaptation.source_version_id == version.id, counted()
        )
    )
    return _pages(version, _fates(version.id), {row.id: list(row.reasons) for row in reasons})


def _fates(version_id: int) -> dict[int, dict[int, Change]]:
    """Source page → adaptation → same or edited; where it is not there, it was dropped."""
    found: dict[int, dict[int, Change]] = defaultdict(dict)
    edited = func.max(case((AdaptationPage.change == Change.EDITED, 1), else_=0))
    for page, adaptation_id, was_edited in db.session.execute(
        select(AdaptationPage.source_page, AdaptationPage.adaptation_id, edited)
        .join(Adaptation, Adaptation.id == AdaptationPage.adaptation_id)
        .where(
            AdaptationPage.source_version_id == version_id,
            Adaptation.source_version_id == version_id,
            counted(),
        )
        .group_by(AdaptationPage.source_page, AdaptationPage.adaptation_id)
    ):
        found[page][adaptation_id] = Change.EDITED if was_edited else Change.SAME
    return found


def _pages(
    version: AssetVersion,
    fates: dict[int, dict[int, Change]],
    reasons: dict[int, list[str]],
) -> list[PageHeat]:
    wordings = _wordings(version.id)
    found = []
    for number, title, preview, width, height in db.session.execute(
        select(Page.number, Page.title, Page.preview_320, Page.width, Page.height)
        .where(Page.version_id == version.id)
        .order_by(Page.number)
    ):
        fate = fates.get(number, {})
        edited = [key for key, change in fate.items() if change is Change.EDITED]
        dropped = [key for key in reasons if key not in fate]
        why = Counter(r for key in (*edited, *dropped) for r in reasons.get(key, ()))
        found.append(
            PageHeat(
                number,
                title,
                preview,
                width,
                height,
                kept=len(fate) - len(edited),
                edited=len(edited),
                dropped=len(dropped),
                of=len(reasons),
                reasons=why.most_common(MOST_WORDINGS),
                wordings=rules.commonest(wordings.get(number, ()), MOST_WORDINGS),
            )
        )
    return found


def _wordings(version_id: int) -> dict[int, list[tuple[str, str]]]:
    """By source page the pairs of words that were exchanged, of submitted adaptations."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for page, pairs in db.session.execute(
        select(AdaptationPage.source_page, AdaptationPage.wordings)
        .join(Adaptation, Adaptation.id == AdaptationPage.adaptation_id)
        .where(
            AdaptationPage.source_version_id == version_id,
            AdaptationPage.change == Change.EDITED,
            Adaptation.status != Status.PRIVATE,
            counted(),
        )
        .order_by(AdaptationPage.id.desc())
        .limit(WORDINGS_READ)
    ):
        found[page] += {(str(before), str(after)) for before, after in pairs}
    return found


def by_version(asset: Asset) -> list[VersionHeat]:
    """Every version that was adapted or used, the newest first. Four queries."""
    versions = db.session.scalars(
        select(AssetVersion)
        .where(AssetVersion.asset_id == asset.id)
        .order_by(AssetVersion.number.desc())
    ).all()
    ids = [version.id for version in versions]
    adapted: dict[int, int] = dict(
        db.session.execute(
            select(Adaptation.source_version_id, func.count())
            .where(Adaptation.source_version_id.in_(ids), counted())
            .group_by(Adaptation.source_version_id)
        ).all()  # type: ignore[arg-type]
    )
    deals: dict[int, int] = dict(
        db.session.execute(
            select(Use.version_id, func.count(Use.deal_id.distinct()))
            .where(Use.asset_id == asset.id, Use.version_id.in_(ids), Use.retracted_at.is_(None))
            .group_by(Use.version_id)
        ).all()  # type: ignore[arg-type]
    )
    changed = _changed(ids)
    return [
        VersionHeat(
            version,
            adapted.get(version.id, 0),
            deals.get(version.id, 0),
            changed.get(version.id),
            rules.share_of(
                min(adapted.get(version.id, 0), deals.get(version.id, 0)), deals.get(version.id, 0)
            ),
        )
        for version in versions
        if version.id in adapted or version.id in deals
    ]


def _changed(version_ids: Sequence[int]) -> dict[int, float]:
    """By version the share of its pages that are not kept, over all its adaptations."""
    kept: Subquery = (
        select(
            AdaptationPage.source_version_id.label("version"),
            AdaptationPage.adaptation_id,
            AdaptationPage.source_page,
            func.max(case((AdaptationPage.change == Change.EDITED, 1), else_=0)).label("edited"),
        )
        .join(Adaptation, Adaptation.id == AdaptationPage.adaptation_id)
        .where(
            AdaptationPage.source_version_id.in_(version_ids),
            Adaptation.source_version_id == AdaptationPage.source_version_id,
            counted(),
        )
        .group_by(
            AdaptationPage.source_version_id,
            AdaptationPage.adaptation_id,
            AdaptationPage.source_page,
        )
        .subquery()
    )
    rows: Any = db.session.execute(
        select(
            kept.c.version,
            func.count(kept.c.adaptation_id.distinct()),
            func.sum(1 - kept.c.edited),
            AssetVersion.page_count,
        )
        .join(AssetVersion, AssetVersion.id == kept.c.version)
        .group_by(kept.c.version, AssetVersion.page_count)
    )
    return {
        version: 1 - int(same) / (count * pages) for version, count, same, pages in rows if pages
    }


def same_change(version_id: int, pages: Sequence[int], without: int) -> tuple[int, int, int] | None:
    """Of these pages the one that most others edited, too: its number, by how many, of how many."""
    if not pages:
        return None
    others = db.session.scalar(
        select(func.count()).where(
            Adaptation.source_version_id == version_id, Adaptation.id != without, counted()
        )
    )
    row = db.session.execute(
        select(AdaptationPage.source_page, func.count(AdaptationPage.adaptation_id.distinct()))
        .join(Adaptation, Adaptation.id == AdaptationPage.adaptation_id)
        .where(
            AdaptationPage.source_version_id == version_id,
            AdaptationPage.source_page.in_(pages),
            AdaptationPage.change == Change.EDITED,
            Adaptation.id != without,
            counted(),
        )
        .group_by(AdaptationPage.source_page)
        .order_by(func.count(AdaptationPage.adaptation_id.distinct()).desc())
        .limit(1)
    ).first()
    return (int(row[0] or 0), int(row[1]), int(others or 0)) if row and others else None

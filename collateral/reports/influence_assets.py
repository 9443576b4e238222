"""The assets that are compared, and the deals that each was made for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from collateral.accounts.models import TeamMember
from collateral.assets import queries as assets
from collateral.assets.models import Asset, AssetTeam, AssetTerm, Term, Vocabulary
from collateral.db import db
from collateral.reports.influence_loading import Loaded, day_count
from collateral.reports.parts import Asked
from collateral.retirement.eligible import FITTING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Known:
    """An asset with the deals that it was made for."""

    id: int
    published: float | None
    terms: Mapping[Vocabulary, frozenset[str]]
    owners: frozenset[int] | None
    """The people in its teams; None where it is for everybody."""


def known_assets(asked: Asked, asset_ids: Collection[int] | None, loaded: Loaded) -> list[Known]:
    """The assets asked for that the reader may see, with what they were made for."""
    wanted = sorted(set(loaded.used) | set(loaded.money)) if asset_ids is None else asset_ids
    seen = and_(assets.visible(asked.reader), Asset.id.in_(wanted))
    published = db.session.execute(
        select(Asset.id, Asset.published_at).where(seen).order_by(Asset.id)
    ).all()
    ids = [row.id for row in published]
    terms: dict[int, dict[Vocabulary, set[str]]] = defaultdict(lambda: defaultdict(set))
    for asset_id, vocabulary, slug in db.session.execute(
        select(AssetTerm.asset_id, Term.vocabulary, Term.slug)
        .join(Term, Term.id == AssetTerm.term_id)
        .where(Term.vocabulary.in_(FITTING), AssetTerm.asset_id.in_(ids))
    ):
        terms[asset_id][vocabulary].add(slug)
    teams: dict[int, set[int]] = defaultdict(set)
    for asset_id, person_id in db.session.execute(
        select(AssetTeam.asset_id, TeamMember.person_id)
        .join(TeamMember, TeamMember.team_id == AssetTeam.team_id)
        .where(AssetTeam.asset_id.in_(ids))
    ):
        teams[asset_id].add(person_id)
    return [
        Known(
            asset_id,
            day_count(first_published) if first_published else None,
            {vocabulary: frozenset(slugs) for vocabulary, slugs in terms[asset_id].items()},
            frozenset(teams[asset_id]) if asset_id in teams else None,
        )
        for asset_id, first_published in published
    ]


def eligible_deals(asset: Known, loaded: Loaded) -> Bools:
    """The deals whose product, industry and region are among the asset's own where it has
    any, of its teams' people where it has any, and open when it was published."""
    import numpy as np

    fits = np.ones(len(loaded.ids), dtype=bool)
    for vocabulary, slugs in asset.terms.items():
        fits &= np.isin(loaded.labels[vocabulary].astype(str), list(slugs))
    if asset.owners is not None:
        fits &= np.isin(loaded.owners, list(asset.owners))
    if asset.published is not None:
        fits &= loaded.cases.closed > asset.published
    return fits

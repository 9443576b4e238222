"""What was sent in a deal and read by buyers, in a few queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.api.shapes import Named
from collateral.api.share_shapes import ShareInDeal, VisitDetail, visit_shape
from collateral.assets import queries as assets
from collateral.assets.models import Asset, AssetVersion
from collateral.db import db
from collateral.deals.models import Deal
from collateral.sharing import queries, rules, visited
from collateral.sharing.models import Visit

MOST_VISITS = 200


def numbers_read(visits: Sequence[Visit], person: Person) -> dict[int, int]:
    """By id the numbers of the versions that were read, of what the person may see. One query."""
    ids = {page.version_id for visit in visits for page in visit.pages}
    rows = db.session.execute(
        select(AssetVersion.id, AssetVersion.number)
        .join(Asset, Asset.id == AssetVersion.asset_id)
        .where(AssetVersion.id.in_(ids), assets.visible(person))
    )
    return {row.id: row.number for row in rows}


def sent_in(deal: Deal, person: Person, at: datetime) -> list[ShareInDeal]:
    """The deal's links, the latest first, with their last visits. A handful of queries."""
    links = queries.links_of_deal(deal, person)
    ids = [share.id for share in links]
    there = queries.contents(ids, person)
    visits = visited.visits_of(ids, limit=MOST_VISITS)
    numbers = numbers_read(visits, person)
    told: dict[int, list[VisitDetail]] = {}
    for visit in visits:
        told.setdefault(visit.share_id, []).append(visit_shape(visit, numbers))
    return [
        ShareInDeal(
            share.id,
            [Named(asset.id, asset.title) for asset in there.get(share.id, [])],
            share.recipient,
            share.created_at,
            rules.is_live(share.expires_at, share.revoked_at, at),
            told.get(share.id, []),
        )
        for share in links
    ]

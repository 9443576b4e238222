"""What took the place of a retired asset."""

from __future__ import annotations

from collateral.accounts.models import Person
from collateral.assets.models import Asset, Status
from collateral.assets.queries import select_visible
from collateral.db import db

FURTHEST = 20


def successor(asset: Asset, actor: Person) -> Asset | None:
    """What to use instead of a retired asset: the first in the chain of replacements that is
    not retired itself and that the actor may see; None when the chain ends before."""
    seen = {asset.id}
    current = asset
    for _step in range(FURTHEST):
        if current.replacement_id is None or current.replacement_id in seen:
            return None
        seen.add(current.replacement_id)
        found = db.session.scalar(select_visible(actor).where(Asset.id == current.replacement_id))
        if found is None or found.status is not Status.RETIRED:
            return found
        current = found
    return None

"""Influence of assets, from the deals that the reader may see.

Deals that closed within the period are read once for all the assets asked for: deals,
their ways through the stages, and when each asset was first used in each of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.assets.models import Asset
from collateral.db import db
from collateral.reports.asking import ReportRequest
from collateral.reports.difference import Difference, Shrunk, shrink
from collateral.reports.influence import Compared, Influence, influence
from collateral.reports.influence_assets import Known, eligible_deals, known_assets
from collateral.reports.influence_loading import Loaded, load
from collateral.reports.parts import ask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

LATEST_DAYS = 30
CERTAIN = 0.95


@dataclass(frozen=True)
class Money:
    """Amounts in the report's currency of the deals with a use, each deal once.

    A deal counts in full for every asset used in it, so these are never added up over
    assets; `won_shared` divides each deal's amount by the number of assets used in it, and
    that may be added up.
    """

    won: Decimal
    won_shared: Decimal
    open: Decimal
    won_deals: int
    open_deals: int
    won_without_biggest: Decimal


@dataclass(frozen=True)
class AssetInfluence:
    """What can be said of one asset, with what would change it.

    Attributes:
        found: the comparison.
        stages: (slug of the stage, comparison) for each stage of first use.
        shrunk: the difference drawn towards zero among all assets asked for together; lists
            are ordered by it. None where there are not enough deals yet.
        positive: whether the shrunk difference is above zero with 95 % probability.
        without_latest: the comparison without deals closed in the period's last 30 days.
        without_biggest: the comparison without the largest deal with a use.
        outside: closed deals with a use that the asset was not made for; not compared.
    """

    asset_id: int
    found: Influence
    stages: tuple[tuple[str, Compared], ...]
    shrunk: Shrunk | None
    without_latest: Influence
    without_biggest: Influence
    money: Money
    currency: str
    outside: int

    @property
    def difference(self) -> Difference | None:
        return self.found.overall.difference

    @property
    def positive(self) -> bool:
        return self.shrunk is not None and self.shrunk.positive >= CERTAIN


def influence_of(
    asset_ids: Collection[int] | None, reader: Person, request: ReportRequest
) -> list[AssetInfluence]:
    """Influence of these assets (of all that were used, for None), by the shrunk difference.

    Those without enough deals come last, the most used first. Seven queries, whatever the
    number of assets. Shrinking looks at the assets asked for: for one asset's page ask with
    `request` alike for all and pick, or take the unshrunk interval that stands beside it.

    Raises:
        NotFound: the team is not the reader's to ask for.
    """
    asked = ask(reader, request)
    loaded = load(asked, asset_ids)
    known = known_assets(asked, asset_ids, loaded)
    rows = [_one(asset, loaded) for asset in known]
    differences = [row.difference for row in rows if row.difference]
    drawn = iter(shrink(differences))
    rows = [_with(row, next(drawn)) if row.difference else row for row in rows]
    return sorted(rows, key=_order)


def _order(row: AssetInfluence) -> tuple[int, float, int]:
    if row.shrunk is None:
        return 1, -row.found.overall.with_asset, row.asset_id
    return 0, -row.shrunk.value, row.asset_id


def _with(row: AssetInfluence, shrunk: Shrunk) -> AssetInfluence:
    return replace(row, shrunk=shrunk)


def first_uses(asset_id: int, loaded: Loaded) -> Floats:
    """For each deal when the asset was first used in it, nan for never."""
    import numpy as np

    used = np.full(len(loaded.ids), np.nan)
    for position, moment in loaded.used.get(asset_id, {}).items():
        used[position] = moment
    return used


def _one(asset: Known, loaded: Loaded) -> AssetInfluence:
    import numpy as np

    cases, used = loaded.cases, first_uses(asset.id, loaded)
    eligible = eligible_deals(asset, loaded)
    found = influence(cases, used, eligible)
    earlier = eligible & (cases.closed <= loaded.last - LATEST_DAYS)
    rest = eligible.copy()
    users = np.flatnonzero(eligible & ~np.isnan(used))
    if len(users):
        rest[users[np.argmax(cases.size[users])]] = False
    return AssetInfluence(
        asset_id=asset.id,
        found=found,
        stages=tuple((loaded.stages[code], compared) for code, compared in found.stages),
        shrunk=None,
        without_latest=influence(cases, used, earlier, strata=found.strata),
        without_biggest=influence(cases, used, rest, strata=found.strata),
        money=_amounts(loaded.money.get(asset.id, ()), loaded.assets_in),
        currency=loaded.currency,
        outside=int((~np.isnan(used) & ~eligible).sum()),
    )


def _amounts(rows: Sequence[tuple[int, Decimal, bool]], assets_in: Mapping[int, int]) -> Money:
    won = [(deal_id, amount) for deal_id, amount, is_won in rows if is_won]
    open_ = [amount for _, amount, is_won in rows if not is_won]
    whole = sum((amount for _, amount in won), Decimal(0))
    shared = sum((amount / assets_in[deal_id] for deal_id, amount in won), Decimal(0))
    return Money(
        won=whole,
        won_shared=shared.quantize(Decimal("0.01")),
        open=sum(open_, Decimal(0)),
        won_deals=len(won),
        open_deals=len(open_),
        won_without_biggest=whole - max((amount for _, amount in won), default=Decimal(0)),
    )


def titles_of(found: Sequence[AssetInfluence]) -> dict[int, str]:
    """The titles of these assets by their id. One query."""
    ids = [row.asset_id for row in found]
    return dict(db.session.execute(select(Asset.id, Asset.title).where(Asset.id.in_(ids))).all())

"""Which deals an asset was made for, counted in arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from collateral.assets.models import Vocabulary
from collateral.retirement.rules import Terms
from collateral.usage.periods import Period

FITTING = (Vocabulary.PRODUCT, Vocabulary.INDUSTRY, Vocabulary.REGION)
NO_DAY = date(1970, 1, 1)


@dataclass(frozen=True)
class Known:
    """An asset that the docket judges."""

    id: int
    type: str
    """Slug of its type; "" where it has none."""
    published: date
    owner_id: int
    terms: Terms
    wanted: Mapping[Vocabulary, frozenset[str]]
    """Its own products, industries, regions and stages, where it has any."""
    people: frozenset[int] | None
    """Those in its teams; None where it is for everybody."""
    months: frozenset[int] | None
    """The months in which it is of use; None for all."""


class Deals:
    """Deals with at least one recorded use, as arrays to count in."""

    def __init__(self, rows: Sequence[Any], stages: Mapping[int, frozenset[str]]) -> None:
        import numpy as np

        self.ids = np.array([row.id for row in rows], dtype=np.int64)
        self.labels = {
            v: np.array([getattr(row, v.value) or "" for row in rows], dtype=object)
            for v in FITTING
        }
        self.owners = np.array([row.owner_id or 0 for row in rows], dtype=np.int64)
        self.opened = np.array(
            [day_number(row.opened_on or NO_DAY) for row in rows], dtype=np.int64
        )
        far = 2**31
        self.closed = np.array(
            [day_number(row.closed_on) if row.closed_on else far for row in rows], dtype=np.int64
        )
        names = sorted({stage for each in stages.values() for stage in each})
        self.reached = {
            name: np.array([name in stages.get(row.id, ()) for row in rows], dtype=bool)
            for name in names
        }
        self._fitting: dict[Any, Any] = {}

    def count(self, asset: Known, period: Period, *, opened_after: date | None = None) -> float:
        """How many deals the asset was made for were open in the period while it was published.

        Args:
            opened_after: only those opened after that day.
        """
        return float(self._open(asset, period, opened_after).sum())

    def ids_of(self, asset: Known, period: Period) -> set[int]:
        """The ids of the deals that `count` counts."""
        return set(self.ids[self._open(asset, period, None)].tolist())

    def _open(self, asset: Known, period: Period, opened_after: date | None) -> Any:
        fits = self._fits(asset)
        first = max(day_number(period.first), day_number(asset.published))
        last = day_number(period.last)
        fits = fits & (self.opened <= last) & (self.closed >= first)
        if opened_after is not None:
            fits = fits & (self.opened > day_number(opened_after))
        if asset.months is not None:
            fits = fits & self._in_season(asset.months, first, last)
        return fits

    def _fits(self, asset: Known) -> Any:
        """The deals that its terms and teams match; worked out once for the same terms."""
        import numpy as np

        key = (tuple(sorted((v.value, *sorted(s)) for v, s in asset.wanted.items())), asset.people)
        found = self._fitting.get(key)
        if found is not None:
            return found
        fits = np.ones(len(self.owners), dtype=bool)
        for vocabulary, slugs in asset.wanted.items():
            if vocabulary is Vocabulary.STAGE:
                reached = np.zeros(len(fits), dtype=bool)
                for slug in slugs & self.reached.keys():
                    reached |= self.reached[slug]
                fits &= reached
            else:
                fits &= np.isin(self.labels[vocabulary].astype(str), sorted(slugs))
        if asset.people is not None:
            fits &= np.isin(self.owners, sorted(asset.people))
        self._fitting[key] = fits
        return fits

    def _in_season(self, months: frozenset[int], first: int, last: int) -> Any:
        import numpy as np

        season = [
            day for day in range(first, last + 1) if (NO_DAY + timedelta(days=day)).month in months
        ]
        if not season:
            return np.zeros(len(self.owners), dtype=bool)
        days = np.array(season)
        place = np.searchsorted(days, np.maximum(self.opened, first))
        return (place < len(days)) & (days[np.minimum(place, len(days) - 1)] <= self.closed)


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - NO_DAY).days

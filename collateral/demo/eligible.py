"""What a rep would reach for: assets by stage, product, trade, region and language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from collateral.demo.catalogue import Sample
from collateral.demo.company import Colleague

# How readily an asset of each fate is used, beside its pull.
_USED = {
    "works": 1.0, "steady": 1.0, "recreated": 1.0, "dropped": 1.0, "new": 0.25,
    "opened": 0.004, "shown": 0.003, "unseen": 0.001,
}  # fmt: skip
_AFTER_SUCCESSOR = 0.01


class Shelf:
    """The library as it stood at any moment of the year."""

    def __init__(self, samples: Sequence[Sample], now: datetime) -> None:
        self._samples = {sample.key: sample for sample in samples}
        self._published = {
            sample.key: [now - timedelta(days=age) for age in sample.version_ages]
            for sample in samples
        }
        self._succeeded = {
            sample.replaces: self._published[sample.key][0] for sample in samples if sample.replaces
        }

    def fate(self, key: str) -> str:
        return self._samples[key].fate

    def for_buyers(self, key: str) -> bool:
        """Whether it is made to be handed over; a playbook is for one's own people."""
        return self._samples[key].type != "Playbook"

    def published(self, key: str, at: datetime) -> bool:
        return self._published[key][0] < at

    def version_at(self, key: str, at: datetime) -> int:
        """The version that was offered at that moment."""
        return max(1, sum(published <= at for published in self._published[key]))

    def succeeded(self, key: str, at: datetime) -> bool:
        """Whether something better had come by then; it takes two months to get round."""
        better = self._succeeded.get(key)
        return better is not None and better + timedelta(days=60) < at

    def may_see(self, key: str, who: Colleague) -> bool:
        teams = self._samples[key].teams
        return not teams or who.team in teams

    def match(
        self, sample: Sample, product: str, stage: str, industry: str, region: str, who: Colleague
    ) -> float:
        """How well it fits a deal, 0 where it does not."""
        terms = sample.terms
        fit = 1.0
        if "product" in terms:
            fit *= 1.0 if product in terms["product"] else 0.0
        if "region" in terms:
            fit *= 1.0 if region in terms["region"] else 0.0
        fit *= 1.0 if stage in terms.get("stage", (stage,)) else 0.06
        if "industry" in terms:
            fit *= 2.2 if industry in terms["industry"] else 0.12
        if sample.language not in who.languages:
            return 0.0
        if sample.language != "English":
            fit *= 1.5
        return fit

    def pick(
        self,
        rng: Random,
        at: datetime,
        product: str,
        stage: str,
        industry: str,
        region: str,
        who: Colleague,
    ) -> str | None:
        """One asset for a deal, by how well it fits and how readily reps reach for it."""
        keys, weights = [], []
        for key, sample in self._samples.items():
            if not self.published(key, at) or not self.may_see(key, who):
                continue
            weight = self.match(sample, product, stage, industry, region, who)
            weight *= sample.pull * _USED[sample.fate]
            if self.succeeded(key, at):
                weight *= _AFTER_SUCCESSOR
            keys.append(key)
            weights.append(weight)
        if not keys or sum(weights) <= 0:
            return None
        return rng.choices(keys, weights)[0]

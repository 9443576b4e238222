"""A deal as it was played: its facts, the stages it went through, what was used in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class StageStep:
    """The moment at which a deal reached a stage."""

    stage: str
    at: datetime


@dataclass(frozen=True)
class PlayedUse:
    """An asset used in a deal; ``said`` whether anybody told the library."""

    at: datetime
    asset: str
    version: int
    stage: str
    said: bool
    evidence: str


@dataclass(frozen=True)
class PlayedDeal:
    external_id: str
    name: str
    account: str
    owner: str
    region: str
    industry: str
    product: str
    amount: int
    currency: str
    opened: datetime
    steps: tuple[StageStep, ...]
    outcome: str  # open, won or lost
    closed: datetime | None
    expected: datetime | None
    next_call: datetime | None
    uses: tuple[PlayedUse, ...]

    @property
    def stage(self) -> str:
        return self.steps[-1].stage

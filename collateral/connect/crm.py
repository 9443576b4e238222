"""What the connectors of all CRMs have in common: what they bring, and how they fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from collateral.deals.rules import History
from collateral.errors import CollateralError
from collateral.words import N_, Sentence


class CrmError(CollateralError):
    """The CRM could not be read; the sentence says why and what to do."""

    status = 502


class Refused(CrmError):
    """The CRM understood and will not: asking again is of no use."""


class Unsure(CrmError):
    """Something was to be written, and nobody knows whether it was."""


SILENT = Sentence(N_("It did not answer in time."))
BROKE = Sentence(N_("The connection broke."))
UNREADABLE = Sentence(N_("Its answer could not be read."))


class Temporary(Exception):
    """A failure that may pass: asked again after `wait` seconds, or as the caller thinks.

    `undone` says that what was asked was surely not done.
    """

    def __init__(self, said: Sentence, wait: float | None = None, *, undone: bool = False) -> None:
        super().__init__(said)
        self.said, self.wait, self.undone = said, wait, undone


class Expired(Exception):
    """The access that was given has ended; a new one is asked for."""


@dataclass(frozen=True)
class Found:
    """One deal as the CRM has it: our fields as words, as a file's cells, and its stages."""

    external_id: str
    cells: Mapping[str, str]
    history: History | None = None
    merged: tuple[str, ...] = ()
    """Ids of deals that were merged into it."""


@dataclass(frozen=True)
class Batch:
    """What one step of a run brings, and how far the CRM's changes are in with it."""

    deals: tuple[Found, ...] = ()
    gone: tuple[str, ...] = ()
    """Ids of deals that the CRM has no more."""
    next_calls: Mapping[str, datetime] | None = None
    """The next call of each deal that has one; None where they come with the deals."""
    reached: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """What the page of fields needs to know of a CRM."""

    fields: list[list[str]]
    """Pairs of name and label of what a deal can say."""
    stages: list[str]
    rows: list[dict[str, str]]
    """A few deals: of each field its value, and under our names what is read in one way only."""


class Source(Protocol):
    """A CRM that is read page by page and written to."""

    def batches(self, reached: Mapping[str, Any], gone_lately: frozenset[str]) -> Iterator[Batch]:
        """All that changed, from where the last run got; everything where it got nowhere.

        Args:
            gone_lately: ids of deals that are gone here and might be back there.
        """

    def sample(self) -> Sample: ...

    def find_note(self, deal: str, title: str) -> str:
        """The id of the deal's note of that title; "" where there is none."""

    def write_note(self, deal: str, title: str, text: str, at: datetime) -> str:
        """Write it and answer its id."""

"""Deals with the history of their stages, and the imports that brought them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collateral.accounts.models import Person
from collateral.clock import now
from collateral.db import Model, choice
from collateral.words import in_words


class Outcome(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class ImportState(StrEnum):
    MAPPING = "mapping"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class RowResult(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Deal(Model):
    """An opportunity. Terms are kept as slugs: the CRM's words may be ahead of the vocabulary."""

    __tablename__ = "deal"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        CheckConstraint("owner_email = lower(owner_email)", name="owner_email_lower_case"),
        CheckConstraint("amount is null or amount >= 0", name="amount_not_negative"),
        CheckConstraint(
            "(amount is null) = (currency is null)", name="amount_and_currency_together"
        ),
        CheckConstraint(
            "closed_on is null or opened_on is null or closed_on >= opened_on",
            name="closed_after_opened",
        ),
        CheckConstraint("outcome = 'open' or closed_on is not null", name="ended_has_a_day"),
        Index("ix_deal_owner_outcome", "owner_id", "outcome"),
        Index("ix_deal_span", "opened_on", "closed_on"),
        Index("ix_deal_outcome_next_call_at", "outcome", "next_call_at"),
        # Those that went, hardly ever any: what looks at many uses leaves them out by it.
        Index(
            "ix_deal_gone",
            "id",
            sqlite_where=text("gone_at is not null"),
            postgresql_where=text("gone_at is not null"),
        ),
        # The list counts and looks for words in this alone, which is a quarter of the table.
        # PostgreSQL reads the table as fast and takes no rows that long: there it is empty.
        Index(
            "ix_deal_words",
            *("outcome", "gone_at", "name", "account", "external_id", "owner_name"),
            "next_call_at",
            postgresql_where=text("false"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(40), default="csv")
    external_id: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(300))
    account: Mapped[str] = mapped_column(String(300), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    owner_email: Mapped[str] = mapped_column(String(254), default="", index=True)
    """As the CRM has it, whether or not it is a person here; empty when it gave none."""
    owner_name: Mapped[str] = mapped_column(String(200), default="")
    stage: Mapped[str] = mapped_column(String(80), default="", index=True)
    """Slug of the term in the vocabulary `stage`; empty where the CRM's word has none."""
    stage_label: Mapped[str] = mapped_column(String(120), default="")
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    industry: Mapped[str] = mapped_column(String(80), default="")
    product: Mapped[str] = mapped_column(String(80), default="")
    region: Mapped[str] = mapped_column(String(80), default="")
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    """The day it was won or lost; null while it is open."""
    expected_on: Mapped[date | None]
    """When the rep thinks an open deal will close."""
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"), default=Outcome.OPEN)
    next_call_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    sample: Mapped[bool] = mapped_column(default=False)
    gone_at: Mapped[datetime | None]
    """Since when the CRM has it no more; no read finds it then, see `gone`."""

    owner: Mapped[Person | None] = relationship()
    stages: Mapped[list[StageChange]] = relationship(
        back_populates="deal",
        order_by="StageChange.at, StageChange.id",
        cascade="all, delete-orphan",
    )


class StageChange(Model):
    """The moment at which a deal reached a stage."""

    __tablename__ = "stage_change"
    __table_args__ = (UniqueConstraint("deal_id", "at", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"))
    stage: Mapped[str] = mapped_column(String(80), default="")
    label: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]

    deal: Mapped[Deal] = relationship(back_populates="stages")


class ImportRun(Model):
    """One file of deals on its way in: how its columns are read, and what became of it."""

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    filename: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str | None] = mapped_column(String(64))
    """The file in storage, until the import is done."""
    source: Mapped[str] = mapped_column(String(40), default="csv")
    preset: Mapped[str] = mapped_column(String(40), default="")
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    dry_run: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ImportState] = mapped_column(
        choice(ImportState, "state"), default=ImportState.MAPPING, index=True
    )
    error: Mapped[str | None] = mapped_column(Text)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    by: Mapped[Person | None] = relationship()

    @property
    def rows(self) -> int:
        return self.new + self.changed + self.unchanged + self.refused


class ImportRow(Model):
    """What became of one line of the file."""

    __tablename__ = "import_row"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("import_run.id", ondelete="CASCADE"), primary_key=True
    )
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    result: Mapped[RowResult] = mapped_column(choice(RowResult, "result"))
    external_id: Mapped[str] = mapped_column(String(100), default="")
    name: Mapped[str] = mapped_column(String(300), default="")
    notes: Mapped[list[Any]] = mapped_column(default=list)
    """Why it was refused, or what was left empty, as `words.Sentence` keeps it."""

    @property
    def sentences(self) -> list[str]:
        """The same in the reader's language."""
        return [in_words(note) for note in self.notes]

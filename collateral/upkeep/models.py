"""What was done to look after the library, and what came of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collateral.accounts.models import Person
from collateral.db import Model, choice


class Work(StrEnum):
    """What was done."""

    CHECK = "check"
    BACKUP = "backup"
    TEST_MAIL = "test_mail"


class WorkState(StrEnum):
    """How it stands; what died is told to have failed when the next begins."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class UpkeepRun(Model):
    """One integrity check, backup or test mail."""

    __tablename__ = "upkeep_run"
    __table_args__ = (
        Index("ix_upkeep_run_work", "work", "id"),
        CheckConstraint("state <> 'failed' or error is not null", name="failed_says_why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    work: Mapped[Work] = mapped_column(choice(Work, "work"))
    state: Mapped[WorkState] = mapped_column(choice(WorkState, "state"), default=WorkState.RUNNING)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who asked for it on a page; null for the command line."""
    started_at: Mapped[datetime]
    heard_at: Mapped[datetime]
    """When it last did something."""
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What came of it: of a check `operations.Checked`, of a backup `operations.BackedUp`."""

    by: Mapped[Person | None] = relationship()

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it is not over."""
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None

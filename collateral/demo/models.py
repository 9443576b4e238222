"""How far the sample's coming or going is, for the page that shows it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from collateral.clock import now
from collateral.db import Model, choice


class Act(StrEnum):
    LOAD = "load"
    REMOVE = "remove"


class SampleRun(Model):
    """One loading or removing of the sample, begun by a person's press of a button."""

    __tablename__ = "sample_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[Act] = mapped_column(choice(Act, "act"))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    doing: Mapped[str] = mapped_column(String(300), default="")
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    moved_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]

"""Notices, and what each person wants to be told and how."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from collateral.db import Model, choice

BigId = BigInteger().with_variant(Integer(), "sqlite")
UNREAD = text("inbox and read_at is null")
UNSENT = text("mail and mailed_at is null")


class Rhythm(StrEnum):
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class Notice(Model):
    """One thing that one person was told."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "once"),
        CheckConstraint("inbox or mail", name="goes_somewhere"),
        Index("ix_notice_person_at", "person_id", "at"),
        Index("ix_notice_at", "at"),
        Index("ix_notice_unread", "person_id", sqlite_where=UNREAD, postgresql_where=UNREAD),
        Index("ix_notice_unsent", "person_id", "at", sqlite_where=UNSENT, postgresql_where=UNSENT),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]]
    """Plain strings and numbers, from which the kind makes its sentence and its address."""
    at: Mapped[datetime]
    once: Mapped[str | None] = mapped_column(String(120))
    """Told again with the same key it stays one notice; null: every telling counts."""
    inbox: Mapped[bool] = mapped_column(default=True)
    read_at: Mapped[datetime | None]
    mail: Mapped[bool] = mapped_column(default=True)
    """Whether a digest is to bring it, by what she had chosen when she was told."""
    mailed_at: Mapped[datetime | None]
    """When a digest took it, or left it out because she had read it."""


class NoticeChoice(Model):
    """What a person chose for one kind; no row means as the kind has it."""

    __tablename__ = "notice_choice"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(60), primary_key=True)
    inbox: Mapped[bool]
    mail: Mapped[bool]


class NoticeRhythm(Model):
    """When a person's digest comes; no row means daily at eight, where she is."""

    __tablename__ = "notice_rhythm"
    __table_args__ = (CheckConstraint("hour between 0 and 23", name="hour_of_a_day"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    rhythm: Mapped[Rhythm] = mapped_column(choice(Rhythm, "rhythm"), default=Rhythm.DAILY)
    hour: Mapped[int] = mapped_column(default=8)

"""Notices, what each person wants to be told and how, and what other systems are told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collateral.accounts.models import Person
from collateral.clock import now
from collateral.db import Model, choice

BigId = BigInteger().with_variant(Integer(), "sqlite")
UNREAD = text("inbox and read_at is null")
UNSENT = text("mail and mailed_at is null")
TO_SEND = text("state = 'waiting'")


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


class WebhookOut(Model):
    """Another system that is told what happens here, by signed messages to its address."""

    __tablename__ = "webhook_out"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(500))
    kinds: Mapped[list[str]]
    """Names of the happenings that it is told of."""
    sealed: Mapped[str] = mapped_column(Text)
    """Its secret, encrypted under the installation's; see `collateral.sealing`."""
    active: Mapped[bool] = mapped_column(default=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    """Who set it up or changed it last: it is told of what she may see, and of nothing else."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    failing_since: Mapped[datetime | None]
    """The first failure since something was taken; null while all is well."""
    gave_up_at: Mapped[datetime | None]
    """When it was switched off by itself; null where a person did, or it is on."""

    by: Mapped[Person] = relationship()

    @property
    def host(self) -> str:
        """The machine that it tells, also where its address may no longer be used. What stands
        behind the name may be a secret."""
        return urlsplit(self.address).hostname or ""


class DeliveryState(StrEnum):
    """How the sending of one message stands."""

    WAITING = "waiting"
    TAKEN = "taken"
    FAILED = "failed"
    """It is not tried any more by itself."""
    WITHHELD = "withheld"
    """Who set the webhook up may not see what it speaks of."""


class Delivery(Model):
    """One happening that one webhook is told of."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "kind", "once"),
        Index("ix_webhook_delivery_webhook_id", "webhook_id", "id"),
        Index("ix_webhook_delivery_at", "at"),
        Index(
            "ix_webhook_delivery_to_send",
            "webhook_id",
            "next_at",
            sqlite_where=TO_SEND,
            postgresql_where=TO_SEND,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook_out.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40), unique=True)
    """`webhook-id`: the same at every try, so that the receiver can take it once."""
    kind: Mapped[str] = mapped_column(String(60))
    once: Mapped[str | None] = mapped_column(String(120))
    """Announced again under the same key it stays one message; null: every one counts."""
    facts: Mapped[dict[str, Any]]
    """Ids, titles and single words; the message is made from them."""
    at: Mapped[datetime]
    """When it happened."""
    state: Mapped[DeliveryState] = mapped_column(
        choice(DeliveryState, "state"), default=DeliveryState.WAITING
    )
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    """While it waits: not before then."""
    tried_at: Mapped[datetime | None]
    status: Mapped[int | None]
    """What the receiver answered at the last try; null where it did not."""
    why: Mapped[str] = mapped_column(Text, default="")
    """Why the last try failed, as `words.to_text` wrote it."""

    webhook: Mapped[WebhookOut] = relationship()

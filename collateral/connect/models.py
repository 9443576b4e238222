"""Who may send deals, and what came of each message."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collateral.accounts.models import Person
from collateral.clock import now
from collateral.db import Model


class Webhook(Model):
    """A system that sends deals. Its secret is made from the installation's and `generation`."""

    __tablename__ = "webhook"
    __table_args__ = (CheckConstraint("generation > 0", name="generation_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30), unique=True)
    """Lower-case letters, digits and dashes: it stands in the address and in the deals' source."""
    generation: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person | None] = relationship()

    @property
    def source(self) -> str:
        """Under which its deals are known."""
        return f"hook:{self.name}"


class WebhookMessage(Model):
    """A message that was taken: its id, so that it is taken once, and what it changed."""

    __tablename__ = "webhook_message"
    __table_args__ = (
        UniqueConstraint("webhook_id", "key"),
        Index("ix_webhook_message_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]
    results: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """For each deal its id and "new", "changed" or "unchanged"."""

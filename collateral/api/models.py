"""What the API keeps for itself: answers given under an idempotency key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collateral.clock import now
from collateral.db import Model


class IdempotencyKey(Model):
    """One POST that was done, and its answer: the same key answers the same again.

    The row is written in the transaction of what the call changed, so that there is never
    one without the other; `status` and `body` are empty only within that transaction.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_idempotency_key_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(String(255))
    request_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 over the call, its address and all that was sent."""
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)

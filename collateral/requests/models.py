"""Requests, and who waits for each."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collateral.accounts.models import Person
from collateral.assets.models import Asset
from collateral.db import Model, choice
from collateral.deals.models import Deal
from collateral.requests import models_feedback as models_feedback


class RequestState(StrEnum):
    OPEN = "open"
    TAKEN_ON = "taken_on"
    MADE = "made"
    DECLINED = "declined"


class Request(Model):
    """Something that is missing, asked for once, with all who wait for it."""

    __tablename__ = "request"
    __table_args__ = (
        CheckConstraint(
            "state != 'taken_on' or (maker_id is not null and due_on is not null)",
            name="taken_on_has_maker_and_day",
        ),
        CheckConstraint("state != 'declined' or reason != ''", name="declined_has_a_reason"),
        Index("ix_request_state_at", "state", "at"),
        Index("ix_request_maker_state", "maker_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text, default="")
    query: Mapped[str] = mapped_column(String(250), default="")
    """What was looked for when nothing was found; "" where it was not asked from a search."""
    state: Mapped[RequestState] = mapped_column(
        choice(RequestState, "request_state"), default=RequestState.OPEN
    )
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    changed_at: Mapped[datetime]
    maker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None]
    asset_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"), index=True)
    """What answers it, once it is made."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why there will be none, once it is declined."""

    by: Mapped[Person] = relationship(foreign_keys=by_id)
    maker: Mapped[Person | None] = relationship(foreign_keys=maker_id)
    asset: Mapped[Asset | None] = relationship()
    waiting: Mapped[list[RequestWaiting]] = relationship(
        back_populates="request",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="RequestWaiting.id",
    )


class RequestWaiting(Model):
    """One person who waits for it, perhaps for a deal."""

    __tablename__ = "request_waiting"
    __table_args__ = (UniqueConstraint("request_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deal.id"), index=True)
    at: Mapped[datetime]

    request: Mapped[Request] = relationship(back_populates="waiting")
    person: Mapped[Person] = relationship()
    deal: Mapped[Deal | None] = relationship()

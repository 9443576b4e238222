"""What reps said when they were asked where they used what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from collateral.db import Model


class NoDeal(Model):
    """Somebody said that what she downloaded up to then was for no deal."""

    __tablename__ = "no_deal"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), primary_key=True)
    at: Mapped[datetime]


class DealConfirmation(Model):
    """Somebody looked at a closed deal and said what was used in it."""

    __tablename__ = "deal_confirmation"

    deal_id: Mapped[int] = mapped_column(
        ForeignKey("deal.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]

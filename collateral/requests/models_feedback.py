"""What people think of an asset: their ratings of it, and what they flag as wrong with it.

Stars are opinion. They are shown, and never count as a use, as evidence or for the docket, nor
do they order results: what works is told by deals.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetVersion
from collateral.db import Model, choice

IS_OPEN = text("flag.state = 'open'")
IS_LOW = text("rating_sum.stars < 3 * rating_sum.ratings")
"""Written out and not as values, so that the databases see what their partial indexes hold."""


class FlagReason(StrEnum):
    """What is wrong with it."""

    WRONG = "wrong"
    OUT_OF_DATE = "out_of_date"
    OLD_LOOK = "old_look"
    NOT_TO_BE_SENT = "not_to_be_sent"
    OTHER = "other"


class FlagState(StrEnum):
    OPEN = "open"
    MENDED = "mended"
    NOT_SO = "not_so"
    WITHDRAWN = "withdrawn"
    """By who flagged it."""


class Rating(Model):
    """What one person thinks of an asset, and of which of its versions she said so."""

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("asset_id", "person_id"),
        CheckConstraint("stars between 1 and 5", name="one_to_five_stars"),
        # Sums are made from this alone.
        Index("ix_rating_mean", "asset_id", "version_id", "stars"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("asset_version.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    stars: Mapped[int]
    sentence: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime]
    """When she said it, or changed it last."""

    person: Mapped[Person] = relationship()
    version: Mapped[AssetVersion] = relationship()


class RatingSum(Model):
    """What the ratings of one version come to; written anew with each rating of its asset."""

    __tablename__ = "rating_sum"
    __table_args__ = (
        CheckConstraint("ratings > 0", name="of_some"),
        Index(
            "ix_rating_sum_low",
            "asset_id",
            sqlite_where=text("stars < 3 * ratings"),
            postgresql_where=text("stars < 3 * ratings"),
        ),
    )

    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(
        ForeignKey("asset_version.id"), primary_key=True, index=True
    )
    ratings: Mapped[int]
    stars: Mapped[int]
    """Of all of them together."""


class Flag(Model):
    """One person says that something is wrong with an asset; open until somebody looked at it."""

    __tablename__ = "flag"
    __table_args__ = (
        CheckConstraint("reason != 'other' or sentence != ''", name="other_says_what"),
        CheckConstraint(
            "state = 'open' or (resolved_by_id is not null and resolved_at is not null)",
            name="resolved_by_somebody",
        ),
        CheckConstraint("state != 'not_so' or note != ''", name="not_so_says_why"),
        Index(
            "ix_flag_open",
            "asset_id",
            "by_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("asset_version.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[FlagReason] = mapped_column(choice(FlagReason, "flag_reason"))
    sentence: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime]
    state: Mapped[FlagState] = mapped_column(
        choice(FlagState, "flag_state"), default=FlagState.OPEN
    )
    note: Mapped[str] = mapped_column(Text, default="")
    """What was said when it was resolved."""
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    resolved_at: Mapped[datetime | None]

    asset: Mapped[Asset] = relationship()
    version: Mapped[AssetVersion] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=by_id)

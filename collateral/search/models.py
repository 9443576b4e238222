"""The log of searches: who looked for what, how much there was, and what was opened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from collateral.db import Model

BigId = BigInteger().with_variant(Integer(), "sqlite")


class Search(Model):
    """One search that a person made. Written in bulk after the answer; its id is made before."""

    __tablename__ = "search"
    __table_args__ = (
        Index("ix_search_at", "at"),
        Index("ix_search_person_at", "person_id", "at"),
        Index("ix_search_total_at", "total", "at"),
        Index("ix_search_words", func.lower(text("query")), "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    session: Mapped[str] = mapped_column(String(160))
    """The counting session: "s" and the number of the signed-in browser; "" from elsewhere."""
    query: Mapped[str] = mapped_column(String(250))
    """In its normal form (language.Query.text); "" for looking through the library."""
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was chosen: {"terms": ["stage:evaluation"], "sort": "newest"}; only what was."""
    total: Mapped[int]
    near: Mapped[int] = mapped_column(default=0)
    """How many of the total are near misses: with total = near nothing had all the words."""
    milliseconds: Mapped[int] = mapped_column(default=0)


class SearchOpening(Model):
    """An asset that was opened from the results of a search, once for each of the two."""

    __tablename__ = "search_opening"
    __table_args__ = (
        UniqueConstraint("search_id", "asset_id"),
        Index("ix_search_opening_asset", "asset_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # No foreign key: the opening may be written before the search itself.
    search_id: Mapped[int] = mapped_column(BigId)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    at: Mapped[datetime]

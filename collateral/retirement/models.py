"""The docket as it was last worked out, what was decided, and the policies behind it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collateral.accounts.models import Person, Team
from collateral.assets.models import Asset
from collateral.clock import now
from collateral.db import Model, choice


class Standing(StrEnum):
    """What the docket makes of an asset."""

    PROPOSED = "proposed"
    ASKED = "asked"
    """Its owner is asked: the library is too small, or too little of it ignored, to propose."""
    UNDECIDED = "undecided"
    """Without a use, and too few deals came by to know."""
    ALIVE = "alive"


class Stopped(StrEnum):
    """Where the way from published to used ended."""

    NEVER_SHOWN = "never_shown"
    NOT_OPENED = "shown_not_opened"
    NOT_USED = "opened_not_used"
    DROPPED = "used_then_dropped"
    RECREATED = "recreated"
    NOT_CLEAR = "not_clear"


class Choice(StrEnum):
    KEEP = "keep"
    MEND = "mend"
    RETIRE = "retire"


class Ended(StrEnum):
    """Why a decision holds no more."""

    UNDONE = "undone"
    REPLACED = "replaced"
    """By another on the same asset."""
    NEW_EVIDENCE = "new_evidence"
    """Enough deals came by without a use since it was kept or to be mended."""
    OVERTAKEN = "overtaken"
    """It was retired or taken back to a draft in another way before its day came."""


class Policy(Model):
    """What holds for the assets of a type, of a team, of both, or (neither) for all others."""

    __tablename__ = "retirement_policy"
    __table_args__ = (
        CheckConstraint("grace_days >= 0 and floor_deals >= 0", name="not_negative"),
        CheckConstraint("review_months is null or review_months > 0", name="review_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    """Type and team as one word, so that there is one policy for them."""
    type: Mapped[str] = mapped_column(String(80), default="")
    """Slug of the type; "" for all types."""
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    grace_days: Mapped[int] = mapped_column(default=90)
    """So long after publication it is left alone."""
    floor_deals: Mapped[int] = mapped_column(default=0)
    """So many deals must have come by before it is proposed."""
    review_months: Mapped[int | None]
    """How often it is looked at again; null for as its owner sees fit."""
    review_required: Mapped[bool] = mapped_column(default=False)
    """Whether a published asset must have a review date: where it has none, it gets one."""
    updated_at: Mapped[datetime] = mapped_column(default=now)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    team: Mapped[Team | None] = relationship()


class DocketRun(Model):
    """One working-out of the whole docket. Only the latest is kept."""

    __tablename__ = "docket_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    first: Mapped[date]
    last: Mapped[date]
    judged: Mapped[int]
    """Published assets past their grace."""
    ignored_share: Mapped[float]
    """What part of them the fit takes for ignored."""
    readable: Mapped[bool]
    """False: too little use anywhere to tell."""
    proposes: Mapped[bool]
    """False: it asks the owners instead."""


class DocketItem(Model):
    """One published asset past its grace, with its evidence."""

    __tablename__ = "docket_item"
    __table_args__ = (Index("ix_docket_item_standing", "standing", "wrong"),)

    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), primary_key=True)
    standing: Mapped[Standing] = mapped_column(choice(Standing, "standing"))
    deals: Mapped[float]
    """Eligible deals with any recorded use, season-weighted."""
    expected: Mapped[float]
    """Uses that a live asset of its type would have had in them."""
    uses: Mapped[int]
    signs: Mapped[int]
    """Downloads and openings by buyers, of the family."""
    shown: Mapped[int]
    views: Mapped[int]
    wrong: Mapped[float]
    """The chance that it is alive after all (local false discovery rate)."""
    more_deals: Mapped[int | None]
    """About so many more eligible deals without a use, and it would be proposed."""
    more_months: Mapped[float | None]
    stopped: Mapped[Stopped] = mapped_column(
        choice(Stopped, "stopped"), default=Stopped.NOT_CLEAR, index=True
    )
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the sentence under `stopped` says: see stopping.Stop."""

    asset: Mapped[Asset] = relationship()


class Decision(Model):
    """Keep, mend or retire, by a named person, with the evidence that she saw."""

    __tablename__ = "docket_decision"
    __table_args__ = (
        CheckConstraint("choice <> 'keep' or reason <> ''", name="keeping_says_why"),
        CheckConstraint("choice <> 'retire' or due_on is not null", name="retiring_has_a_day"),
        Index(
            "uq_docket_decision_standing",
            "asset_id",
            unique=True,
            sqlite_where=text("ended_at is null"),
            postgresql_where=text("ended_at is null"),
        ),
        Index("ix_docket_decision_due", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)
    choice: Mapped[Choice] = mapped_column(choice(Choice, "choice"))
    reason: Mapped[str] = mapped_column(Text, default="")
    replacement_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    due_on: Mapped[date | None]
    """Out of search on this day; for mending, when it should be mended."""
    deals: Mapped[float]
    uses: Mapped[int]
    signs: Mapped[int]
    seen: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The rest of what the docket showed then (`wrong`, `expected`, `stopped`); in `before` the id
    of the decision that it took the place of; in `season`, where it set one, the one before."""
    carried_out_at: Mapped[datetime | None]
    """When the retiring was done."""
    ended_at: Mapped[datetime | None]
    """When it ceased to hold; see `ended_why`."""
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_why: Mapped[str] = mapped_column(String(20), default="")
    """One of Ended; "" while it holds."""

    asset: Mapped[Asset] = relationship(foreign_keys=[asset_id])
    replacement: Mapped[Asset | None] = relationship(foreign_keys=[replacement_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])


class Season(Model):
    """The months in which an asset is of use, where somebody has said so."""

    __tablename__ = "asset_season"

    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), primary_key=True)
    months: Mapped[list[Any]]
    """1 to 12."""


class Erasure(Model):
    """The files of a retired asset were deleted by an admin, for good."""

    __tablename__ = "asset_erasure"

    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), primary_key=True)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    files: Mapped[int]
    bytes: Mapped[int]

    by: Mapped[Person] = relationship()

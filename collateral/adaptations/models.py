"""Adaptations: a rep's own changed file, its pages, where they came from, and what was said."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collateral.accounts.models import Person
from collateral.adaptations import models_prints as models_prints
from collateral.adaptations.relations import Change
from collateral.assets.models import Asset, AssetVersion, ReadFile, ReadingState
from collateral.clock import now
from collateral.db import Model, choice
from collateral.deals.models import Deal
from collateral.usage.models import Use


class Status(StrEnum):
    PRIVATE = "private"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    MERGED = "merged"
    DECLINED = "declined"


class Reason(StrEnum):
    """Why somebody made a version of her own."""

    NOT_MY_INDUSTRY = "not_my_industry"
    OUT_OF_DATE = "out_of_date"
    TOO_LONG = "too_long"
    WRONG_LANGUAGE = "wrong_language"
    CUSTOMERS_LOGO = "customers_logo"
    PRICING = "pricing"
    OTHER = "other"


class Merging(StrEnum):
    """How far the next version is that chosen pages go into."""

    WAITING = "waiting"
    ASKS_FILE = "asks_file"
    DONE = "done"


class Purpose(StrEnum):
    """What somebody wants to know of a file that is not kept."""

    CURRENT = "current"
    BUILD = "build"


class Adaptation(ReadFile, Model):
    """A rep's own version of an asset. Private until she submits it."""

    __tablename__ = "adaptation"
    __table_args__ = (
        CheckConstraint("minutes is null or minutes >= 0", name="minutes_not_negative"),
        CheckConstraint("state <> 'failed' or error is not null", name="failed_says_why"),
        CheckConstraint("status = 'private' or confirmed_at is not null", name="confirmed_first"),
        Index("ix_adaptation_status_submitted", "status", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[Status] = mapped_column(choice(Status, "status"), default=Status.PRIVATE)
    revision: Mapped[int] = mapped_column(default=1)
    """Raised by every change of what is decided on; a form that carries an older one is told so."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    named_asset_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"), index=True)
    """The asset from whose page it was handed in, before anything was found."""
    asset_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"), index=True)
    source_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("asset_version.id"), index=True
    )
    confidence: Mapped[float] = mapped_column(default=0.0)
    confirmed_at: Mapped[datetime | None]
    """When its maker confirmed or corrected the source that was found."""
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deal.id"), index=True)
    reasons: Mapped[list[str]] = mapped_column(default=list)
    minutes: Mapped[int | None]
    branded: Mapped[bool] = mapped_column(default=False)
    """A logo or a name was added all over the deck."""
    traced_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[str] = mapped_column(Text, default="")
    """The reason of a decline, or what was said with another decision."""
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"), unique=True)
    """The asset under which an accepted one is found and counted."""
    merging: Mapped[Merging | None] = mapped_column(choice(Merging, "merging"))
    merged_pages: Mapped[list[Any]] = mapped_column(default=list)
    """Numbers of its own pages that were chosen; negative ones are pages of the source that
    go, as they went in it."""
    merge_sentence: Mapped[str | None] = mapped_column(Text)
    """Why the next version could not be put together here, as `words.to_text` wrote it."""
    merged_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("asset_version.id"), index=True
    )
    sample: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    asset: Mapped[Asset | None] = relationship(foreign_keys=[asset_id])
    source_version: Mapped[AssetVersion | None] = relationship(foreign_keys=[source_version_id])
    merged_version: Mapped[AssetVersion | None] = relationship(foreign_keys=[merged_version_id])
    variant: Mapped[Asset | None] = relationship(foreign_keys=[variant_id])
    deal: Mapped[Deal | None] = relationship()
    pages: Mapped[list[AdaptationPage]] = relationship(
        back_populates="adaptation", order_by="AdaptationPage.number", cascade="all, delete-orphan"
    )
    sources: Mapped[list[AdaptationSource]] = relationship(
        back_populates="adaptation",
        order_by="AdaptationSource.share.desc()",
        cascade="all, delete-orphan",
    )


class AdaptationPage(Model):
    """One page of an adaptation, and what became of the page it came from."""

    __tablename__ = "adaptation_page"
    __table_args__ = (
        UniqueConstraint("adaptation_id", "number"),
        Index("ix_adaptation_page_source", "source_version_id", "source_page"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    adaptation_id: Mapped[int] = mapped_column(ForeignKey("adaptation.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    width: Mapped[int | None]
    height: Mapped[int | None]
    preview_320: Mapped[str | None] = mapped_column(String(64))
    preview_1280: Mapped[str | None] = mapped_column(String(64))
    features: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    change: Mapped[Change | None] = mapped_column(choice(Change, "change"))
    """None until it was traced."""
    source_version_id: Mapped[int | None] = mapped_column(ForeignKey("asset_version.id"))
    source_page: Mapped[int | None]
    similarity: Mapped[float] = mapped_column(default=0.0)
    confidence: Mapped[float] = mapped_column(default=0.0)
    moved: Mapped[bool] = mapped_column(default=False)
    what: Mapped[list[str]] = mapped_column(default=list)
    """words, figures, pictures, charts: what was edited."""
    words_changed: Mapped[int] = mapped_column(default=0)
    wordings: Mapped[list[Any]] = mapped_column(default=list)
    """Pairs of what stood there and what was put in its place."""
    regions: Mapped[dict[str, Any] | None]
    """Where the pictures differ: `was` and `now`, boxes in thousandths of the page."""

    adaptation: Mapped[Adaptation] = relationship(back_populates="pages")


class AdaptationSource(Model):
    """A version that some of the pages came from."""

    __tablename__ = "adaptation_source"

    adaptation_id: Mapped[int] = mapped_column(ForeignKey("adaptation.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("asset_version.id"), primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)
    pages: Mapped[int]
    share: Mapped[float]
    """Of the adaptation's pages, from 0 to 1."""
    confidence: Mapped[float]
    borrowed: Mapped[bool] = mapped_column(default=False)
    dropped: Mapped[list[Any]] = mapped_column(default=list)

    adaptation: Mapped[Adaptation] = relationship(back_populates="sources")
    version: Mapped[AssetVersion] = relationship()
    asset: Mapped[Asset] = relationship()


class AdaptationComment(Model):
    """Something said about a page, about a dropped page of the source, or about all of it."""

    __tablename__ = "adaptation_comment"
    __table_args__ = (Index("ix_adaptation_comment_place", "adaptation_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    adaptation_id: Mapped[int] = mapped_column(ForeignKey("adaptation.id"))
    page: Mapped[int | None]
    """Its page; negative for a dropped page of the source; None for the whole."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("adaptation_comment.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=now)

    person: Mapped[Person] = relationship()


class AdaptationStep(Model):
    """What happened to an adaptation: handed in, accepted, merged, declined; nothing is erased."""

    __tablename__ = "adaptation_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    adaptation_id: Mapped[int] = mapped_column(ForeignKey("adaptation.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    status: Mapped[Status] = mapped_column(choice(Status, "status"))
    text: Mapped[str] = mapped_column(Text, default="")
    pages: Mapped[list[Any]] = mapped_column(default=list)
    at: Mapped[datetime] = mapped_column(default=now)

    person: Mapped[Person] = relationship()


class AdaptationUse(Model):
    """A use of the source was a use of this adaptation: the family is credited by its share."""

    __tablename__ = "adaptation_use"

    use_id: Mapped[int] = mapped_column(ForeignKey("asset_use.id"), primary_key=True)
    adaptation_id: Mapped[int] = mapped_column(ForeignKey("adaptation.id"), index=True)

    use: Mapped[Use] = relationship()
    adaptation: Mapped[Adaptation] = relationship()


class FileCheck(Model):
    """A file that somebody asked about: it is read, answered, and not kept."""

    __tablename__ = "file_check"
    __table_args__ = (CheckConstraint("state <> 'failed' or error is not null", name="says_why"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose, "purpose"))
    filename: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    """None as soon as it was read: the file itself is of no more use."""
    digest: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(60))
    state: Mapped[ReadingState] = mapped_column(
        choice(ReadingState, "state"), default=ReadingState.RECEIVED, index=True
    )
    error: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    found: Mapped[dict[str, Any] | None]
    """What it came from: see checking.Found."""
    read_started_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)

    person: Mapped[Person] = relationship()


class VersionOrigin(Model):
    """A version whose file looks like pages that the library had before."""

    __tablename__ = "version_origin"

    version_id: Mapped[int] = mapped_column(ForeignKey("asset_version.id"), primary_key=True)
    source_version_id: Mapped[int] = mapped_column(ForeignKey("asset_version.id"), index=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)
    pages: Mapped[int]
    """How many of the source's pages are in it."""
    of_pages: Mapped[int]
    """How many pages the source has."""
    share: Mapped[float]
    """Of the file's own pages."""
    confidence: Mapped[float]
    settled_at: Mapped[datetime | None]
    """When somebody said what is to be done about it."""

    asset: Mapped[Asset] = relationship()
    source: Mapped[AssetVersion] = relationship(foreign_keys=[source_version_id])

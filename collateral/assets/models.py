"""Assets, versions, pages, vocabularies, tags and collections."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collateral.accounts.models import Person, Team
from collateral.clock import now
from collateral.db import Model, choice


class Status(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    RETIRED = "retired"


class ReadingState(StrEnum):
    RECEIVED = "received"
    READING = "reading"
    READY = "ready"
    FAILED = "failed"


class Vocabulary(StrEnum):
    TYPE = "type"
    PRODUCT = "product"
    INDUSTRY = "industry"
    PERSONA = "persona"
    STAGE = "stage"
    REGION = "region"
    LANGUAGE = "language"


class CollectionKind(StrEnum):
    PERSONAL = "personal"
    SHARED = "shared"
    FEATURED = "featured"


class Term(Model):
    """A controlled word. `stage:evaluation` names the one of slug `evaluation`."""

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("vocabulary", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vocabulary: Mapped[Vocabulary] = mapped_column(choice(Vocabulary, "vocabulary"))
    slug: Mapped[str] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)
    sample: Mapped[bool] = mapped_column(default=False)

    @property
    def key(self) -> str:
        return f"{self.vocabulary.value}:{self.slug}"


class SynonymGroup(Model):
    """Words that mean the same in search; each finds the others."""

    __tablename__ = "synonym_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[list[str]]
    sample: Mapped[bool] = mapped_column(default=False)


class AssetTerm(Model):
    __tablename__ = "asset_term"

    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), primary_key=True)
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"), primary_key=True, index=True)


class AssetTag(Model):
    __tablename__ = "asset_tag"

    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(80), primary_key=True, index=True)


class AssetTeam(Model):
    """The asset is for these teams alone; without any row it is for everybody."""

    __tablename__ = "asset_team"

    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True, index=True)


class Asset(Model):
    """A piece of collateral: what describes it, whatever its file is just now."""

    __tablename__ = "asset"
    __table_args__ = (
        CheckConstraint(
            "replacement_id is null or replacement_id <> id", name="not_its_own_replacement"
        ),
        CheckConstraint("cost_amount is null or cost_amount >= 0", name="cost_not_negative"),
        # What is published and what it cost, the dearest first; what is due: from these alone.
        Index("ix_asset_stock", "status", "cost_amount", "published_at", "cost_currency"),
        Index("ix_asset_review_on_status", "review_on", "status"),
        Index("ix_asset_expires_on_status", "expires_on", "status"),
        # Looked at by every search: it holds only what waits to be indexed, hardly ever anything.
        Index(
            "ix_asset_index_behind",
            "id",
            sqlite_where=text("indexed_revision < revision"),
            postgresql_where=text("indexed_revision < revision"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    summary: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[Status] = mapped_column(choice(Status, "status"), default=Status.DRAFT)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    cost_amount: Mapped[Decimal | None]
    cost_currency: Mapped[str | None] = mapped_column(String(3))
    review_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    publish_when_ready: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    retired_at: Mapped[datetime | None]
    retired_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    retired_from: Mapped[Status | None] = mapped_column(choice(Status, "retired_from"))
    retire_reason: Mapped[str | None] = mapped_column(Text)
    replacement_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"), index=True)
    current_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("asset_version.id", use_alter=True)
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    edits: Mapped[int] = mapped_column(default=1)
    """Raised at each edit of what describes it; a form that carries an older one is told so."""
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who made the last of these edits: a second editor is told whose words stand there."""
    revision: Mapped[int] = mapped_column(default=1)
    """Raised by every change that search must see."""
    indexed_revision: Mapped[int] = mapped_column(default=0)
    sample: Mapped[bool] = mapped_column(default=False)

    owner: Mapped[Person] = relationship(foreign_keys=[owner_id])
    edited_by: Mapped[Person | None] = relationship(foreign_keys=[edited_by_id])
    terms: Mapped[list[Term]] = relationship(
        secondary="asset_term", order_by="Term.position, Term.label"
    )
    tag_rows: Mapped[list[AssetTag]] = relationship(
        cascade="all, delete-orphan", order_by="AssetTag.tag"
    )
    teams: Mapped[list[Team]] = relationship(secondary="asset_team")
    replacement: Mapped[Asset | None] = relationship(
        remote_side=[id], foreign_keys=[replacement_id]
    )
    versions: Mapped[list[AssetVersion]] = relationship(
        back_populates="asset",
        foreign_keys="AssetVersion.asset_id",
        order_by="AssetVersion.number.desc()",
    )
    current_version: Mapped[AssetVersion | None] = relationship(
        foreign_keys=[current_version_id], post_update=True
    )

    @property
    def tags(self) -> list[str]:
        return [row.tag for row in self.tag_rows]

    def term_of(self, vocabulary: Vocabulary) -> list[Term]:
        return [term for term in self.terms if term.vocabulary is vocabulary]


class ReadFile:
    """A file that is kept, and what reading it found. The file never changes."""

    sha256: Mapped[str] = mapped_column(String(64), index=True)
    bytes: Mapped[int]
    filename: Mapped[str] = mapped_column(String(300))
    media_type: Mapped[str] = mapped_column(String(120))
    family: Mapped[str] = mapped_column(String(20))
    """deck, document, sheet, pdf, image, video, text, archive or other."""
    label: Mapped[str] = mapped_column(String(60))
    """What people call such a file: "PowerPoint deck"."""
    state: Mapped[ReadingState] = mapped_column(
        choice(ReadingState, "state"), default=ReadingState.RECEIVED, index=True
    )
    error: Mapped[str | None] = mapped_column(Text)
    preview_missing: Mapped[str | None] = mapped_column(Text)
    notices: Mapped[list[str]] = mapped_column(default=list)
    language: Mapped[str | None] = mapped_column(String(8))
    page_count: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0)
    read_started_at: Mapped[datetime | None]
    text_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class AssetVersion(ReadFile, Model):
    """One uploaded file of an asset, numbered from 1."""

    __tablename__ = "asset_version"
    __table_args__ = (
        UniqueConstraint("asset_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("state <> 'failed' or error is not null", name="failed_says_why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)
    number: Mapped[int]
    properties: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seconds: Mapped[float | None]
    """Length of a video."""
    changes: Mapped[str] = mapped_column(Text, default="")
    """What its maker says is new in it."""
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    previews_at: Mapped[datetime | None]

    asset: Mapped[Asset] = relationship(back_populates="versions", foreign_keys=[asset_id])
    created_by: Mapped[Person] = relationship(foreign_keys=[created_by_id])
    pages: Mapped[list[Page]] = relationship(
        back_populates="version", order_by="Page.number", cascade="all, delete-orphan"
    )


class Page(Model):
    """One slide or page of a version."""

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("version_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("asset_version.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    hidden: Mapped[bool] = mapped_column(default=False)
    width: Mapped[int | None]
    height: Mapped[int | None]
    preview_320: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the preview 320 px wide, in storage."""
    preview_1280: Mapped[str | None] = mapped_column(String(64))
    features: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    """What lineage compares: boxes, pictures, chart values."""

    version: Mapped[AssetVersion] = relationship(back_populates="pages")


class Collection(Model):
    """A named, ordered set of assets; with a query it fills itself."""

    __tablename__ = "collection"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[CollectionKind] = mapped_column(
        choice(CollectionKind, "kind"), default=CollectionKind.PERSONAL
    )
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    query: Mapped[str | None] = mapped_column(Text)
    """The search page's query string; null for a set put together by hand."""
    alert: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    sample: Mapped[bool] = mapped_column(default=False)

    owner: Mapped[Person] = relationship()
    items: Mapped[list[CollectionItem]] = relationship(
        cascade="all, delete-orphan", order_by="CollectionItem.position"
    )


class CollectionItem(Model):
    __tablename__ = "collection_item"

    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id"), primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), primary_key=True, index=True)
    position: Mapped[int]

    asset: Mapped[Asset] = relationship()

"""Links, what became of each opening, visits by page, packs, and copies made for a link."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collateral.accounts.models import Person
from collateral.assets.blobs import refer
from collateral.assets.models import Asset, AssetVersion
from collateral.clock import now
from collateral.db import Model, choice
from collateral.deals.models import Deal

COLOUR, KEEP_DAYS = "#0b6570", 365
"""How links look, and for how many days visits are kept, until somebody says otherwise."""


class Outcome(StrEnum):
    """What became of one opening of a link."""

    VISIT = "visit"
    SILENT = "silent"
    """The page was sent, and nobody has given a sign of reading it."""
    GATE = "gate"
    """It came no further than the passcode or the e-mail."""
    ASKED = "asked"
    """The reader asked that this visit be not recorded."""
    OWN_TEAM = "own_team"
    PREFETCH = "prefetch"
    PREVIEW = "preview"
    SCANNER = "scanner"
    ROBOT = "robot"


class CopyKind(StrEnum):
    PICTURES = "pictures"
    FILE = "file"


class CopyState(StrEnum):
    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class Pack(Model):
    """Pages and whole assets in an order, for one PDF or one link."""

    __tablename__ = "pack"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deal.id"), index=True)
    follows: Mapped[bool] = mapped_column(default=True)
    """Whether it shows the current versions; else those that were put into it."""
    cover: Mapped[bool] = mapped_column(default=False)
    contents: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)

    owner: Mapped[Person] = relationship()
    deal: Mapped[Deal | None] = relationship()
    items: Mapped[list[PackItem]] = relationship(
        cascade="all, delete-orphan", order_by="PackItem.position, PackItem.id"
    )


class PackItem(Model):
    """A whole asset, or one page of it, as it was when it was put in."""

    __tablename__ = "pack_item"
    __table_args__ = (CheckConstraint("page is null or page > 0", name="page_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pack_id: Mapped[int] = mapped_column(ForeignKey("pack.id"), index=True)
    position: Mapped[int]
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("asset_version.id"))
    page: Mapped[int | None]

    asset: Mapped[Asset] = relationship()
    version: Mapped[AssetVersion] = relationship()


class Share(Model):
    """A tracked link. The address holds a token of 256 bits; only its hash stands here."""

    __tablename__ = "share"
    __table_args__ = (CheckConstraint("gate > 0", name="gate_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    """Who made it; whether it opens hangs on what she may do now."""
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deal.id"), index=True)
    pack_id: Mapped[int | None] = mapped_column(ForeignKey("pack.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(200))
    recipient_email: Mapped[str] = mapped_column(String(254), default="")
    expires_at: Mapped[datetime | None]
    passcode_hash: Mapped[str | None] = mapped_column(String(255))
    email_gate: Mapped[bool] = mapped_column(default=False)
    allowed: Mapped[list[str]] = mapped_column(default=list)
    """Addresses ("anna@hollis.example") and domains ("hollis.example") that the gate lets in."""
    download: Mapped[bool] = mapped_column(default=False)
    watermark: Mapped[bool] = mapped_column(default=False)
    gate: Mapped[int] = mapped_column(default=1)
    """Raised with each new address: who got in before has to get in anew."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    visited_at: Mapped[datetime | None]
    """When a buyer first read something of it."""

    maker: Mapped[Person] = relationship(foreign_keys=[person_id])
    deal: Mapped[Deal | None] = relationship()
    pack: Mapped[Pack | None] = relationship()
    items: Mapped[list[ShareItem]] = relationship(
        cascade="all, delete-orphan", order_by="ShareItem.position"
    )


class ShareItem(Model):
    """An asset of the link; a link to a pack has none of its own."""

    __tablename__ = "share_item"

    share_id: Mapped[int] = mapped_column(ForeignKey("share.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)

    asset: Mapped[Asset] = relationship()


class Seen(Model):
    """A buyer has read something of this asset by this link; said of the deal once."""

    __tablename__ = "share_seen"

    share_id: Mapped[int] = mapped_column(ForeignKey("share.id"), primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), primary_key=True, index=True)
    at: Mapped[datetime]


class Visit(Model):
    """One reading of the opened link. `outcome` is `visit` where it counts."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_share_started", "share_id", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("share.id"))
    visitor: Mapped[str] = mapped_column(String(64))
    """A browser on this link, by a hash that says nothing on any other link."""
    email: Mapped[str] = mapped_column(String(254), default="")
    """What the reader proved at the e-mail gate."""
    device: Mapped[str] = mapped_column(String(20), default="")
    """phone, tablet, computer, or empty."""
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    seconds: Mapped[float] = mapped_column(default=0.0)
    downloads: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"), default=Outcome.VISIT)

    share: Mapped[Share] = relationship()
    pages: Mapped[list[VisitPage]] = relationship(
        cascade="all, delete-orphan", order_by="VisitPage.asset_id, VisitPage.page"
    )


class VisitPage(Model):
    """Seconds for which one page stood before the reader's eyes."""

    __tablename__ = "visit_page"

    visit_id: Mapped[int] = mapped_column(
        ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True
    )
    version_id: Mapped[int] = mapped_column(ForeignKey("asset_version.id"), primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    seconds: Mapped[float] = mapped_column(default=0.0)


class Opening(Model):
    """One request for the link's page and what became of it; no visit by itself."""

    __tablename__ = "share_opening"
    __table_args__ = (
        Index("ix_share_opening_share_at", "share_id", "at"),
        Index("ix_share_opening_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("share.id"))
    at: Mapped[datetime]
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"))
    program: Mapped[str] = mapped_column(String(120), default="")
    """What the request called itself, cut short."""
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id", ondelete="SET NULL"))


class GateCode(Model):
    """A code on its way to an address that wants in; both only as keyed hashes."""

    __tablename__ = "share_code"
    __table_args__ = (Index("ix_share_code_share_address", "share_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("share.id"))
    address: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class Copy(Model):
    """Pictures or a file made for a link or a pack, by a job in a confined child."""

    __tablename__ = "share_copy"
    __table_args__ = (
        CheckConstraint("state <> 'failed' or error is not null", name="failed_says_why"),
        CheckConstraint(
            "state <> 'ready' or kind <> 'file' or sha256 is not null", name="ready_has_a_file"
        ),
        # Nothing reads or writes it any more, so that the version after this one can drop it
        # while this one still runs.
        Column("pages_made", Integer, nullable=False, server_default="0"),
    )
    __mapper_args__ = {"exclude_properties": ["pages_made"]}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """The hash of all that it is made of: the same copy is made once."""
    kind: Mapped[CopyKind] = mapped_column(choice(CopyKind, "kind"))
    state: Mapped[CopyState] = mapped_column(
        choice(CopyState, "state"), default=CopyState.WAITING, index=True
    )
    share_id: Mapped[int | None] = mapped_column(ForeignKey("share.id"), index=True)
    pack_id: Mapped[int | None] = mapped_column(ForeignKey("pack.id"), index=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("asset_version.id"))
    position: Mapped[int] = mapped_column(default=1)
    """Which part of the link a file is of."""
    mark: Mapped[str] = mapped_column(String(300), default="")
    """For whom; the moment is put beside it when it is made."""
    error: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))
    bytes: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    made_at: Mapped[datetime | None]

    pages: Mapped[list[CopyPage]] = relationship(
        cascade="all, delete-orphan", order_by="CopyPage.number"
    )


class CopyPage(Model):
    """A page's pictures with the mark burnt in."""

    __tablename__ = "share_copy_page"

    copy_id: Mapped[int] = mapped_column(
        ForeignKey("share_copy.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    preview_320: Mapped[str] = mapped_column(String(64))
    preview_1280: Mapped[str] = mapped_column(String(64))


class LinkSettings(Model):
    """How links look to buyers and how long visits are kept; one row."""

    __tablename__ = "link_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("keep_days between 1 and 3650", name="keep_days_sensible"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    company: Mapped[str] = mapped_column(String(100), default="")
    colour: Mapped[str] = mapped_column(String(7), default=COLOUR)
    keep_days: Mapped[int] = mapped_column(default=KEEP_DAYS)
    """Days for which visits and openings are kept."""


refer(Copy.sha256, CopyPage.preview_320, CopyPage.preview_1280)

"""Who may send deals and what came of each message; CRMs that are fetched from, run by run."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collateral.accounts.models import Person
from collateral.clock import now
from collateral.db import Model, choice


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


class Crm(StrEnum):
    """Which CRM it is; also the source under which its deals are known, as those of its files."""

    SALESFORCE = "salesforce"
    HUBSPOT = "hubspot"


class Connection(Model):
    """A CRM whose deals are fetched; one of each kind."""

    __tablename__ = "crm_connection"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Crm] = mapped_column(choice(Crm, "kind"), unique=True)
    address: Mapped[str] = mapped_column(String(300))
    sealed: Mapped[str] = mapped_column(Text)
    """Its secrets, encrypted under the installation's; see `sealing`."""
    active: Mapped[bool] = mapped_column(default=False)
    """Whether it is fetched from by itself, every quarter of an hour."""
    writes_since: Mapped[datetime | None]
    """Uses and visits since then are written back as notes; null where that is off."""
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Our field to the CRM's."""
    stages: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The CRM's stage, in lower case, to a slug of ours, or to "won" or "lost"."""
    currency: Mapped[str | None] = mapped_column(String(3))
    """Of amounts without one."""
    reached: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How far the CRM's changes are in, by what is read; kept with the rows of each page."""
    sample: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The CRM's fields and stages and a few of its deals, for the page of fields."""
    claimed_at: Mapped[datetime | None]
    """When the run that is under way last did something."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def source(self) -> str:
        """Under which its deals are known."""
        return self.kind.value


class RunState(StrEnum):
    """How a run stands; one that died is told to have failed when the next begins."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class SyncRun(Model):
    """One fetch from a CRM and what became of it."""

    __tablename__ = "crm_run"
    __table_args__ = (
        Index("ix_crm_run_connection_id", "connection_id", "id"),
        CheckConstraint("state <> 'failed' or error is not null", name="failed_says_why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("crm_connection.id", ondelete="CASCADE"))
    state: Mapped[RunState] = mapped_column(choice(RunState, "state"), default=RunState.RUNNING)
    whole: Mapped[bool] = mapped_column(default=False)
    """Whether all deals were to be read, not only what changed."""
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    gone: Mapped[int] = mapped_column(default=0)
    merged: Mapped[int] = mapped_column(default=0)
    notes: Mapped[int] = mapped_column(default=0)
    """Written into the CRM."""
    calls: Mapped[int] = mapped_column(default=0)
    waits: Mapped[int] = mapped_column(default=0)
    """How often it had to wait before it asked again."""
    waited: Mapped[float] = mapped_column(default=0.0)
    """For how many seconds in all."""

    @property
    def read(self) -> int:
        """Deals that came from the CRM, whatever became of them."""
        return self.new + self.changed + self.unchanged + self.refused


class SyncRow(Model):
    """A deal that a run refused, and why."""

    __tablename__ = "crm_run_row"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("crm_run.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    external_id: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(300), default="")
    why: Mapped[str] = mapped_column(Text)


class NoteKind(StrEnum):
    """What a note tells of."""

    USE = "use"
    VISIT = "visit"


class NoteState(StrEnum):
    """Whether a note stands in the CRM."""

    TRYING = "trying"
    """It may stand in the CRM already: it is looked for before it is written again."""
    WRITTEN = "written"
    REFUSED = "refused"


class CrmNote(Model):
    """A note of ours in the CRM, of a use or a visit; once for each."""

    __tablename__ = "crm_note"
    __table_args__ = (UniqueConstraint("connection_id", "kind", "about"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("crm_connection.id", ondelete="CASCADE"))
    kind: Mapped[NoteKind] = mapped_column(choice(NoteKind, "kind"))
    about: Mapped[int]
    """The use's or the visit's id."""
    state: Mapped[NoteState] = mapped_column(choice(NoteState, "state"), default=NoteState.TRYING)
    remote_id: Mapped[str] = mapped_column(String(100), default="")
    at: Mapped[datetime]

"""The steps in which a request that is taken on is produced."""

from __future__ import annotations

from datetime import date, datetime
from enum import IntEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collateral.accounts.models import Person
from collateral.db import Model
from collateral.requests.models import Request


class StepKind(IntEnum):
    """The steps by their number: one begins when the one before is done."""

    BRIEF = 1
    DRAFT = 2
    REVIEW = 3
    APPROVAL = 4
    PUBLICATION = 5
    """Done by answering with the asset; its assignee and day are the request's."""


class ProductionStep(Model):
    """One step of a request, with who does it by which day."""

    __tablename__ = "production_step"
    __table_args__ = (
        UniqueConstraint("request_id", "number"),
        CheckConstraint("number between 1 and 5", name="one_of_five"),
        CheckConstraint("(done_at is null) = (done_by_id is null)", name="done_by_somebody"),
        Index(
            "ix_production_step_waiting",
            "assignee_id",
            "due_on",
            sqlite_where=text("done_at is null"),
            postgresql_where=text("done_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    number: Mapped[int]
    assignee_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date]
    began_at: Mapped[datetime]
    """When the request was taken on, which all of its steps share."""
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    request: Mapped[Request] = relationship()
    assignee: Mapped[Person] = relationship(foreign_keys=assignee_id)
    done_by: Mapped[Person | None] = relationship(foreign_keys=done_by_id)

    @property
    def kind(self) -> StepKind:
        return StepKind(self.number)

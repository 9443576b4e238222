"""Sums of searches, ways from sign-in to download, saved views, and reports sent by mail."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collateral.accounts.models import Person
from collateral.clock import now
from collateral.db import Model, choice
from collateral.usage.models import Span


class SearchSum(Model):
    """How often words were searched for in a day or a month, by people of one set of teams.

    `words` is "" for all searches together. The people stand as ids, so that those of
    several days can be counted once.
    """

    __tablename__ = "search_sum"
    __table_args__ = ({"sqlite_with_rowid": False},)

    span: Mapped[Span] = mapped_column(choice(Span, "span"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(String(250), primary_key=True)
    team_set_id: Mapped[int] = mapped_column(ForeignKey("team_set.id"), primary_key=True)
    searches: Mapped[int] = mapped_column(default=0)
    without_result: Mapped[int] = mapped_column(default=0)
    without_click: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    by: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Ids of people to their searches: {"all": {"3": 2}, "result": {"3": 1}, "click": {}}."""


class WordsSum(Model):
    """Words that led nowhere in a day or a month, of everybody's searches.

    Made of the rows of SearchSum. The month that runs has a row, too: what it says so far.
    """

    __tablename__ = "words_sum"
    __table_args__ = (
        Index(
            "ix_words_sum_most",
            "span",
            "day",
            "without_result",
            "without_click",
            sqlite_where=text("most"),
            postgresql_where=text("most"),
        ),
        {"sqlite_with_rowid": False},
    )

    span: Mapped[Span] = mapped_column(choice(Span, "span"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(String(250), primary_key=True)
    without_result: Mapped[int] = mapped_column(default=0)
    without_click: Mapped[int] = mapped_column(default=0)
    people_without_result: Mapped[str] = mapped_column(Text, default="")
    """Their ids, "3,7", so that those of several months can be counted once."""
    people_without_click: Mapped[str] = mapped_column(Text, default="")
    last_at: Mapped[datetime]
    most: Mapped[bool]
    """Whether they are among the hundred of that day or month in either list."""


class SearchesSummed(Model):
    """How far searches and ways to a download are summed. One row at most."""

    __tablename__ = "searches_summed"

    id: Mapped[int] = mapped_column(primary_key=True)
    before: Mapped[date]
    """The first day that is not summed."""
    joined: Mapped[date | None]
    """The same for everybody's words and the month that runs; None: to be made anew."""


class WayToDownload(Model):
    """From a sign-in to the first download in that browser, where it came within an hour."""

    __tablename__ = "way_to_download"
    __table_args__ = (Index("ix_way_to_download_day", "day", "team_set_id", "seconds"),)

    session_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    team_set_id: Mapped[int] = mapped_column(ForeignKey("team_set.id"))
    seconds: Mapped[int]


class SavedView(Model):
    """A report with its filters, under a name of a person's own."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(100))
    report: Mapped[str] = mapped_column(String(40))
    query: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The filters as the address has them."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class Rhythm(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class ReportSchedule(Model):
    """A report that goes to chosen people by mail; each gets what she herself may see."""

    __tablename__ = "report_schedule"
    __table_args__ = (
        CheckConstraint("weekday between 0 and 6", name="weekday_of_a_week"),
        CheckConstraint("hour between 0 and 23", name="hour_of_a_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    report: Mapped[str] = mapped_column(String(40))
    query: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rhythm: Mapped[Rhythm] = mapped_column(choice(Rhythm, "report_rhythm"))
    weekday: Mapped[int] = mapped_column(default=0)
    """0 is Monday; a monthly one comes on the first day of the month."""
    hour: Mapped[int] = mapped_column(default=7)
    created_at: Mapped[datetime] = mapped_column(default=now)

    owner: Mapped[Person] = relationship()
    readers: Mapped[list[ReportReader]] = relationship(
        back_populates="schedule", cascade="all, delete-orphan", passive_deletes=True
    )


class ReportReader(Model):
    """One person who gets it."""

    __tablename__ = "report_reader"

    schedule_id: Mapped[int] = mapped_column(
        ForeignKey("report_schedule.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    sent_at: Mapped[datetime]
    """The latest mail, or when she was chosen."""
    stopped_at: Mapped[datetime | None]
    """When she ended it."""

    schedule: Mapped[ReportSchedule] = relationship(back_populates="readers")
    person: Mapped[Person] = relationship()

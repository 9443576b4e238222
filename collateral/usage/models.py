"""Events, uses, and the sums by day and month that screens read."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetVersion
from collateral.clock import now
from collateral.db import Model, choice
from collateral.deals.models import Deal
from collateral.usage.partitions import ByMonth, the_rest

BigId = BigInteger().with_variant(Integer(), "sqlite")


class EventKind(StrEnum):
    SHOWN = "shown"
    VIEWED = "viewed"
    DOWNLOADED = "downloaded"
    SHARED = "shared"
    OPENED = "opened"


class LeftOut(StrEnum):
    """Why an event that is no double click counts for nothing."""

    ROBOT = "robot"
    OWN_TEAM = "own_team"
    WITHDRAWN = "withdrawn"


class Evidence(StrEnum):
    OBSERVED = "observed"
    DECLARED = "declared"
    INFERRED = "inferred"


class Level(StrEnum):
    """What a sum is about. A family bears the id of the asset that it began with; all that
    its adaptations do is noted for that asset, so its sums are the asset's, kept once."""

    VERSION = "version"
    ASSET = "asset"
    FAMILY = "family"


class Event(Model):
    """One happening, appended as it came. Only `kept` and `left_out` are ever set anew.

    On PostgreSQL there is a table for each month (see partitions.py): nothing refers to an
    event by a foreign key, and its keys hold its day.
    """

    __tablename__ = "event"
    __table_args__ = (
        ByMonth("id"),
        Index(
            "uq_event_key",
            "key",
            "at",
            "day",
            unique=True,
            sqlite_where=text("key is not null"),
            postgresql_where=text("key is not null"),
        ),
        Index(
            "ix_event_who_kind_at_kept",
            "who",
            "kind",
            "at",
            "day",
            "kept",
            sqlite_where=text("left_out is null"),
            postgresql_where=text("left_out is null"),
        ),
        Index(
            "ix_event_left_out",
            "who",
            "kind",
            "at",
            sqlite_where=text("left_out is not null"),
            postgresql_where=text("left_out is not null"),
        ),
        Index("ix_event_asset_day", "asset_id", "day"),
        Index("ix_event_day", "day"),
        Index(
            "ix_event_deal",
            "deal_id",
            sqlite_where=text("deal_id is not null"),
            postgresql_where=text("deal_id is not null"),
        ),
        {"postgresql_partition_by": "RANGE (day)", "listeners": [("after_create", the_rest)]},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str | None] = mapped_column(String(64))
    """Of what was brought from elsewhere: the same line twice is one event."""
    at: Mapped[datetime]
    day: Mapped[date] = mapped_column()
    """The day on which it counts, in the installation's time zone."""
    kind: Mapped[EventKind] = mapped_column(choice(EventKind, "kind"))
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("asset_version.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    who: Mapped[str] = mapped_column(String(80))
    """"p12" for a person, "v…" for a visitor of a share: whose double clicks these are."""
    session: Mapped[str] = mapped_column(String(160))
    """The session that it is unique in; see rules.session_key."""
    team_set_id: Mapped[int] = mapped_column(ForeignKey("team_set.id"))
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deal.id"))
    search_id: Mapped[int | None] = mapped_column(BigId)
    left_out: Mapped[LeftOut | None] = mapped_column(choice(LeftOut, "left_out"))
    kept: Mapped[bool]
    """Whether it counts: neither left out nor followed by its own double click."""

    version: Mapped[AssetVersion] = relationship()
    person: Mapped[Person | None] = relationship()

    # With the day PostgreSQL finds a row in its month.
    __mapper_args__ = {"primary_key": (id, day)}  # noqa: RUF012


class Use(Model):
    """An asset was used in a deal, at a stage, by a person; evidence says how that is known."""

    __tablename__ = "asset_use"
    __table_args__ = (
        Index(
            "uq_asset_use_once",
            "deal_id",
            "asset_id",
            "stage",
            "person_id",
            unique=True,
            sqlite_where=text("retracted_at is null"),
            postgresql_where=text("retracted_at is null"),
        ),
        Index(
            "ix_asset_use_counted",
            "day",
            "asset_id",
            "deal_id",
            "stage",
            "team_set_id",
            sqlite_where=text("retracted_at is null"),
            postgresql_where=text("retracted_at is null"),
        ),
        Index("ix_asset_use_asset_deal", "asset_id", "deal_id"),
        Index(
            "ix_asset_use_deal_day",
            "deal_id",
            "day",
            sqlite_where=text("retracted_at is null"),
            postgresql_where=text("retracted_at is null"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("asset_version.id"))
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    team_set_id: Mapped[int] = mapped_column(ForeignKey("team_set.id"))
    stage: Mapped[str] = mapped_column(String(80), default="")
    """Slug of the deal's stage at that moment; empty where it is not known."""
    at: Mapped[datetime]
    day: Mapped[date]
    evidence: Mapped[Evidence] = mapped_column(choice(Evidence, "evidence"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    retracted_at: Mapped[datetime | None]
    retracted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    retract_reason: Mapped[str | None] = mapped_column(Text)

    asset: Mapped[Asset] = relationship()
    deal: Mapped[Deal] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    retracted_by: Mapped[Person | None] = relationship(foreign_keys=[retracted_by_id])
    version: Mapped[AssetVersion | None] = relationship()


class Counted:
    """What is summed of events. Uniques are of their own level and never added up over levels."""

    shown: Mapped[int] = mapped_column(default=0)
    views: Mapped[int] = mapped_column(default=0)
    unique_views: Mapped[int] = mapped_column(default=0)
    downloads: Mapped[int] = mapped_column(default=0)
    unique_downloads: Mapped[int] = mapped_column(default=0)
    shares: Mapped[int] = mapped_column(default=0)
    opens: Mapped[int] = mapped_column(default=0)
    unique_opens: Mapped[int] = mapped_column(default=0)


class Summed(Counted):
    """The same with the uses."""

    uses: Mapped[int] = mapped_column(default=0, sort_order=1)


METRICS = (
    "shown",
    "views",
    "unique_views",
    "downloads",
    "unique_downloads",
    "shares",
    "opens",
    "unique_opens",
    "uses",
)


def _of_team_set() -> ForeignKeyConstraint:
    """What sums are kept by, known to both databases and checked by SQLite alone.

    PostgreSQL would look up the set for each row that is written: two fifths of a recount. What
    is summed names its set with a key of its own, and that is checked.
    """
    return ForeignKeyConstraint(["team_set_id"], ["team_set.id"]).ddl_if(dialect="sqlite")


class DailySum(Summed, Model):
    """The counts of one version, asset or family on one day, by one set of teams."""

    __tablename__ = "daily_sum"
    # No index by ref: it would cost more than half of every recount. Whoever asks for few
    # names their days one by one.
    __table_args__ = (_of_team_set(), {"sqlite_with_rowid": False})

    level: Mapped[Level] = mapped_column(choice(Level, "level"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    ref: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    team_set_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class MonthlySum(Summed, Model):
    """The same for a month, named by its first day: a year is read from twelve rows, not 365."""

    __tablename__ = "monthly_sum"
    __table_args__ = (
        _of_team_set(),
        Index("ix_monthly_sum_ref", "level", "ref", "day"),
        {"sqlite_with_rowid": False},
    )

    level: Mapped[Level] = mapped_column(choice(Level, "level"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    ref: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    team_set_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


OF_PEOPLE = ("views", "downloads")
"""What is summed by person, too."""


class Span(StrEnum):
    """What a row of people's sums is about."""

    DAY = "day"
    MONTH = "month"


class PersonSum(Model):
    """What one person did in a day or a month (named by its first day), as one set of teams."""

    __tablename__ = "person_sum"
    __table_args__ = ({"sqlite_with_rowid": False},)

    span: Mapped[Span] = mapped_column(choice(Span, "span"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    team_set_id: Mapped[int] = mapped_column(ForeignKey("team_set.id"), primary_key=True)
    views: Mapped[int] = mapped_column(default=0)
    downloads: Mapped[int] = mapped_column(default=0)


class Retention(Model):
    """Until which day the raw events were dropped. One row at most."""

    __tablename__ = "event_retention"

    id: Mapped[int] = mapped_column(primary_key=True)
    dropped_before: Mapped[date]

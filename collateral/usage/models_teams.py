"""The sets of teams that sums are kept by."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from collateral.db import Model


class TeamSet(Model):
    """The teams that somebody was in when something happened, as one key.

    Sums are kept by it: any choice of teams is then a sum over rows that do not overlap,
    though a person may be in several teams. Whoever is in none has a set of her own.
    """

    __tablename__ = "team_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(300), unique=True)
    """"3,7", "p12" for a person without a team, "" for nobody known."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)


class TeamSetMember(Model):
    __tablename__ = "team_set_member"

    team_set_id: Mapped[int] = mapped_column(ForeignKey("team_set.id"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True, index=True)

"""Which teams stand behind what somebody did, and which of them a reader may count."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, bindparam, or_, select, true

from collateral.accounts.models import Person, Team
from collateral.accounts.permissions import Permission, can
from collateral.db import db, read, upsert
from collateral.errors import NotFound
from collateral.usage.models_teams import TeamSet, TeamSetMember

_SET = select(TeamSet.id).where(TeamSet.key == bindparam("key"))


def key_of(person_id: int | None, team_ids: Iterable[int]) -> str:
    """The key of the set: "3,7", "p12" without a team, "" for nobody known."""
    key = ",".join(str(team_id) for team_id in sorted(team_ids))
    if len(key) > 300:
        return hashlib.sha256(key.encode()).hexdigest()
    return key or (f"p{person_id}" if person_id is not None else "")


def set_of(person: Person | None) -> int:
    """The id of the set of the teams that the person is in now; made where it is new."""
    if person is None:
        return set_for(None, frozenset())
    return set_for(person.id, person.team_ids)


def set_for(person_id: int | None, team_ids: frozenset[int]) -> int:
    """The same for ids."""
    key = key_of(person_id, team_ids)
    found: int | None = read(_SET, {"key": key}).scalar()
    if found is not None:
        return found
    db.session.execute(
        upsert(TeamSet)
        .values(key=key, person_id=None if team_ids else person_id)
        .on_conflict_do_nothing()
    )
    found = int(read(_SET, {"key": key}).scalar_one())
    if team_ids:
        db.session.execute(
            upsert(TeamSetMember).on_conflict_do_nothing(),
            [{"team_set_id": found, "team_id": team_id} for team_id in sorted(team_ids)],
        )
    return found


@dataclass(frozen=True)
class Scope:
    """Whose doing a reader may count: everybody's, or what teams and one person did."""

    everybody: bool
    team_ids: frozenset[int] = frozenset()
    person_id: int | None = None

    def covers(self, team_set_id: ColumnElement[int] | object) -> ColumnElement[bool]:
        """The condition that a column of a sum, event or use names a set within the scope."""
        if self.everybody:
            return true()
        column: ColumnElement[int] = team_set_id  # type: ignore[assignment]
        wanted = []
        if self.team_ids:
            wanted.append(
                select(TeamSetMember.team_set_id).where(TeamSetMember.team_id.in_(self.team_ids))
            )
        if self.person_id is not None:
            wanted.append(select(TeamSet.id).where(TeamSet.person_id == self.person_id))
        return or_(*(column.in_(query) for query in wanted)) if wanted else ~true()


def scope_of(reader: Person, team_id: int | None = None) -> Scope:
    """What the reader's numbers are made of.

    Args:
        team_id: of this team alone.

    Raises:
        NotFound: there is no such team for the reader.
    """
    reads_all = can(reader, Permission.REPORT_READ_ALL)
    if team_id is not None:
        if not reads_all and team_id not in reader.team_ids:
            raise NotFound(_("There is no such team."))
        if db.session.get(Team, team_id) is None:
            raise NotFound(_("There is no such team."))
        return Scope(False, frozenset({team_id}))
    if reads_all:
        return Scope(True)
    return Scope(False, reader.team_ids, reader.id)


def teams_for(reader: Person) -> list[Team]:
    """The teams that the reader may choose from, by name."""
    query = select(Team).order_by(Team.name)
    if not can(reader, Permission.REPORT_READ_ALL):
        query = query.where(Team.id.in_(reader.team_ids))
    return list(db.session.scalars(query))

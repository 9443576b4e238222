"""Reads of people, teams and the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from collateral.accounts.models import (
    ApiToken,
    AuditEntry,
    Person,
    PersonRole,
    Role,
    Team,
    TeamMember,
)
from collateral.db import db, lowered
from collateral.errors import NotFound

PAGE = 50


@dataclass(frozen=True)
class PeopleFilter:
    """What the list of people is narrowed to."""

    words: str = ""
    role: Role | None = None
    team_id: int | None = None
    active: bool | None = True


@dataclass(frozen=True)
class TrailFilter:
    """What the audit trail is narrowed to; the days are the reader's."""

    action: str = ""
    person_id: int | None = None
    kind: str = ""
    object_id: int | None = None
    since: date | None = None
    until: date | None = None


def get_person(person_id: int) -> Person:
    """Raises NotFound."""
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound(_("There is no such person."))
    return person


def by_email(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def people(wanted: PeopleFilter, page: int) -> tuple[list[Person], int]:
    """One page (from 1) of the people by name, and how many there are in all."""
    query = _narrowed(select(Person), wanted)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = db.session.scalars(
        query.order_by(func.lower(Person.name), Person.id).limit(PAGE).offset((page - 1) * PAGE)
    )
    return list(rows), total


def _narrowed(query: Select[Person], wanted: PeopleFilter) -> Select[Person]:
    for word in wanted.words.lower().split():
        query = query.where(
            or_(
                lowered(Person.name).contains(word, autoescape=True),
                Person.email.contains(word, autoescape=True),
            )
        )
    if wanted.role is not None:
        query = query.where(
            Person.id.in_(select(PersonRole.person_id).where(PersonRole.role == wanted.role))
        )
    if wanted.team_id is not None:
        query = query.where(
            Person.id.in_(select(TeamMember.person_id).where(TeamMember.team_id == wanted.team_id))
        )
    if wanted.active is not None:
        query = query.where(Person.active.is_(wanted.active))
    return query


def teams() -> list[Team]:
    """Every team, by name."""
    return list(db.session.scalars(select(Team).order_by(func.lower(Team.name))))


def team_sizes() -> dict[int, int]:
    """Members who can sign in, by team; a team without any is absent."""
    rows = db.session.execute(
        select(TeamMember.team_id, func.count())
        .join(Person, Person.id == TeamMember.person_id)
        .where(Person.active.is_(True))
        .group_by(TeamMember.team_id)
    )
    return {row[0]: row[1] for row in rows}


def get_team(team_id: int) -> Team:
    """Raises NotFound."""
    team = db.session.get(Team, team_id)
    if team is None:
        raise NotFound(_("There is no such team."))
    return team


def teams_named(ids: list[int]) -> list[Team]:
    """The teams of these numbers. Raises NotFound when one is missing."""
    found = list(db.session.scalars(select(Team).where(Team.id.in_(ids)).order_by(Team.name)))
    if len(found) != len(set(ids)):
        raise NotFound(_("There is no such team."))
    return found


def team_called(name: str) -> Team | None:
    """The team of that name, however it is spelt in upper and lower case."""
    return db.session.scalar(select(Team).where(lowered(Team.name) == name.strip().lower()))


def admins() -> int:
    """How many admins can sign in."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(PersonRole)
            .join(Person, Person.id == PersonRole.person_id)
            .where(PersonRole.role == Role.ADMIN, Person.active.is_(True))
        )
        or 0
    )


def tokens_of(person: Person) -> list[ApiToken]:
    """The person's API tokens that were not revoked, the newest first."""
    return list(
        db.session.scalars(
            select(ApiToken)
            .where(ApiToken.person_id == person.id, ApiToken.revoked_at.is_(None))
            .order_by(ApiToken.id.desc())
        )
    )


def trail(
    wanted: TrailFilter, zone: ZoneInfo, *, before: int | None = None
) -> tuple[list[AuditEntry], bool]:
    """Entries from the newest, older than the one numbered `before`; whether more follow."""
    query = select(AuditEntry).options(joinedload(AuditEntry.actor))
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.person_id is not None:
        query = query.where(AuditEntry.actor_id == wanted.person_id)
    if wanted.kind:
        query = query.where(AuditEntry.object_kind == wanted.kind)
    if wanted.object_id is not None:
        query = query.where(AuditEntry.object_id == wanted.object_id)
    if wanted.since:
        query = query.where(AuditEntry.at >= datetime.combine(wanted.since, time(), zone))
    if wanted.until:
        end = datetime.combine(wanted.until + timedelta(days=1), time(), zone)
        query = query.where(AuditEntry.at < end)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    rows = list(db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(PAGE + 1)))
    return rows[:PAGE], len(rows) > PAGE


def trail_actions() -> list[str]:
    """The actions that the trail knows of."""
    return list(db.session.scalars(select(AuditEntry.action).distinct().order_by("action")))


def trail_actors() -> list[Person]:
    """The people who stand in the trail."""
    ids = select(AuditEntry.actor_id).where(AuditEntry.actor_id.is_not(None)).distinct()
    return list(
        db.session.scalars(
            select(Person).where(Person.id.in_(ids)).order_by(func.lower(Person.name))
        )
    )

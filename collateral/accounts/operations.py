"""Changes of people and teams. Each stands in the audit trail, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import lazy_gettext as _
from sqlalchemy.exc import IntegrityError

from collateral.accounts import (
    audit,
    devices,
    one_time,
    passwords,
    queries,
    sessions,
    single_sign_on,
)
from collateral.accounts.cleaning import clean_email, clean_name
from collateral.accounts.models import Person, PersonRole, Role, Team
from collateral.db import db
from collateral.errors import CollateralError, Conflict, Invalid, WrongState

THEMES = ("system", "light", "dark")
LOCALES = ("en", "de")


def authenticate(email: str, password: str) -> Person | None:
    """The person, when the password is hers. Takes as long when nobody has that address."""
    person = queries.by_email(email) if email.isprintable() else None
    stored = person.password_hash if person and person.active else None
    if not passwords.verify(stored, password) or person is None or stored is None:
        return None
    if passwords.needs_rehash(stored):
        person.password_hash = passwords.hash_password(password)
    return person


def signed_in(person: Person, *, at: datetime, how: str) -> None:
    """Note that she did, and how: by `password`, by `link` or by `single sign-on`."""
    person.last_seen_at = at
    audit.record("person.signed_in", by=person, kind="person", id=person.id, how=how)


def add_person(
    email: str,
    name: str,
    roles: Iterable[Role],
    teams: Iterable[Team] = (),
    *,
    by: Person | None,
    password: str | None = None,
    time_zone: str = "UTC",
    locale: str = "en",
) -> Person:
    """A new person; without a password she chooses one through a link.

    Raises:
        Invalid: an address, role or password that cannot be taken; `fields` says which.
        Conflict: somebody has that address.
    """
    email = clean_email(email)
    wanted = _some_roles(roles)
    if queries.by_email(email):
        raise _taken(email)
    name = clean_name(name) or email.partition("@")[0]
    person = Person(email=email, name=name, time_zone=time_zone, locale=locale)
    person.role_rows = [PersonRole(role=role) for role in wanted]
    person.teams = list(teams)
    if password is not None:
        person.password_hash = _hash(person, password)
    db.session.add(person)
    _flush(_taken(email))  # the trail needs the id
    audit.record(
        "person.added",
        by=by,
        kind="person",
        id=person.id,
        email=email,
        roles=[role.value for role in wanted],
        teams=[team.name for team in person.teams],
    )
    return person


def invited(person: Person, *, by: Person) -> None:
    """Note that she was sent a link by which to sign in."""
    audit.record("person.invited", by=by, kind="person", id=person.id)


def change_roles(person: Person, roles: Iterable[Role], *, by: Person | None) -> bool:
    """Give exactly these roles; whether that changed anything.

    Everywhere she is signed in, she signs in again: a session never outlives the rights it
    began with.

    Raises:
        Invalid: no role at all.
        WrongState: nobody would be admin any more.
    """
    wanted, before = _some_roles(roles), sorted(person.roles)
    if wanted == before:
        return False
    person.role_rows = [row for row in person.role_rows if row.role in wanted] + [
        PersonRole(role=role) for role in wanted if role not in before
    ]
    sessions.end_all(person)
    audit.record(
        "person.roles_changed",
        by=by,
        kind="person",
        id=person.id,
        before=[role.value for role in before],
        after=[role.value for role in wanted],
    )
    if Role.ADMIN in before:
        _keep_an_admin()
    return True


def change_teams(person: Person, teams: Iterable[Team], *, by: Person | None) -> bool:
    """Put her into exactly these teams; whether that changed anything."""
    wanted = list(teams)
    before = [team.name for team in person.teams]
    if {team.id for team in wanted} == person.team_ids:
        return False
    person.teams = wanted
    audit.record(
        "person.teams_changed",
        by=by,
        kind="person",
        id=person.id,
        before=before,
        after=sorted(team.name for team in wanted),
    )
    return True


def change_profile(
    person: Person, *, name: str, time_zone: str, locale: str, theme: str | None = None
) -> None:
    """Raises Invalid; `fields` says which."""
    if not clean_name(name):
        raise Invalid(_("A person needs a name."), fields={"name": _("A person needs a name.")})
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        sentence = _("There is no such time zone.")
        raise Invalid(sentence, fields={"time_zone": sentence}) from error
    if locale not in LOCALES:
        sentence = _("There is no such language.")
        raise Invalid(sentence, fields={"locale": sentence})
    person.name, person.time_zone, person.locale = clean_name(name), time_zone, locale
    if theme is not None:
        change_theme(person, theme)


def change_theme(person: Person, theme: str) -> None:
    """Raises Invalid."""
    if theme not in THEMES:
        raise Invalid(
            _("A theme is system, light or dark."), fields={"theme": _("Choose one of three.")}
        )
    person.theme = theme


def set_password(person: Person, password: str, *, by: Person | None) -> None:
    """A new password. Every session, known browser and open link of hers is over.

    Raises:
        Invalid: the password cannot be taken; `fields["password"]` says why.
    """
    person.password_hash = _hash(person, password)
    sessions.end_all(person)
    devices.forget_all(person)
    one_time.revoke_all(person)
    audit.record("person.password_changed", by=by, kind="person", id=person.id)


def switch_off(person: Person, *, by: Person | None) -> None:
    """She cannot sign in any more, nor can her tokens; all she did stays.

    Raises:
        WrongState: she does it to herself, or nobody would be admin any more.
    """
    if by is not None and by.id == person.id:
        raise WrongState(_("Nobody can switch off their own account. Ask another admin."))
    if not person.active:
        return
    person.active = False
    sessions.end_all(person)
    devices.forget_all(person)
    one_time.revoke_all(person)
    single_sign_on.forget_all(person)
    audit.record("person.switched_off", by=by, kind="person", id=person.id)
    if Role.ADMIN in person.roles:
        _keep_an_admin()


def switch_on(person: Person, *, by: Person | None) -> None:
    """She can sign in again, with the password that she had."""
    if not person.active:
        person.active = True
        audit.record("person.switched_on", by=by, kind="person", id=person.id)


def add_team(name: str, region: str | None = None, *, by: Person | None) -> Team:
    """Raises Invalid, or Conflict when there is one of that name."""
    team = Team(name=_team_name(name), region=_region(region))
    if queries.team_called(team.name):
        raise _team_exists(team.name)
    conflict = _team_exists(team.name)
    db.session.add(team)
    _flush(conflict)  # the trail needs the id
    audit.record("team.added", by=by, kind="team", id=team.id, name=team.name)
    return team


def change_team(team: Team, *, name: str, region: str | None, by: Person | None) -> None:
    """Raises Invalid, or Conflict when another one has that name."""
    name, region = _team_name(name), _region(region)
    other = queries.team_called(name)
    if other is not None and other.id != team.id:
        raise _team_exists(name)
    if (name, region) == (team.name, team.region):
        return
    before = team.name
    team.name, team.region = name, region
    _flush(_team_exists(name))
    audit.record("team.changed", by=by, kind="team", id=team.id, before=before, after=name)


def remove_team(team: Team, *, by: Person | None) -> None:
    """Raises WrongState while anybody or anything belongs to it."""
    if team.members:
        raise WrongState(
            _("“%(name)s” still has members. Move them to other teams first.", name=team.name)
        )
    name = team.name
    audit.record("team.removed", by=by, kind="team", id=team.id, name=name)
    db.session.delete(team)
    sentence = _(
        "Assets or deals still belong to “%(name)s”. Move them to other teams first.", name=name
    )
    _flush(WrongState(sentence))  # what else belongs to it, only the database knows here


def _flush(otherwise: CollateralError) -> None:
    """Have the database judge, which alone knows who of two at once was first."""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise otherwise from error


def _some_roles(roles: Iterable[Role]) -> list[Role]:
    wanted = sorted(set(roles))
    if not wanted:
        sentence = _("A person needs at least one role.")
        raise Invalid(sentence, fields={"roles": sentence})
    return wanted


def _hash(person: Person, password: str) -> str:
    problem = passwords.problem(password, email=person.email, name=person.name)
    if problem:
        raise Invalid(problem, fields={"password": problem})
    return passwords.hash_password(password)


def _keep_an_admin() -> None:
    # Asked after the trail was written: from there on, nobody else changes roles.
    db.session.flush()  # the count must see the change
    if not queries.admins():
        raise WrongState(_("The library needs an admin. Make somebody else admin first."))


def _team_name(name: str) -> str:
    name = clean_name(name)[:100]
    if not name:
        raise Invalid(_("A team needs a name."), fields={"name": _("A team needs a name.")})
    return name


def _region(region: str | None) -> str | None:
    return clean_name(region or "")[:100] or None


def _taken(email: str) -> Conflict:
    return Conflict(
        _("Somebody has the address %(email)s already.", email=email),
        fields={"email": _("Somebody has this address already.")},
    )


def _team_exists(name: str) -> Conflict:
    sentence = _("There is a team “%(name)s” already.", name=name)
    return Conflict(sentence, fields={"name": sentence})

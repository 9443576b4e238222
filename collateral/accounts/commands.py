"""`collateral init`, `user add`, `token create`, `audit verify`."""

from __future__ import annotations

import sys
from datetime import timedelta

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from collateral.accounts import audit, one_time, operations, queries, tokens
from collateral.accounts.cleaning import clean_email
from collateral.accounts.models import Person, Role, Team, TokenPurpose
from collateral.clock import now
from collateral.config import Settings
from collateral.db import db
from collateral.errors import Conflict, NotFound
from collateral.serve import migrate_database

ROLES = click.Choice([role.value for role in Role])


@click.command()
@click.option("--admin", "email", required=True, metavar="EMAIL", help="Who looks after it.")
@click.option("--name", default="", help="The admin's name; else taken from the address.")
@with_appcontext
def init(email: str, name: str) -> None:
    """Make the tables and an admin; print a link that signs the admin in once.

    Safe to run again: an address that is known is made admin and gets a new link.
    """
    migrate_database()
    person = queries.by_email(clean_email(email))
    if person is None:
        person = operations.add_person(
            email, name, [Role.ADMIN], by=None, time_zone=_settings().time_zone
        )
    else:
        operations.switch_on(person, by=None)
        operations.change_roles(person, {*person.roles, Role.ADMIN}, by=None)
    link = _link(person)
    db.session.commit()
    click.echo(link)


user = AppGroup("user", help="People.")


@user.command("add")
@click.argument("email")
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help="May be repeated.")
@click.option("--team", "team_names", multiple=True, help="May be repeated; made when new.")
@click.option("--name", default="", help="Else taken from the address.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(
    email: str,
    roles: tuple[str, ...],
    team_names: tuple[str, ...],
    name: str,
    password_stdin: bool,
) -> None:
    """Add somebody; without a password, print a link that signs them in once."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    person = operations.add_person(
        email,
        name,
        [Role(role) for role in roles],
        [_team(name) for name in dict.fromkeys(team_names)],
        by=None,
        password=password,
        time_zone=_settings().time_zone,
    )
    link = _link(person) if password is None else None
    db.session.commit()
    click.echo(link or f"{person.email} is added.")


token = AppGroup("token", help="Tokens for the API.")


@token.command("create")
@click.argument("email")
@click.option("--scopes", required=True, help="read, write, admin, joined by commas.")
@click.option("--name", default="Command line", show_default=True, help="What it is for.")
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 366))
def create(email: str, scopes: str, name: str, days: int) -> None:
    """Make a token that acts as this person; print it and nothing else."""
    person = queries.by_email(email)
    if person is None or not person.active:
        raise NotFound(f"Nobody with the address {email} can sign in.")
    wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    _row, text = tokens.create(
        person, name, wanted, by=None, at=now(), lifetime=timedelta(days=days)
    )
    db.session.commit()
    click.echo(text)


trail = AppGroup("audit", help="The audit trail.")


@trail.command("verify")
@click.option("--head", metavar="HASH", help="A head printed earlier, which must still stand.")
def verify(head: str | None) -> None:
    """Go through the trail; fails where an entry was changed, slipped in or taken out.

    Keep the printed head elsewhere: with --head it shows a trail that was cut short.
    """
    found = audit.verify(head)
    if found.broken is not None:
        raise Conflict(f"The audit trail is broken at entry {found.broken}.")
    if not found.found:
        raise Conflict("The head that was given is not in the audit trail: it was cut short.")
    click.echo(f"{found.entries} entries, none changed.")
    click.echo(f"head {found.head}")


def _link(person: Person) -> str:
    text = one_time.issue(TokenPurpose.SIGN_IN, person, at=now())
    return one_time.address(_settings().base_url, TokenPurpose.SIGN_IN, text)


def _team(name: str) -> Team:
    found = queries.team_called(name)
    if found is None:
        found = operations.add_team(name, by=None)
        click.echo(f"The team {found.name} is new.", err=True)
    return found


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


commands = [init, user, token, trail]

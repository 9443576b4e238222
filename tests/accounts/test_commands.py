"""The command line of accounts."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from collateral import create_app
from collateral.accounts import audit, operations, queries, tokens
from collateral.accounts.commands import init, token, trail, user
from collateral.accounts.models import Role
from collateral.clock import now
from collateral.db import db
from collateral.errors import CollateralError
from tests.accounts.people import PASSWORD, csrf_of, is_signed_in, link_in
from tests.conftest import make_settings
from tests.factories import make_person
from tests.support import Browser


def run(app: Flask, command: object, *arguments: str, typed: str = "") -> Result:
    result = app.test_cli_runner().invoke(command, list(arguments), input=typed)
    db.session.expire_all()
    return result


def test_init_makes_tables_and_an_admin_and_prints_a_link(tmp_path: Path) -> None:
    fresh = create_app(make_settings(tmp_path / "fresh"))
    fresh.test_client_class = Browser
    with fresh.app_context():
        result = run(fresh, init, "--admin", "karim@kelvane.example")
        assert result.exit_code == 0, result.output
        person = queries.by_email("karim@kelvane.example")
        assert person is not None
        assert person.roles == {Role.ADMIN}
        client = fresh.test_client()
        link = link_in(result.stdout)
        data = {"csrf_token": csrf_of(client, link), "password": PASSWORD}
        assert client.post(link, data=data).status_code == 303
        assert is_signed_in(client)
        again = run(fresh, init, "--admin", "karim@kelvane.example")
        assert again.exit_code == 0
        assert link_in(again.stdout) != link
        db.session.remove()
        db.engine.dispose()


def test_user_add_takes_the_password_from_standard_input(app: Flask) -> None:
    arguments = ("add", "maja@kelvane.example", "--role", "rep", "--role", "manager")
    teams = ("--team", "North", "--team", "Key accounts", "--password-stdin")
    result = run(app, user, *arguments, *teams, typed=PASSWORD + "\n")
    assert result.exit_code == 0, result.output
    person = operations.authenticate("maja@kelvane.example", PASSWORD)
    assert person is not None
    assert person.roles == {Role.REP, Role.MANAGER}
    assert [team.name for team in person.teams] == ["Key accounts", "North"]
    other = ("add", "otto@kelvane.example", "--role", "rep", "--team", "north", "--password-stdin")
    assert run(app, user, *other, typed=PASSWORD).exit_code == 0
    assert len(queries.teams()) == 2


def test_user_add_without_a_password_prints_a_link(app: Flask) -> None:
    result = run(app, user, "add", "maja@kelvane.example", "--role", "rep")
    assert "/sign-in/link/" in link_in(result.stdout)


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        (("add", "maja@kelvane.example", "--role", "rep", "--password-stdin"), "short\n"),
        (("add", "maja@kelvane.example", "--role", "rep", "--password-stdin"), ""),
        (("add", "nobody", "--role", "rep"), ""),
        (("add", "taken@kelvane.example", "--role", "rep"), ""),
    ],
)
def test_user_add_that_cannot_be_says_why(
    app: Flask, arguments: tuple[str, ...], typed: str
) -> None:
    make_person(email="taken@kelvane.example")
    result = run(app, user, *arguments, typed=typed)
    assert result.exit_code != 0
    assert isinstance(result.exception, CollateralError)
    db.session.rollback()
    assert queries.people(queries.PeopleFilter(), 1)[1] == 1


def test_token_create_prints_the_token_and_nothing_else(app: Flask) -> None:
    person = make_person(Role.MARKETER)
    result = run(app, token, "create", person.email, "--scopes", "read, write")
    assert result.exit_code == 0, result.output
    text = result.output.removesuffix("\n")
    found = tokens.find(text, at=now())
    assert found is not None
    assert (found.person_id, sorted(found.scopes)) == (person.id, ["read", "write"])


@pytest.mark.parametrize("scopes", ["", "king", "admin"])
def test_token_create_refuses_scopes_that_may_not_be(app: Flask, scopes: str) -> None:
    person = make_person(Role.REP)
    assert run(app, token, "create", person.email, "--scopes", scopes).exit_code != 0


def test_t29_audit_verify_finds_a_whole_trail_whole(app: Flask) -> None:
    audit.record("asset.retired", by=make_person(), kind="asset", id=1)
    db.session.commit()
    result = run(app, trail, "verify")
    assert result.exit_code == 0
    assert "1 entries, none changed." in result.output
    head = result.output.split()[-1]
    assert run(app, trail, "verify", "--head", head).exit_code == 0


def test_t29_audit_verify_fails_where_the_trail_was_changed(app: Flask) -> None:
    from tests.accounts.test_audit import without_protection, write_entries

    write_entries()
    without_protection("update audit_entry set action = 'x' where id = 2")
    result = run(app, trail, "verify")
    assert result.exit_code != 0
    assert "entry 2" in str(result.exception)
    assert run(app, trail, "verify", "--head", "0f" * 32).exit_code != 0

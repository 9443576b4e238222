"""Every route, every role, every kind of object: nobody gets what the matrix does not say.

Rows 7 and 28 of the threats. A route without an entry fails here; see matrix.py.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from collateral import create_app
from collateral.accounts import tokens
from collateral.accounts.guard import PUBLIC as ANYBODY
from collateral.accounts.guard import TOKEN, permission_of
from collateral.accounts.models import Person, Role
from collateral.accounts.permissions import Permission
from collateral.clock import now
from collateral.db import db
from tests.accounts import arranged
from tests.accounts.matrix import FILE, MATRIX, PUBLIC, ROLES, Entry
from tests.accounts.people import csrf_of
from tests.conftest import COMPILED_TEMPLATES, make_settings
from tests.databases import copy_of
from tests.factories import make_person, make_team
from tests.support import Browser, Visitor

# What stands in an address of these kinds decides who may see it.
KIND_OF_ARGUMENT = {
    "asset_id": "asset",
    "collection_id": "collection",
    "deal_id": "deal",
    "use_id": "use",
    "share_id": "share",
    "pack_id": "pack",
    "notice_id": "notice",
    "token_id": "token",
}


def routes(app: Flask) -> dict[str, str]:
    """Method and address of every route, and its endpoint."""
    return {
        f"{method} {rule.rule}": rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def entries(route: str) -> tuple[Entry, ...]:
    found = MATRIX[route]
    return found if isinstance(found, tuple) else (found,)


def without_permission(app: Flask) -> list[str]:
    return sorted(
        route
        for route, endpoint in routes(app).items()
        if not isinstance(permission_of(endpoint), Permission)
        and permission_of(endpoint) not in (ANYBODY, TOKEN)
    )


def without_entry(app: Flask) -> list[str]:
    return sorted(routes(app).keys() - MATRIX.keys())


def test_t07_every_route_names_who_may_enter(app: Flask) -> None:
    nameless = without_permission(app)
    assert not nameless, (
        f"{', '.join(nameless)}: mark the view with @requires(Permission.…), @public "
        "or @token_only; without one it answers nobody."
    )


def test_t07_every_route_has_an_entry_in_the_matrix(app: Flask) -> None:
    missing = without_entry(app)
    assert not missing, (
        f"{', '.join(missing)} has no entry in tests/accounts/matrix.py. Add one line that says "
        'who gets in, such as: "GET /deals/import": roles(MANAGEMENT),'
    )


def test_the_matrix_speaks_of_no_route_that_is_gone(app: Flask) -> None:
    gone = sorted(MATRIX.keys() - routes(app).keys())
    assert not gone, f"{', '.join(gone)} stands in tests/accounts/matrix.py but is no route."


def test_t07_a_route_to_an_object_says_who_sees_which(app: Flask) -> None:
    for route in MATRIX:
        for argument, kind in KIND_OF_ARGUMENT.items():
            if f":{argument}>" in route:
                kinds = [entry.kind for entry in entries(route)]
                assert kind in kinds, f"{route} must have an entry of the kind {kind}."
        for entry in entries(route):
            for outcome in entry.outcomes.values():
                assert re.fullmatch(r"[yx-]{4}", outcome), f"{route}: {outcome} is no outcome."


def test_public_routes_are_those_that_the_matrix_calls_public(app: Flask) -> None:
    marked = {
        route for route, endpoint in routes(app).items() if permission_of(endpoint) == ANYBODY
    }
    said = {route for route, entry in MATRIX.items() if entry is PUBLIC}
    assert marked & MATRIX.keys() == said


class Library:
    """One library for all routes: four people, their browsers, and objects to ask about."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.routes = routes(app)
        make_person(Role.ADMIN)  # it is set up
        self.stranger = make_person(Role.REP)
        self.actors = {role: make_person(Role(role), teams=[make_team()]) for role in ROLES}
        self.browsers = {role: Visitor(app).as_(actor) for role, actor in self.actors.items()}
        self.tokens = {role: self._token(actor) for role, actor in self.actors.items()}
        self.seen = {role: arranged.seen_by(actor) for role, actor in self.actors.items()}
        self._kept: dict[tuple[str, str, str], dict[str, int]] = {}

    def _token(self, actor: Person) -> str:
        scopes = ["read", "write"] + (["admin"] if Role.ADMIN in actor.roles else [])
        _row, text = tokens.create(actor, "Matrix", scopes, by=actor, at=now())
        db.session.commit()
        return text

    def object_for(self, kind: str, role: str, situation: str, *, fresh: bool) -> dict[str, int]:
        """One that nobody has changed: a new one where the route is to change it."""
        actor, key = self.actors[role], (kind, role, situation)
        if fresh:
            return {**self.seen[role], **arranged.KINDS[kind](actor, situation)}
        if key not in self._kept:
            self._kept[key] = {**self.seen[role], **arranged.KINDS[kind](actor, situation)}
        return self._kept[key]

    def client_of(self, role: str, route: str) -> tuple[FlaskClient, dict[str, str]]:
        if permission_of(self.routes[route]) == TOKEN:
            return self.app.test_client(), {"Authorization": f"Bearer {self.tokens[role]}"}
        return self.browsers[role], {}


@pytest.fixture(scope="module")
def library(empty_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    home = tmp_path_factory.mktemp("matrix")
    # No worker takes from this queue: who gets where does not hang on what is done afterwards.
    waiting = f"sqlite:{home / 'queue.sqlite'}"
    with copy_of(empty_database, home, empty=True) as url:
        app = create_app(make_settings(home, database_url=url, queue_url=waiting))
        app.jinja_env.bytecode_cache = COMPILED_TEMPLATES
        app.test_client_class = Browser
        with app.app_context():
            yield Library(app)
            db.session.remove()
            db.engine.dispose()


@pytest.mark.either
@pytest.mark.parametrize("route", sorted(MATRIX))
def test_t07_nobody_gets_more_than_the_matrix_says(library: Library, route: str) -> None:
    if route not in library.routes:
        pytest.fail(f"{route} is no route.")
    assert_strangers_stay_out(library, route, entries(route)[0])
    wrong = [
        f"{route} as {role}{', ' if situation else ''}{situation}: "
        f"expected {spoken(expected)}, got {spoken(found)}"
        for entry in entries(route)
        for situation, outcomes in entry.outcomes.items()
        for role, expected in zip(ROLES, outcomes, strict=True)
        if (found := ask(library, route, entry, role, situation, expected)) != expected
    ]
    assert not wrong, "\n".join(wrong)


def assert_strangers_stay_out(library: Library, route: str, entry: Entry) -> None:
    """Who has not signed in gets in nowhere but where everybody may; no cookie opens the API."""
    method, _, rule = route.partition(" ")
    kind = entry.kind if entry.outcomes else ""
    known = library.object_for(kind, "rep", next(iter(entry.outcomes), ""), fresh=False)
    path, marked = fill(rule, known, entry), permission_of(library.routes[route])
    client = library.app.test_client()
    answer = client.open(path, method=method, headers={"X-CSRFToken": csrf_of(client)})
    if marked == ANYBODY:
        assert answer.status_code not in (401, 403), route
    elif marked == TOKEN or method != "GET":
        assert answer.status_code == 401, route
    else:
        assert letter(answer) == "sign-in", route
    if marked == TOKEN:
        answer = library.browsers["admin"].open(path, method=method)
        assert answer.status_code == 401, f"{route} took a cookie"


def ask(
    library: Library, route: str, entry: Entry, role: str, situation: str, expected: str
) -> str:
    """One letter for what comes of it when somebody with that role asks."""
    method, _, rule = route.partition(" ")
    changes = method != "GET" and expected == "y"
    known = library.object_for(entry.kind, role, situation, fresh=changes)
    client, headers = library.client_of(role, route)
    answer = client.open(
        fill(rule, known, entry), method=method, headers=headers, **given(entry.request, known)
    )
    answer.close()
    return letter(answer)


def fill(rule: str, arguments: dict[str, int], entry: Entry) -> str:
    """The address, with what was arranged, what the entry gives, or some object in it."""

    def value(found: re.Match[str]) -> str:
        name = found[1].rpartition(":")[2]
        if name in entry.path:
            return str(formed(entry.path[name], arguments))
        if name in arguments:
            return str(arguments[name])
        if name not in arranged.SOME:
            pytest.fail(f"{rule}: say what <{name}> is, in tests/accounts/arranged.py (SOME).")
        return str(arranged.SOME[name]())

    return re.sub(r"<([^>]+)>", value, rule)


def given(request: Any, arguments: dict[str, int]) -> dict[str, Any]:
    """What is sent besides, with the ids in it."""
    return {key: formed(value, arguments) for key, value in request.items()}


def formed(value: Any, arguments: dict[str, int]) -> Any:
    if value == FILE:
        return io.BytesIO(b"Nineteen days of warning\n"), "notes.txt"
    if isinstance(value, str):
        name = re.fullmatch(r"\{(\w+)\}", value)
        return arguments[name[1]] if name else value
    if isinstance(value, list):
        return [formed(one, arguments) for one in value]
    if isinstance(value, dict):
        return {key: formed(one, arguments) for key, one in value.items()}
    return value


def letter(answer: TestResponse) -> str:
    if answer.status_code == 302 and (answer.location or "").startswith("/sign-in"):
        return "sign-in"
    return {401: "401", 403: "x", 404: "-", 405: "405"}.get(answer.status_code, "y")


def spoken(letter: str) -> str:
    return {"y": "to be let through", "x": "403", "-": "404"}.get(letter, letter)


@pytest.fixture
def library_with_a_forgotten_route(tmp_path: Path) -> Iterator[Flask]:
    """What the checks above are for: somebody adds a route and forgets the rest."""
    app = create_app(make_settings(tmp_path))
    app.test_client_class = Browser
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    with app.app_context():
        db.create_all(None)
        yield app
        db.session.remove()
        db.engine.dispose()


def test_t07_a_forgotten_route_fails_with_its_name(library_with_a_forgotten_route: Flask) -> None:
    assert "GET /forgotten" in without_entry(library_with_a_forgotten_route)
    assert without_permission(library_with_a_forgotten_route) == ["GET /forgotten"]


def test_t07_a_forgotten_route_answers_nobody(library_with_a_forgotten_route: Flask) -> None:
    client = Visitor(library_with_a_forgotten_route).as_(make_person(*Role))
    assert client.get("/forgotten").status_code == 404
    assert library_with_a_forgotten_route.test_client().get("/forgotten").status_code == 302

"""Machines may do what people may do: the same table decides, for every call and role."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from collateral.accounts.models import Role
from collateral.accounts.permissions import TABLE, can, maker, owner
from collateral.accounts.tokens import Scope
from collateral.api.calls import CALLS
from collateral.assets.models import Status
from tests.api.conftest import Caller, make_token
from tests.factories import make_asset, make_person
from tests.support import Visitor

Make = Callable[..., Caller]
NAMES = {
    "asset_id": 999_999,
    "adaptation_id": 999_999,
    "share_id": 999_999,
    "check_id": 999_999,
    "webhook_id": 999_999,
    "delivery_id": 999_999,
    "number": 1,
    "page": 1,
    "deal": "nothing",
    "metric": "views",
}


@pytest.mark.either
@pytest.mark.parametrize("role", list(Role))
def test_t07_every_call_asks_the_permission_table(app: Flask, caller: Make, role: Role) -> None:
    person = make_person(role)
    calls = caller(person)
    assert len(CALLS) > 20
    for known in CALLS:
        path = known.path.replace("<int:", "<").replace("<crm_id:", "<")
        for name, value in NAMES.items():
            path = path.replace(f"<{name}>", str(value))
        own = any(predicate in (owner, maker) for predicate in TABLE[known.permission])
        allowed = can(person, known.permission) or own
        if known.scope is Scope.ADMIN:
            allowed = allowed and role is Role.ADMIN
        status = calls(known.method, path).status_code
        assert (status != 403) is allowed, (known.name, status)
        assert status != 401


def test_t07_every_route_of_the_api_is_a_call_or_the_document(app: Flask) -> None:
    names = {f"api.{known.name}" for known in CALLS} | {"api.openapi_document", "api.docs"}
    served = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert served == names


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("who", ["owner", "rep", "marketer"])
def test_an_asset_is_there_for_a_token_as_it_is_for_the_page(
    app: Flask, caller: Make, visitor: Visitor, status: Status, who: str
) -> None:
    people = {
        "owner": make_person(Role.REP),
        "rep": make_person(Role.REP),
        "marketer": make_person(Role.MARKETER),
    }
    asset = make_asset(owner=people["owner"], status=status)
    page = visitor.as_(people[who]).get(f"/assets/{asset.id}").status_code
    call = caller(people[who]).get(f"/assets/{asset.id}").status_code
    assert (call == 404) is (page == 404)
    assert (call == 200) is (page in (200, 302, 303))


def test_a_token_of_a_person_without_the_role_cannot_have_its_scope(app: Flask) -> None:
    from collateral.errors import Invalid

    with pytest.raises(Invalid):
        make_token(make_person(Role.MANAGER), "admin")

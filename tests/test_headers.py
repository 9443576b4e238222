"""What every answer says to the browser besides its content."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collateral.accounts.models import Role
from collateral.db import db
from tests.factories import make_asset, make_person
from tests.support import Visitor


def test_each_answer_allows_scripts_by_a_nonce_of_its_own(client: FlaskClient) -> None:
    make_person(Role.ADMIN)  # else everything leads to the set-up page
    nonces = []
    for _ in range(3):
        answer = client.get("/sign-in")
        policy = answer.headers["Content-Security-Policy"]
        found = re.search(r"script-src 'self' 'nonce-([\w-]{22,})'", policy)
        assert found, policy
        assert set(re.findall(r'nonce="([^"]+)"', answer.text)) == {found[1]}
        nonces.append(found[1])
    assert len(set(nonces)) == 3


def test_nothing_inline_foreign_or_framed_is_allowed(client: FlaskClient) -> None:
    policy = client.get("/sign-in").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-" not in policy
    assert "*" not in policy


def test_an_unchanged_page_does_not_travel_again(visitor: Visitor) -> None:
    rep = visitor.as_(make_person(Role.REP))
    asset = make_asset(title="Night shift")
    page = f"/assets/{asset.id}"
    mark = {"If-None-Match": rep.get(page).headers["ETag"]}

    again = rep.get(page, headers=mark)
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Security-Policy" not in again.headers  # the kept page has its own nonce

    asset.title = "Day shift"
    db.session.commit()
    changed = rep.get(page, headers=mark)
    assert changed.status_code == 200
    assert "Day shift" in changed.text
    assert "Content-Security-Policy" in changed.headers


def test_a_kept_page_is_no_other_sessions(visitor: Visitor) -> None:
    """Its forms carry a token that only its own session may send."""
    person, asset = make_person(Role.REP), make_asset()
    page = f"/assets/{asset.id}"
    mark = {"If-None-Match": visitor.as_(person).get(page).headers["ETag"]}
    assert visitor.as_(person).get(page, headers=mark).status_code == 200
    assert visitor.as_(make_person(Role.REP)).get(page, headers=mark).status_code == 200


def test_no_token_of_any_link_comes_into_the_log(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Digests and reports by mail, too; and of addresses that a mail program added to."""
    links = [rule.rule for rule in app.url_map.iter_rules() if "<token>" in rule.rule]
    begins = {link.partition("<token>")[0] for link in links}
    assert {"/s/", "/reset/", "/notices/", "/reports/mail/"} <= begins
    caplog.set_level("INFO", "collateral.headers")
    for begin in begins:
        client.get(f"{begin}Tr0ub4dor")
        client.get(f"{begin}Tr0ub4dor/and/more")
        client.put(f"{begin}Tr0ub4dor")
    paths = [record.path for record in caplog.records]  # type: ignore[attr-defined]
    assert len(paths) == 3 * len(begins)
    assert not any("Tr0ub4dor" in path for path in paths)

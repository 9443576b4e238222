"""What every answer says to the browser besides its content."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from collateral.accounts.models import Role
from tests.factories import make_person


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

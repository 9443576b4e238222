"""The log: one event is one line, and holds no secret of an address."""

from __future__ import annotations

import json
import logging

import pytest
from flask.testing import FlaskClient

from collateral.accounts.models import Role
from collateral.logs import JsonLines
from tests.factories import make_person

FORGED = 'in\r\n{"event": "signed_in"}\x1b[2J\u2028end'


def test_t27_an_event_is_one_line_whatever_it_is_about() -> None:
    record = logging.makeLogRecord({"msg": FORGED, "levelname": "INFO", "agent": FORGED})
    line = JsonLines().format(record)
    assert line.isascii()
    assert line.isprintable()
    assert len(line.splitlines()) == 1
    said = json.loads(line)
    assert (said["event"], said["agent"]) == (FORGED, FORGED)


@pytest.mark.parametrize("path", ["/s/", "/reset/", "/setup/", "/sign-in/link/"])
def test_t25_a_log_holds_no_address_that_opens_something(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    make_person(Role.ADMIN)
    with caplog.at_level(logging.DEBUG):
        client.get(f"{path}kjhf-the-secret", headers={"X-Request-ID": "forged id\x1b"})
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any(path in line for line in lines)
    assert not any("kjhf" in line or "forged id" in line for line in lines)

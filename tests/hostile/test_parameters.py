"""Threats 38, 2 and 5: whatever stands in a parameter, of an address or a form, is no fault.

Each page and each form gets every name that our views read, all with the same nonsense. The API's
calls are asked by schemathesis (tests/api/test_document.py), the search by its own test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask, request
from werkzeug.datastructures import Headers

from collateral.accounts.guard import TOKEN, permission_of
from collateral.config import ROOT
from tests.accounts.matrix import MATRIX
from tests.accounts.test_permission_matrix import Library, entries, fill, library

__all__ = ["library"]

NONSENSE = (
    "9" * 25,  # no database has such a number
    "²",  # a digit, but no number
    "{{7*7}}${7*7}a\0b' or 1=1 --",
    '"><img src=x onerror=alert(1)>',
    "2026-13-45",
    "-1",
)
READ = re.compile(
    r"""(?:args|form|values)\.(?:get|getlist|pop)\(\s*["'](\w+)["']"""
    r"""|asked_(?:number|words)\(["'](\w+)["']|_day\(["'](\w+)["']"""
)
FIELD = re.compile(r"^    (\w+) = (?:\w+Field|_\w+)\(", re.MULTILINE)
LEFT_OUT = {"POST /sign-out"}  # it would end the session that all others need


def names() -> list[str]:
    """Every parameter that a view reads or a form has."""
    found: set[str] = set()
    for path in (ROOT / "collateral").rglob("*.py"):
        if "views" in path.as_posix() or path.stem in ("requests", "asking", "following"):
            found |= {name for match in READ.findall(path.read_text()) for name in match if name}
        if path.stem == "forms":
            found |= set(FIELD.findall(path.read_text()))
    return sorted(found)


def faults(library: Library, method: str, shift: int) -> list[str]:
    """The routes that fail. Each gets other nonsense than its neighbours: over all of them a name
    that many views read meets every kind."""
    read, found = names(), []
    for number, (route, endpoint) in enumerate(sorted(library.routes.items())):
        if not route.startswith(f"{method} ") or route in LEFT_OUT or route not in MATRIX:
            continue
        if permission_of(endpoint) == TOKEN:
            continue
        entry = entries(route)[0]
        situation = next(iter(entry.outcomes), "")
        kind = entry.kind if entry.outcomes else ""
        known = library.object_for(kind, "admin", situation, fresh=False)
        path = fill(route.partition(" ")[2], known, entry)
        nonsense = NONSENSE[(number + shift) % len(NONSENSE)]
        sent = {"query_string" if method == "GET" else "data": dict.fromkeys(read, nonsense)}
        with library.browsers["admin"].open(path, method=method, **sent) as answer:
            if answer.status_code >= 500:
                found.append(f"{route} with {nonsense!r}: {answer.status_code}")
            if "49${" in answer.text or "<img src=x" in answer.text:
                found.append(f"{route} with {nonsense!r}: taken for more than words")
            if not well_guarded(answer.headers):
                found.append(f"{route}: {answer.headers}")
    return found


def well_guarded(headers: Headers) -> bool:
    """Threats 1, 3 and 5: nothing inline or foreign runs, and a type is what it is called."""
    policy = headers.get("Content-Security-Policy", "")
    return (
        "default-src 'none'" in policy
        and "unsafe-" not in policy
        and headers.get("X-Content-Type-Options") == "nosniff"
    )


@pytest.fixture
def answering(library: Library) -> Iterator[Library]:
    """A library in which a fault is answered and not raised."""
    library.app.testing = False
    yield library
    library.app.testing = True


@pytest.mark.parametrize("shift", range(len(NONSENSE)))
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_t38_t05_no_parameter_is_a_fault_and_every_answer_is_guarded(
    answering: Library, method: str, shift: int
) -> None:
    assert not faults(answering, method, shift)


def test_t38_a_number_that_no_row_can_have_is_none(bare_app: Flask) -> None:
    for text, expected in (("7", 7), ("-7", -7), ("²", 5), ("9" * 25, 5), (str(2**31), 5)):
        form = {"deal": text, "pages": [text, "3"]}
        with bare_app.test_request_context("/", method="POST", data=form):
            assert request.form.get("deal", 5, type=int) == expected
            assert request.values.get("deal", 5, type=int) == expected
            assert request.form.getlist("pages", type=int)[-1] == 3
            assert request.form.get("deal") == text


def test_t38_words_come_without_what_postgresql_does_not_keep(bare_app: Flask) -> None:
    asked = {"q": "pu\0mp", "names": ["a\0", "b"]}
    for content in ("application/x-www-form-urlencoded", "multipart/form-data"):
        with bare_app.test_request_context(
            "/", method="POST", query_string=asked, data=asked, content_type=content
        ):
            for sent in (request.args, request.form, request.values):
                assert sent.get("q") == "pump"
                assert sent.getlist("names")[:2] == ["a", "b"]

"""What is drawn once and kept shows nothing of one reader to another."""

from __future__ import annotations

import re

import pytest
from flask import Flask, g
from flask_babel import force_locale
from flask_wtf.csrf import generate_csrf
from jinja2 import DictLoader, nodes

from collateral.config import ROOT
from collateral.parts import LATER, MOST, kept
from collateral.templating import csp_nonce

TEMPLATES = ROOT / "templates"
OF_ONE_REQUEST = {"can", "current_user", "g", "inbox_count", "now", "person", "request", "session"}


def parts() -> list[str]:
    named = re.compile(r'kept(?:_part)?\("([^"]+)"')
    files = TEMPLATES.rglob("*.html")
    return sorted({name for file in files for name in named.findall(file.read_text())})


def part(names: str, body: str) -> str:
    return f"{{% macro part({names}) %}}{body}{{% endmacro %}}"


@pytest.fixture
def templates(app: Flask) -> dict[str, str]:
    """Templates of the test's own."""
    mine: dict[str, str] = {}
    app.jinja_env.loader = DictLoader(mine)
    return mine


@pytest.mark.parametrize("name", parts())
def test_a_part_knows_nothing_but_what_it_is_given(name: str) -> None:
    tree = Flask(__name__).jinja_env.parse((TEMPLATES / name).read_text())
    named = {found.name for found in tree.find_all(nodes.Name)}
    assert "components/_card.html" in parts()
    assert not named & OF_ONE_REQUEST


def test_it_is_drawn_once_for_each_of_its_values(app: Flask, templates: dict[str, str]) -> None:
    drawn: list[int] = []
    app.jinja_env.globals["draw"] = lambda value: drawn.append(value) or f"<{value}>"
    templates["part.html"] = part("value", "{{ draw(value) }}")
    with app.test_request_context():
        assert [kept("part.html", value=n) for n in (1, 2, 1)] == [
            "&lt;1&gt;",
            "&lt;2&gt;",
            "&lt;1&gt;",
        ]
        assert drawn == [1, 2]
        long = "x" * (MOST // 4)
        for value in range(3, 7):
            kept("part.html", value=f"{value}{long}")
        kept("part.html", value=1)
    assert drawn[-1] == 1, "the one that nobody asked for longest makes room"


def test_each_reader_has_her_language(app: Flask, templates: dict[str, str]) -> None:
    templates["part.html"] = part("", "{{ _('Library') }}")
    with app.test_request_context():
        with force_locale("en"):
            assert kept("part.html") == "Library"
        with force_locale("de"):
            assert kept("part.html") == "Bibliothek"


def test_each_answer_has_its_own_nonce_token_and_search(
    app: Flask, templates: dict[str, str]
) -> None:
    templates["part.html"] = part(
        "address", "{{ csp_nonce() }} {{ csrf_token() }} {{ address }} {{ csrf_token() }}"
    )
    seen = set()
    for search in (17, None, 18):
        with app.test_request_context():
            for of_the_one_before in ("csp_nonce", "csrf_token"):
                g.pop(of_the_one_before, None)
            text = str(kept("part.html", later=search, address=f"/a?search={LATER}"))
            token = generate_csrf()
            wanted = f"/a?search={search}" if search else f"/a?search={LATER}"
            assert text == f"{csp_nonce()} {token} {wanted} {token}"
            seen.add(token)
    assert len(seen) == 3


def test_values_that_cannot_be_compared_are_drawn_each_time(
    app: Flask, templates: dict[str, str]
) -> None:
    templates["part.html"] = part("asset", "{{ asset.title }}")
    asset = {"title": "One"}
    with app.test_request_context():
        assert kept("part.html", asset=asset) == "One"
        asset["title"] = "Two"
        assert kept("part.html", asset=asset) == "Two"

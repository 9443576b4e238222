"""What Python draws in place of a template's loop is what the loop would draw."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from collateral.drawing import class_of_share, strip_ticks


@pytest.mark.parametrize(("pages", "hits"), [(1, [1]), (24, [2, 3, 24]), (5, []), (3, [0, 4, -1])])
def test_the_ticks_of_found_pages_are_those_of_the_whole_strip(
    app: Flask, pages: int, hits: list[int]
) -> None:
    strip = app.jinja_env.get_template("components/meters.html").module.strip  # type: ignore[attr-defined]
    by_loop = str(strip(pages, hits=hits, changes={0: "new"}))  # no page is number 0
    assert str(strip_ticks(pages, hits)) == "".join(re.findall("<i [^>]*></i>", by_loop))
    assert by_loop.count("strip__tick--hit") == len([n for n in hits if 1 <= n <= pages])


@given(st.floats(-2, 2))
def test_every_share_has_a_class(share: float) -> None:
    found = class_of_share(share)
    assert found in {f"p-{percent}" for percent in range(101)}
    assert abs(int(found[2:]) - min(max(share * 100, 0), 100)) <= 0.5

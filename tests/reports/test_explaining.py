"""Explain this number: the events and uses behind it, those left out, as a page and a file."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

from flask import Flask

from collateral.accounts.models import Role
from collateral.db import db
from collateral.usage import bulk
from collateral.usage import operations as usage
from collateral.usage.models import EventKind
from tests.factories import make_asset, make_person
from tests.reports.test_pages import NOW, deal, use
from tests.support import Visitor, held_clock
from tests.usage.support import BROWSER, happen

_held_clock = held_clock(NOW)


def test_the_explanation_ends_in_the_number_of_the_report(app: Flask, visitor: Visitor) -> None:
    manager, ana, asset = make_person(Role.MANAGER), make_person(), make_asset("The deck")
    for seconds, agent in ((0, BROWSER), (10, BROWSER), (100, BROWSER), (200, "Googlebot/2.1")):
        happen(EventKind.VIEWED, asset, ana, NOW - timedelta(seconds=seconds), user_agent=agent)
    db.session.commit()
    client = visitor.as_(manager)
    report = client.get("/reports/assets").text
    assert f"/explain/views?asset={asset.id}" in report
    page = re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(f"/explain/views?asset={asset.id}").text)
    )
    assert "Events found 4 Left out: double click −1 Left out: robot −1 Views 2" in page
    unique = re.sub(
        r"\s+",
        " ",
        re.sub(r"<[^>]+>", " ", client.get(f"/explain/unique_views?asset={asset.id}").text),
    )
    assert "Left out: same session −1 Left out: robot −1 Unique views 1" in unique
    rows = list(
        csv.reader(io.StringIO(client.get(f"/explain/views.csv?asset={asset.id}").text.lstrip("﻿")))
    )
    assert sorted(row[-1] for row in rows[1:]) == ["counted", "counted", "double_click", "robot"]
    assert client.get(f"/explain/nonsense?asset={asset.id}").status_code == 404
    assert client.get("/explain/views").status_code == 404


def test_uses_are_explained_with_those_taken_back(app: Flask, visitor: Visitor) -> None:
    ana, asset = make_person(), make_asset("The deck")
    use(asset, deal("Kept", ana), ana)
    back = usage.declare_use(asset, deal("Mistaken", ana), by=ana, at=NOW)
    usage.retract_use(back, by=ana, at=NOW, reason="the wrong deal")
    db.session.commit()
    page = visitor.as_(ana).get(f"/explain/uses?asset={asset.id}").text
    assert "Uses: 1" in page
    assert "the wrong deal" in page


def test_very_many_uses_are_all_explained(app: Flask, visitor: Visitor) -> None:
    ana, asset = make_person(), make_asset("The deck")
    in_deal = deal("Long", ana)
    bulk.load_uses(
        bulk.UseRow(NOW, asset.id, in_deal.id, ana.id, f"stage-{n}") for n in range(1100)
    )
    db.session.commit()
    client = visitor.as_(ana)
    address = f"/explain/uses?asset={asset.id}"
    first, last = client.get(address).text, client.get(f"{address}&page=11").text
    for page in (first, last):
        assert "Uses: 1,100" in page
        assert page.count("<time") + page.count("/deals/") >= 100
    assert "Deals: 1" in client.get(address.replace("uses?", "deals?")).text
    assert client.get(address.replace("uses?", "uses.csv?")).text.count("\n") == 1101

"""What a manager comes for: numbers that are read at a glance, explained, taken along, printed."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Site
from tests.journeys.looking import settle
from tests.journeys.pictures import photograph

SignIn = Callable[..., Page]


def test_a_report_is_taken_along_as_a_table_a_csv_and_on_paper(
    stocked: Site, sign_in: SignIn
) -> None:
    page = sign_in("manager@example.com")
    page.goto("/reports/assets")
    settle(page)
    expect(page.get_by_role("table").first).to_be_visible()
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("CSV")).first.click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert any("Hearing a bearing" in row for row in rows)
    page.emulate_media(media="print")
    for part in (".topbar", ".tabbar"):
        expect(page.locator(part)).to_be_hidden()
    photograph(page, "report-printed")


def test_filters_of_a_report_stay_in_its_address(stocked: Site, sign_in: SignIn) -> None:
    page = sign_in("manager@example.com")
    page.goto("/reports/overview")
    settle(page)
    period = page.locator("form.picks select").first
    values = period.locator("option").evaluate_all("all => all.map((one) => one.value)")
    chosen = values[-1] if period.input_value() != values[-1] else values[0]
    period.select_option(chosen)
    page.wait_for_url(f"**={chosen}**")
    page.reload()
    expect(page.locator("form.picks select").first).to_have_value(chosen)
    page.go_back()
    expect(page.locator("h1")).to_be_visible()

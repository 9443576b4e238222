"""Deals come in from a CRM and from a file: what is which, how far it is, what was refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from collateral import underway
from collateral.clock import now
from collateral.connect import settling
from collateral.connect.models import Connection, Crm
from collateral.db import db
from collateral.deals.jobs import progress_of
from collateral.deals.models import Deal, ImportRun, ImportState, StageChange
from tests.connect.worlds import WORLDS
from tests.journeys.conftest import Site
from tests.journeys.looking import examine, settle
from tests.journeys.material import make_deals

SignIn = Callable[..., Page]


@pytest.fixture
def hubspot(site: Site) -> Iterator[Any]:
    """A HubSpot with ten deals, one of them with a word for an amount, that we are connected to."""
    world = WORLDS[Crm.HUBSPOT]()
    world.server.deals["104"]["properties"]["amount"] = "a lot"
    with world.running():
        with site.inside():
            settling.set_up(
                Crm.HUBSPOT,
                world.server.address,
                world.secrets,
                by=None,
                at=now(),
                installation=site.app.extensions["settings"].secret_key,
                anywhere=True,
            )
        yield world
        with site.inside():
            theirs = select(Deal.id).where(Deal.source == world.source)
            db.session.execute(delete(StageChange).where(StageChange.deal_id.in_(theirs)))
            db.session.execute(delete(Deal).where(Deal.source == world.source))
            db.session.execute(delete(Connection).where(Connection.kind == Crm.HUBSPOT))


def test_an_admin_settles_the_fields_and_fetches(site: Site, sign_in: SignIn, hubspot: Any) -> None:
    page = sign_in("chief@example.com")
    page.goto("/admin/connections/hubspot/fields")
    page.get_by_role("button", name="Look again").click()
    preview = page.get_by_role("region", name="As they would come in")
    expect(preview.get_by_role("row", name=re.compile("Deal 9"))).to_contain_text("Nobody here")
    # Tried at once on real deals, and not kept.
    settle(page)
    page.get_by_label("Name", exact=True).select_option("dealstage")
    page.get_by_role("button", name="Try it").click()
    expect(preview.get_by_role("rowheader", name="appointmentscheduled").first).to_be_visible()
    page.get_by_label("Name", exact=True).select_option("dealname")
    page.get_by_label("Currency of amounts without one").fill("EUR")
    page.get_by_role("button", name="Try it").click()
    expect(preview.get_by_role("row", name=re.compile("Deal 9"))).to_be_visible()
    examine(page, "connection-fields")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.wait_for_url("**/admin/connections/hubspot")
    page.get_by_role("button", name="Fetch now").click()
    # The page tells by itself when it is done; the second run had nothing to do.
    expect(page.locator("[data-fragment=run]").get_by_text("Complete").last).to_be_visible()
    page.get_by_role("button", name="Fetch now").click()
    expect(page.get_by_role("region", name="Runs so far").get_by_text("Complete")).to_have_count(2)
    page.get_by_role("region", name="Runs so far").get_by_role("link").last.click()
    expect(page.get_by_role("row", name=re.compile("Deal 4"))).to_contain_text("is no amount")
    expect(page.get_by_role("row", name=re.compile("bob@example.com"))).to_contain_text("5")
    examine(page, "connection")


def test_a_file_with_bad_lines_comes_in_as_far_as_it_is_good(
    site: Site, sign_in: SignIn, tmp_path: Path
) -> None:
    file = make_deals(tmp_path / "Pipeline of the northern group.csv", "nobody@example.com")
    kept = file.read_text("utf-8").replace("0061,", "0071,").replace("0062,", "0072,")
    lines = [*kept.splitlines(), kept.splitlines()[1].replace("0071", "").replace("480000", "lots")]
    file.write_text("\n".join(lines), "utf-8")
    page = sign_in("manager@example.com")
    page.goto("/deals/import")
    settle(page)
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("heading", name="Which column holds what?")).to_be_visible()
    examine(page, "import-columns")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Refused"))).to_contain_text("It has no id.")
    examine(page, "import-tried")


def test_how_far_a_large_file_is(site: Site, sign_in: SignIn) -> None:
    """As the worker tells it: a file that takes minutes is not read here."""
    with site.inside():
        running = ImportRun(
            filename="Pipeline.csv", state=ImportState.WAITING, created_at=now(), started_at=now()
        )
        failed = ImportRun(
            filename="Old.csv", state=ImportState.FAILED, error="It holds no columns."
        )
        db.session.add_all([running, failed])
        db.session.flush()
        number, other = running.id, failed.id
        underway.tell(progress_of(number), 42_000, 118_000)
    page = sign_in("manager@example.com")
    page.goto(f"/deals/import/{number}")
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "42000")
    examine(page, "import-reading")
    with site.inside():
        run = db.session.get_one(ImportRun, number)
        run.state, run.new = ImportState.DONE, 118_000
        underway.over(progress_of(number))
    expect(page.get_by_role("heading", name="What came in")).to_be_visible()
    examine(page, "import-failed", address=f"/deals/import/{other}")
    expect(page.get_by_role("link", name="Choose another file")).to_be_visible()
    examine(page, "imports", address="/deals/import")

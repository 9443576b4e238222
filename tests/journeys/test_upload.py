"""A marketer brings a folder of two hundred files: paused, reloaded, tried again, described.

In a library of its own, which is also taken from under a person here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.journeys.conftest import Site, make_site
from tests.journeys.looking import assert_accessible
from tests.journeys.pictures import shoot

SignIn = Callable[..., Page]
COUNT = 200
WHOLE_TABLE = "tbody[data-rows]:not([aria-busy])"
LOSE_ONE = """async () => {
  const all = await indexedDB.databases();
  const name = all.map((one) => one.name).find((one) => one.startsWith("upload-"));
  const opened = await new Promise((done) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => done(request.result);
  });
  const files = opened.transaction("files", "readwrite").objectStore("files");
  const rows = await new Promise((done) => {
    const request = files.getAll();
    request.onsuccess = () => done(request.result);
  });
  const row = rows.sort((a, b) => b.order - a.order)[0];
  delete row.file;
  files.put(row);
  opened.close();
  return row.name;
}"""
"""One of what waits in the browser loses its bytes; its name is the answer."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A library of its own: two hundred drafts would be in the way of others."""
    site = make_site(tmp_path_factory.mktemp("upload"))
    site.command("init", "--admin", "admin@example.com")
    site.add_person("marketer@example.com", "marketer", name="Ines Duarte")
    site.add_person("chief@example.com", "admin", name="Ada Chief")
    site.start()
    yield site
    site.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two hundred small files that tell of proposals for dairies."""
    for number in range(COUNT):
        text = f"Proposal {number} for dairies\n\nWhat a stop costs in dairy {number}.\n"
        (tmp_path / f"Note {number:03}.txt").write_text(text, "utf-8")
    return tmp_path


def left(page: Page) -> int:
    """How many rows have not been received yet."""
    return page.locator("[data-upload-rows] tr:not([data-upload-row])").count()


def describe_all(page: Page) -> None:
    """Give every row of the table a type and two of them a stage, and save all."""
    page.goto("/assets/table")
    rows = page.locator("[data-sheet-row]")
    page.locator(WHOLE_TABLE).wait_for(timeout=60_000)
    expect(rows).to_have_count(COUNT)
    rows.first.get_by_label(re.compile("^Type of")).select_option(label="One-pager")
    page.get_by_role("button", name="Fill down: Type").click()
    for row in (rows.nth(0), rows.nth(2)):
        row.get_by_role("checkbox").check()
    every = page.locator("[data-sheet-all]")
    every.get_by_role("button", name=re.compile("^Stage of")).click()
    page.get_by_role("dialog").get_by_label("Proposal").check()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(rows.nth(2).get_by_role("button", name=re.compile("^Stage"))).to_contain_text("Proposal")
    assert_accessible(page)
    shoot(page, "upload-table", whole=False)
    sent: list[Request] = []
    page.on("request", lambda one: sent.append(one) if one.method == "POST" else None)
    page.get_by_role("button", name=f"Save {COUNT + 2} changes").click()
    expect(page.get_by_role("status").get_by_text(f"{COUNT} saved")).to_be_visible(timeout=60_000)
    assert len(sent) == COUNT / 25  # rows go in parts, none of which takes long


def miss_a_part(page: Page, faults: list[str]) -> None:
    """A part of the table that does not come is missed, and comes when it is asked for again."""
    rows, whole_table = page.locator("[data-sheet-row]"), page.locator(WHOLE_TABLE)
    page.route("**/assets/table?*", lambda route: route.abort(), times=1)
    page.reload()
    page.get_by_text("the others could not be fetched").wait_for(timeout=60_000)
    assert rows.count() < COUNT
    page.get_by_role("button", name="Try again").click()
    whole_table.wait_for(timeout=60_000)
    assert [fault for fault in faults if "ERR_FAILED" not in fault] == []
    faults.clear()
    expect(rows).to_have_count(COUNT)
    expect(rows.nth(2).get_by_role("button", name=re.compile("^Stage"))).to_contain_text("Proposal")
    expect(rows.nth(1).get_by_role("button", name=re.compile("^Stage"))).not_to_contain_text(
        "Proposal"
    )
    expect(rows.nth(199).get_by_label(re.compile("^Type of"))).to_have_value("one-pager")


def test_two_hundred_files_outlive_a_reload_and_are_described_in_a_table(
    site: Site, sign_in: SignIn, folder: Path, faults: list[str]
) -> None:
    chief = sign_in("chief@example.com")
    chief.goto("/admin/vocabularies")
    chief.get_by_role("button", name="Add the usual words").click()
    files = sorted(folder.iterdir())
    page = sign_in("marketer@example.com")
    page.goto("/upload")
    page.locator("[data-restored]").wait_for()
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("[data-state]").get_by_text("Paused").first).to_be_visible()
    waiting = left(page)
    assert 0 < waiting <= COUNT
    assert_accessible(page)
    shoot(page, "upload-paused", whole=False)

    # One of them loses its bytes, as where a browser has no room for them.
    lost = page.evaluate(LOSE_ONE)
    page.reload()
    page.locator("[data-restored]").wait_for()
    assert left(page) == waiting
    expect(page.locator("[data-upload-lost]")).to_contain_text(lost)
    shoot(page, "upload-reloaded", whole=False)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("[data-upload-rows] tr:not([data-upload-row])")).to_have_count(
        1, timeout=600_000
    )
    page.locator("input[type=file]").set_input_files(folder / lost)
    expect(page.locator("[data-upload-rows] tr:not([data-upload-row])")).to_have_count(0)
    expect(page.locator("[data-upload-row]")).to_have_count(COUNT)
    expect(page.locator("[data-upload-files]")).to_have_text(
        f"{waiting} of {waiting} files received"
    )

    # The very same file again is explained, and no failure of the page.
    page.locator("input[type=file]").set_input_files(files[0])
    again = page.locator("tr", has_text="This very file is already here")
    expect(again.get_by_role("link", name="Note 000").first).to_be_visible()
    expect(again.get_by_role("button", name="Keep apart")).to_be_visible()

    describe_all(page)
    miss_a_part(page, faults)


def test_what_no_one_took_goes_when_the_connection_or_the_server_is_back(
    site: Site, sign_in: SignIn, tmp_path: Path, faults: list[str]
) -> None:
    file = tmp_path / "Away.txt"
    file.write_text("Sent while the train was in the tunnel", "utf-8")
    page = sign_in("marketer@example.com")
    page.goto("/upload")
    page.locator("[data-restored]").wait_for()
    page.context.set_offline(True)
    page.locator("input[type=file]").set_input_files(file)
    row = page.locator("[data-upload-rows] tr", has_text="Away.txt")
    expect(row).to_contain_text("Waits until the connection is back")
    page.context.set_offline(False)
    expect(row).to_have_attribute("data-upload-row", re.compile(r"\d+"))

    # What a proxy answers for a web process that dies is tried once more without a word.
    page.route("**/upload/file", lambda route: route.fulfill(status=502), times=1)
    died = tmp_path / "Died.txt"
    died.write_text("Sent to a web process that was about to die", "utf-8")
    page.locator("input[type=file]").set_input_files(died)
    row = page.locator("[data-upload-rows] tr", has_text="Died.txt")
    expect(row).to_have_attribute("data-upload-row", re.compile(r"\d+"))
    # A browser notes a request that found no network; that one was meant to.
    meant = ("ERR_INTERNET_DISCONNECTED", "502")
    assert [fault for fault in faults if not any(one in fault for one in meant)] == []
    faults.clear()


def test_without_a_connection_a_page_says_so_and_holds_nothing_private(
    site: Site, sign_in: SignIn, faults: list[str]
) -> None:
    page = sign_in("marketer@example.com", service_workers="allow")
    page.evaluate("navigator.serviceWorker.ready")
    site.stop()
    page.goto("/library")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    assert_accessible(page)
    shoot(page, "offline")
    kept = page.evaluate(
        """async () => {
          const kept = [];
          for (const name of await caches.keys())
            kept.push(...await (await caches.open(name)).keys());
          return kept.map((one) => new URL(one.url).pathname);
        }"""
    )
    assert sorted(kept) == [
        "/offline", "/static/css/app.css", "/static/favicon.svg", "/static/icons.svg"
    ]  # fmt: skip
    site.start()
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("No connection")
    # That it could not be reached is noted by the browser itself.
    assert [fault for fault in faults if "ERR_CONNECTION_REFUSED" not in fault] == []
    faults.clear()

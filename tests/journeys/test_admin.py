"""What an admin comes for: people, teams and words put in order, and what failed tried again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from collateral.assets.models import Term, Vocabulary
from collateral.db import db
from tests.journeys.conftest import Site
from tests.journeys.looking import examine, settle

SignIn = Callable[..., Page]


def said(page: Page, text: str) -> None:
    """The page says so."""
    expect(page.get_by_role("status").filter(has_text=text).first).to_be_visible()


def test_somebody_is_invited_into_a_new_team_and_switched_off(
    stocked: Site, sign_in: SignIn
) -> None:
    page = sign_in("chief@example.com")
    page.goto("/admin/teams")
    page.get_by_label("Name", exact=True).fill("Alps")
    page.get_by_role("button", name="Add the team").click()
    expect(page.get_by_role("link", name="Alps")).to_be_visible()
    examine(page, "admin-teams")
    page.goto("/admin/people/invite")
    settle(page)
    page.get_by_label("Name", exact=True).fill("Nils Overbeck")
    page.get_by_label("E-mail").fill("nils@example.com")
    page.get_by_label("Rep", exact=True).check()
    page.get_by_label("Alps").check()
    examine(page, "admin-invite")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("heading", name="Nils Overbeck")).to_be_visible()
    examine(page, "admin-person")
    page.get_by_role("link", name="Switch off").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("its API tokens stop working")
    dialog.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("This account is switched off.")).to_be_visible()
    page.goto("/admin/people?q=nils&state=all")
    expect(page.get_by_role("row", name=re.compile("Nils Overbeck"))).to_contain_text("Alps")
    page.goto("/admin/people")
    expect(page.get_by_role("row", name=re.compile("Nils Overbeck"))).to_have_count(0)
    examine(page, "admin-people")
    page.goto("/admin/audit")
    expect(page.get_by_role("row", name=re.compile("Person switched off")).first).to_be_visible()
    examine(page, "admin-audit")


def test_words_are_merged_and_found_by_either(stocked: Site, sign_in: SignIn) -> None:
    with stocked.inside():
        for slug, label in (("breweries", "Breweries"), ("brewers", "Brewers")):
            db.session.add(Term(vocabulary=Vocabulary.INDUSTRY, slug=slug, label=label))
    page = sign_in("chief@example.com")
    page.goto("/admin/vocabularies?vocabulary=industry")
    page.get_by_role("link", name="Merge Brewers").click()
    page.get_by_label("Into").select_option(label="Breweries")
    expect(page.get_by_role("heading", name="Merge “Brewers”")).to_be_visible()
    examine(page, "admin-vocabularies")
    page.locator("#merge").get_by_role("button", name="Merge").click()
    expect(page.get_by_role("link", name="Merge Brewers")).to_have_count(0)
    groups = page.locator("#synonyms input[name=words]").evaluate_all(
        "all => all.map((one) => one.value.toLowerCase())"
    )
    assert "brewers, breweries" in groups or "breweries, brewers" in groups


def test_what_could_not_be_read_says_why_and_is_tried_again(
    stocked: Site, sign_in: SignIn, tmp_path: Path
) -> None:
    broken = tmp_path / "Broken brochure.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + b"nonsense " * 200)
    page = sign_in("chief@example.com")
    page.goto("/upload")
    settle(page)
    page.locator("input[type=file]").first.set_input_files(broken)
    expect(page.locator("[data-upload-row]", has_text="Broken")).to_contain_text("damaged")
    page.goto("/admin/jobs")
    row = page.get_by_role("row", name=re.compile("Broken brochure"))
    expect(row).to_contain_text("This PDF is damaged and cannot be opened.")
    examine(page, "admin-jobs")
    row.get_by_role("button", name="Try again").click()
    page.wait_for_load_state()
    expect(row).to_contain_text("damaged")


def test_the_library_is_checked_backed_up_and_sends_a_test_mail(
    stocked: Site, sign_in: SignIn, tmp_path: Path
) -> None:
    stocked.command("backup", str(tmp_path / "library.tar.gz"), "--verify")
    page = sign_in("chief@example.com")
    page.goto("/admin/storage")
    settle(page)
    page.get_by_label("Read every original, too").check()
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("heading", name="Last check")).to_be_visible()
    expect(page.get_by_text("each read")).to_be_visible()
    examine(page, "admin-storage")
    page.goto("/admin/backup")
    expect(page.get_by_text("Read again and whole")).to_be_visible()
    examine(page, "admin-backup")
    page.goto("/admin/mail")
    page.get_by_role("button", name="Send me a test mail").click()
    expect(page.get_by_text("was written as a file").first).to_be_visible()
    examine(page, "admin-mail")


def test_the_other_pages_of_an_admin(stocked: Site, sign_in: SignIn) -> None:
    page = sign_in("chief@example.com")
    for name, address in {
        "admin-connections": "/admin/connections",
        "admin-connection-access": "/admin/connections/salesforce",
        "admin-links": "/admin/links",
        "admin-sample": "/sample",
    }.items():
        examine(page, name, address=address)

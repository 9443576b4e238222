"""Two marketers edit one asset at its place; neither overwrites the other."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Site
from tests.journeys.looking import assert_accessible, found
from tests.journeys.material import make_pdf
from tests.journeys.pictures import shoot

SignIn = Callable[..., Page]


def edit(page: Page, field: str, text: str) -> None:
    """Open the field by its pencil and type; without saving."""
    page.get_by_role("link", name=f"Edit: {field}", exact=True).click()
    page.get_by_role("textbox", name=field, exact=True).fill(text)


def test_two_editors_are_shown_both(site: Site, sign_in: SignIn, tmp_path: object) -> None:
    file = make_pdf(tmp_path / "Shift plan.pdf", "Shift plan")  # type: ignore[operator]
    site.command("ingest", str(file), "--publish", "--owner", "marketer@example.com")
    ines, ada = sign_in("marketer@example.com"), sign_in("chief@example.com")
    found(ines, "shift plan").first.locator("a.card__link").click()
    ines.wait_for_url("**/assets/**")
    ada.goto(ines.url)

    edit(ines, "Summary", "For the first meeting with a plant manager")
    edit(ada, "Title", "The shift plan")
    ada.get_by_role("button", name="Save", exact=True).click()
    expect(ada.get_by_role("heading", level=1)).to_contain_text("The shift plan")
    ines.get_by_role("button", name="Save", exact=True).click()
    # Different fields: both are there, nobody was asked.
    expect(ines.get_by_role("heading", level=1)).to_contain_text("The shift plan")
    expect(ines.locator("main")).to_contain_text("For the first meeting")

    ada.reload()
    edit(ines, "Summary", "For a first meeting in the plant")
    edit(ada, "Summary", "For the second meeting")
    ada.get_by_role("button", name="Save", exact=True).click()
    expect(ada.locator("main")).to_contain_text("For the second meeting")
    ines.get_by_role("button", name="Save", exact=True).click()
    expect(ines.locator(".notice__title")).to_contain_text("Ada Chief saved this")
    expect(ines.get_by_role("radio")).to_have_count(3)
    assert_accessible(ines)
    shoot(ines, "compare")
    ines.get_by_role("radio", name="Both").check()
    ines.get_by_role("button", name="Save what I chose").click()
    expect(ines.locator("main")).to_contain_text("For the second meeting")
    expect(ines.locator("main")).to_contain_text("For a first meeting in the plant")
    # Escape leaves a field as it was; one that is opened while another is saved stays open.
    edit(ines, "Tags", "thrown away")
    ines.keyboard.press("Escape")
    expect(ines.locator("main")).not_to_contain_text("thrown away")
    expect(ines.get_by_role("link", name="Edit: Tags")).to_be_focused()

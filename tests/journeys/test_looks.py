"""Every screen as it is seen: four pictures, nothing sticking out, nothing grave for axe."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import PERSON, Site, watch
from tests.journeys.looking import (
    NARROW,
    assert_fits,
    assert_focus_is_seen,
    assert_focus_is_uncovered,
    examine,
    settle,
)
from tests.journeys.pictures import photograph, shoot
from tests.journeys.stock import EXACT, GERMAN

SignIn = Callable[..., Page]


def first(page: Page, address: str, link: str) -> str:
    """The address of the first such link on that page."""
    page.goto(address)
    found = page.locator(link).first.get_attribute("href")
    assert found
    return found


def test_screens_of_search(stocked: Site, sign_in: SignIn) -> None:
    page = sign_in("rep@example.com")
    for name, address in {
        "library": "/library",
        "library-list": "/library?view=list",
        "library-filtered": "/library?stage=evaluation&sort=newest",
        "search-page": f"/library?q={EXACT}",
        "search-nothing": "/library?q=flutterbrok+zzyzx",
        "search-meant": "/library?q=flutterbrokk",
    }.items():
        examine(page, name, address=address)


def test_screens_of_collections_and_requests(stocked: Site, sign_in: SignIn) -> None:
    page = sign_in("rep@example.com")
    for name, address in {
        "collections": "/collections",
        "search-save": "/collections/new?query=q%3Dbearing",
        "requests": "/requests",
        "requests-taken": "/requests?state=taken_on",
        "requests-none": "/requests?state=declined",
        "request-new": "/requests/new?q=brewery+sheet",
    }.items():
        examine(page, name, address=address)
    examine(page, "collection", address=first(page, "/collections", "a.tile__link"))
    examine(page, "request", address=first(page, "/requests?state=taken_on", "a.table__main"))


def test_screens_of_a_rep(stocked: Site, sign_in: SignIn) -> None:
    page = sign_in("rep@example.com")
    examine(page, "home-of-rep", address="/")
    examine(page, "deals", address="/deals")
    examine(page, "deal", address=first(page, "/deals", "a.table__main"))
    hit = first(page, f"/library?q={EXACT}", "a.card__link")
    examine(page, "asset-page", address=hit)
    assert_focus_is_uncovered(page)
    examine(page, "asset-long", address=first(page, "/library?q=pasted", "a.card__link"))
    examine(page, "profile", address="/profile")


def test_screens_of_marketer_and_manager(stocked: Site, sign_in: SignIn) -> None:
    page = sign_in("marketer@example.com")
    examine(page, "home-of-marketer", address="/")
    asset = re.sub(r"/pages/.*|\?.*", "", first(page, "/library?q=bearing", "a.card__link"))
    examine(page, "asset-edit", address=f"{asset}/edit")
    examine(page, "request-answer", address=first(page, "/requests", "a.table__main"))
    number = asset.rsplit("/", 1)[1]
    examine(page, "collection-choose", address=f"/collections/add?asset={number}&back=/library")
    manager = sign_in("manager@example.com")
    for name in ("overview", "assets", "search", "ignored", "definitions"):
        examine(manager, f"report-{name}", address=f"/reports/{name}")
    examine(manager, "home-of-manager", address="/")


def test_screens_that_others_look_at_closely(stocked: Site, sign_in: SignIn) -> None:
    """Pictures alone: what axe finds, and whether they fit, is test_docket.py's to say."""
    page = sign_in("rep@example.com")
    look = {
        "inbox": "/inbox",
        "inbox-settings": "/inbox/settings",
        "shares": "/shares",
        "adaptation-new": "/adaptations/new",
        "before-you-build": "/before-you-build",
    }
    take(page, look)
    page.goto("/packs")
    page.get_by_label("Title of the pack").fill("For the plant manager")
    page.get_by_role("button", name="Make the pack").click()
    expect(page.get_by_role("heading", name="For the plant manager")).to_be_visible()
    take(page, {"pack": page.url, "packs": "/packs"})
    marketer = sign_in("marketer@example.com")
    take(
        marketer,
        {f"docket-{name}": f"/docket/{name}" for name in ("policies", "method", "retired")},
    )
    manager = sign_in("manager@example.com")
    reports = ("coverage", "adoption", "changes", "worth", "mails")
    take(manager, {f"report-{name}": f"/reports/{name}" for name in reports})
    asset = re.sub(r"/pages/.*|\?.*", "", first(manager, "/library?q=bearing", "a.card__link"))
    take(manager, {"scorecard": f"/reports{asset}"})


def take(page: Page, screens: dict[str, str]) -> None:
    for name, address in screens.items():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"{address} answered {answer.status}"
        settle(page)
        shoot(page, name)


def test_a_title_of_one_long_word_stays_within_every_page(stocked: Site, sign_in: SignIn) -> None:
    page = sign_in("marketer@example.com")
    asset = re.sub(r"/pages/.*|\?.*", "", first(page, "/library?q=pasted", "a.card__link"))
    number = asset.rsplit("/", 1)[1]
    for address in (
        f"{asset}/edit", f"{asset}/collect", f"/shares/new?asset={number}",
        f"/collections/add?asset={number}&back=/library", f"/assets/describe?asset={number}",
    ):  # fmt: skip
        page.goto(address)
        settle(page)
        assert_fits(page, address)


def test_screens_before_signing_in(stocked: Site, browser: Browser, faults: list[str]) -> None:
    context = browser.new_context(base_url=stocked.url, user_agent=PERSON, locale="en-GB")
    page = watch(context.new_page(), faults)
    for name in ("sign-in", "forgot"):
        examine(page, name, address=f"/{name}")
    context.close()


def test_every_part_stands_in_the_style_guide(stocked: Site, sign_in: SignIn) -> None:
    page = sign_in("chief@example.com")
    take(page, {"admin-webhooks": "/admin/webhooks"})
    examine(page, "styleguide", address="/styleguide")
    page.emulate_media(forced_colors="active")
    photograph(page, "styleguide-forced")
    page.emulate_media(forced_colors="none", reduced_motion="reduce")
    assert_focus_is_seen(page)
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((one) => {
          const style = getComputedStyle(one);
          const seconds = (text) => Math.max(...text.split(",").map(parseFloat));
          return (style.animationName !== "none" && seconds(style.animationDuration) > 0.02)
            || seconds(style.transitionDuration) > 0.02;
        }).map((one) => one.className).slice(0, 5)"""
    )
    assert moving == []


def test_german_fits_on_a_phone(stocked: Site, sign_in: SignIn) -> None:
    """Every page by itself is looked at in test_docket.py; here are filters, lists and words."""
    page = sign_in("manager@example.com")
    page.goto("/profile")
    page.get_by_label("Language", exact=True).select_option("de")
    page.get_by_role("button", name=re.compile("^Save")).first.click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    try:
        for address in (
            "/library?view=list&industry=food", "/library?q=zzyzx", "/requests?state=taken_on",
        ):  # fmt: skip
            page.goto(address)
            settle(page)
            assert_fits(page, f"{address} in German")
        page.goto("/reports/overview")
        shoot(page, "report-german")
        page.goto("/library?q=Abfüllanlagen")
        expect(page.locator("article.card").first).to_contain_text(GERMAN[:30])
        shoot(page, "library-german")
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        expect(page.get_by_role("link", name="Bibliothek").last).to_be_visible()
    finally:
        page.goto("/profile")
        page.get_by_label("Sprache", exact=True).select_option("en")
        page.get_by_role("button", name=re.compile("^Speichern")).first.click()
        page.wait_for_load_state()

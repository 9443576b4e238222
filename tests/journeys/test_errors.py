"""What goes wrong says what happened, what still holds and where to go on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route, expect

from collateral import create_app, limits
from collateral.accounts import operations
from collateral.accounts.guard import public
from collateral.accounts.models import Role
from collateral.accounts.rules import network_of
from collateral.config import Settings
from collateral.sharing.views.buyer import GUESSING
from tests.journeys.conftest import PASSWORD, Site
from tests.journeys.looking import assert_fits, examine

SignIn = Callable[..., Page]
NOWHERE = "/nothing/here"


def fail(site: Site, language: str = "en") -> Callable[[Route], None]:
    """Answers a request as the library does where its own code breaks."""
    app = create_app(Settings.from_environ(site.environ))

    @app.get("/broken")
    @public
    def broken() -> str:
        raise RuntimeError("a fault of ours")

    app.testing = False

    def answer(route: Route) -> None:
        answered = app.test_client().get(
            "/broken",
            base_url=site.url,
            headers={"Accept": "text/html", "Accept-Language": language},
        )
        route.fulfill(
            status=answered.status_code,
            headers=dict(answered.headers),
            body=answered.get_data(),
        )

    return answer


@contextmanager
def guessed(site: Site) -> Iterator[None]:
    """As if somebody at this address had just guessed at links; given back for other journeys."""
    who = f"network:{network_of('127.0.0.1')}"
    with site.inside():
        limits.spend(GUESSING, who, cost=GUESSING.amount)
    yield
    with site.inside():
        site.app.extensions["limits"].clear(GUESSING.item, who)


def send_too_much(page: Page) -> int:
    """Send more text than any form takes; what was answered."""
    page.goto("/requests/new")
    page.locator("#title").evaluate("one => { one.value = 'x'.repeat(3000000) }")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.locator("main form button[type=submit]").first.click()
    page.locator(".oops").wait_for()
    return answered.value.status


def test_every_failure_has_a_page_of_its_own(
    stocked: Site, sign_in: SignIn, faults: list[str]
) -> None:
    page = sign_in("rep@example.com")
    examine(page, "error-404", address=NOWHERE, status=404)
    expect(page.get_by_role("searchbox")).to_be_visible()
    examine(page, "error-403", address="/admin/people", status=403)
    assert send_too_much(page) == 413
    examine(page, "error-413", status=413)
    with guessed(stocked):
        examine(page, "error-429", address="/s/nothing-like-a-link", status=429)
    page.route("**/broken", fail(stocked))
    examine(page, "error-500", address="/broken", status=500)
    expect(page.locator(".oops__foot")).to_contain_text("500 · ")
    assert forget(faults) == ["404", "403", "413", "429", "500"]


def test_failures_are_told_in_german_too(stocked: Site, sign_in: SignIn, faults: list[str]) -> None:
    with stocked.inside():
        person = operations.add_person(
            "fehler@example.com", "Jörg Fehler", [Role.REP], by=None, password=PASSWORD
        )
        person.locale = "de"
    page = sign_in("fehler@example.com", width="390")
    page.route("**/broken", fail(stocked, "de"))
    for address, heading in {
        NOWHERE: "Hier ist nichts",
        "/admin/people": "Dafür fehlt das Recht",
        "/broken": "Hier ist etwas fehlgeschlagen",
    }.items():
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        assert_fits(page, f"{address} in German")
    assert forget(faults) == ["404", "403", "500"]


def forget(faults: list[str]) -> list[str]:
    """The statuses that the browser noted by itself; nothing else may be among the faults."""
    noted = [re.search(r"responded with a status of (\d+)", fault) for fault in faults]
    assert all(noted), faults
    faults.clear()
    return [found[1] for found in noted if found]

"""The way of one file through several machines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.cluster.machines import Cluster
from tests.journeys.looking import found
from tests.journeys.material import RARE, make_deals, make_deck

SignIn = Callable[..., Page]


def test_a_file_goes_its_way_though_no_two_steps_share_a_home(
    site: Cluster, sign_in: SignIn, tmp_path: Path
) -> None:
    deck = make_deck(tmp_path / "What a stop costs.pptx", "What a stop costs", rare_on=7)
    site.command("deals", "import", str(make_deals(tmp_path / "deals.csv", "rep@example.com")))

    marketer = sign_in("marketer@example.com")
    marketer.goto("/upload")
    marketer.locator("input[type=file]").first.set_input_files(deck)
    row = marketer.locator("[data-upload-row]").filter(has_text=deck.name)
    expect(row).to_have_count(1)
    expect(marketer.locator("[data-upload-busy]")).to_have_count(0, timeout=60_000)
    marketer.reload()
    marketer.get_by_role("button", name=re.compile("Publish")).first.click()  # all drafts
    marketer.wait_for_load_state()

    rep = sign_in("rep@example.com")
    card = found(rep, RARE)
    expect(card.first).to_contain_text("Page 7 of 9")
    card.first.get_by_role("link", name="What a stop costs").click()
    rep.wait_for_url(re.compile(r"/assets/\d+/pages/7"))
    expect(rep.locator("main")).to_contain_text("part 7")
    picture = rep.locator("main img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300

    rep.get_by_role("button", name="Use in Brauwerk Lindau").click()
    expect(rep.get_by_role("status").filter(has_text="Used in")).to_be_visible()

    with rep.expect_download() as download:
        rep.get_by_role("link", name="Download").first.click()
    kept = download.value
    bucket = parse_qs(urlsplit(site.environ["STORAGE_URL"]).query)["endpoint"][0]
    assert kept.url.startswith(f"{bucket}/")
    assert "X-Amz-Signature" in kept.url
    assert kept.suggested_filename == deck.name
    assert digest(kept.path()) == digest(deck)

    shares = site.proxy.shares()
    assert len(shares) == 2, shares
    assert min(shares.values()) > 10, shares


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

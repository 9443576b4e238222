"""What somebody at a browser sees of a web process that dies: nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.cluster.machines import Cluster
from tests.journeys.material import make_pdf

SignIn = Callable[..., Page]
FILES = 16


def test_a_folder_is_received_and_pages_come_while_a_web_process_dies(
    site: Cluster, sign_in: SignIn, faults: list[str], tmp_path: Path
) -> None:
    files = [make_pdf(tmp_path / f"at work {n}.pdf", f"At work {n}") for n in range(FILES)]
    page = sign_in("marketer@example.com")
    page.goto("/upload")
    page.locator("[data-restored]").wait_for()
    received = page.locator("[data-upload-row]").filter(has_text="at work")
    page.locator("input[type=file]").first.set_input_files(files)
    expect(received.first).to_be_visible()
    assert received.count() < FILES
    site.webs[0].kill()
    expect(received).to_have_count(FILES)
    expect(page.get_by_text("The connection broke")).to_have_count(0)

    for address in ("/", "/library", "/library?q=work", "/deals", "/upload") * 2:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    # The browser notes the one request that was tried again.
    assert len(faults) <= 2, faults
    assert all("502" in fault for fault in faults), faults
    faults.clear()

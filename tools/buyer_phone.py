"""How soon a buyer's phone shows the first page of a link: `buyer_phone.py ADDRESS [--times N]`.

Chromium as a phone that it does not know yet: the screen of one, a processor four times slower
than this machine's, a connection of 9 Mbit/s whose every answer is 60 ms late (what Lighthouse and
Chromium's tools call "Fast 4G", less its loss). Told are the milliseconds from the tap on the
link to the first words, to the picture of the first page, what came over the line until then, and
how long the page's own thread was busy, on the slowed processor.
"""

from __future__ import annotations

import os
import shutil
import statistics
from typing import Any

import click
from playwright.sync_api import Browser, sync_playwright

PHONE = (
    "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0 Mobile Safari/537.36"
)
SLOWER = 4
LATE_MS, BYTES_A_SECOND = 60, 9_000_000 // 8
PAINTED = """
() => new Promise((tell) => new PerformanceObserver((list) => {
  const picture = list.getEntries().find(({ element }) => element?.closest("[data-buyer-frame]"));
  if (!picture) return;
  const [page] = performance.getEntriesByType("navigation");
  const files = performance.getEntriesByType("resource")
    .filter(({ responseEnd }) => responseEnd <= picture.startTime);
  tell({
    words: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    picture: picture.startTime,
    kilobytes: [page, ...files].reduce((sum, { transferSize }) => sum + transferSize, 0) / 1000,
    requests: 1 + files.length,
  });
}).observe({ type: "largest-contentful-paint", buffered: true }))
"""


def opened(browser: Browser, address: str) -> dict[str, float]:
    """One opening by a phone that was never there."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        user_agent=PHONE,
    )
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    tools.send("Network.enable")
    line: dict[str, Any] = {"offline": False, "latency": LATE_MS}
    line |= {"downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND / 6}
    tools.send("Network.emulateNetworkConditions", line)
    tools.send("Performance.enable")
    page.goto(address, wait_until="commit")
    told: dict[str, float] = page.evaluate(PAINTED)
    metrics = {
        each["name"]: each["value"] for each in tools.send("Performance.getMetrics")["metrics"]
    }
    context.close()
    return told | {"busy": metrics["TaskDuration"] * 1000}


@click.command()
@click.argument("address")
@click.option("--times", default=15, show_default=True, type=click.IntRange(1))
def main(address: str, times: int) -> None:
    """Open the link so many times, each time as somebody new, and tell median and worst."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        opened(browser, address)  # the server's own caches are warm
        every = [opened(browser, address) for _ in range(times)]
        browser.close()
    for name, unit in (
        ("words", "ms"), ("picture", "ms"), ("busy", "ms"), ("kilobytes", "kB"), ("requests", ""),
    ):  # fmt: skip
        values = [each[name] for each in every]
        click.echo(f"{name:10}{statistics.median(values):8.0f}{max(values):8.0f} {unit}".rstrip())
    click.echo(f"{times} openings: median, worst; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()

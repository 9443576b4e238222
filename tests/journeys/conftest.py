"""A library that really runs, and a browser that watches for mistakes.

It is web and worker on the embedded side; where COLLATERAL_TEST_ENGINES says where PostgreSQL,
Redis and S3 are (`make test-cluster`), it is several machines behind a proxy.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from collateral import cli
from collateral.config import ROOT, Settings
from collateral.db import db
from tests.journeys.looking import WEIGHED
from tests.journeys.pictures import WIDTHS
from tests.support import free_port

# Nothing here is about speed: on a slow machine a page comes when it comes.
expect.set_options(timeout=30_000)

ENGINES = "COLLATERAL_TEST_ENGINES"
PASSWORD = "a password that nobody guesses"
# A headless browser's own name is on COUNTER's list of robots, which do not count.
PERSON = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0 Safari/537.36"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in str(item.path):
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium; a missing one fails the journeys rather than skipping them.

    The same engine without windows of its own comes first: those take a third of the processor.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.fail("Chromium is missing; run tools/need-chromium.sh")
    return {
        "executable_path": path,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@dataclass
class Site:
    """A running library: its address and a way to give commands to it."""

    home: Path
    port: int
    environ: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def app(self) -> Flask:
        """The application over what the library keeps, in the test's own process."""
        from collateral import create_app

        return create_app(Settings.from_environ(self.environ))

    @contextmanager
    def inside(self) -> Iterator[None]:
        """What the block writes is kept when it is over."""
        with self.app.app_context():
            yield
            db.session.commit()
            db.session.remove()
            db.engine.dispose()

    def command(self, *args: str, stdin: str = "") -> str:
        """Run `collateral ARGS` and return what it printed.

        In the test's own process, where a new one would load the whole program each time; of a
        cluster by a member of its own.
        """
        if ENGINES not in os.environ:
            ran = self.app.test_cli_runner().invoke(cli.gather(), list(args), input=stdin)
            assert ran.exit_code == 0, ran.output + repr(ran.exception)
            return str(ran.stdout)
        done = subprocess.run(
            [sys.executable, "-m", "collateral", *args],
            env=self.environ,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def add_person(self, email: str, *roles: str, name: str = "") -> None:
        options = [part for role in roles for part in ("--role", role)]
        named = ["--name", name] if name else []
        self.command("user", "add", email, *options, *named, "--password-stdin", stdin=PASSWORD)

    def start(self) -> None:
        command = [sys.executable, "-m", "collateral", "run", "--port", str(self.port)]
        with (self.home / "server.log").open("ab") as log:
            self.processes.append(
                subprocess.Popen(
                    command,
                    env=self.environ,
                    stdout=log,
                    stderr=log,
                    cwd=ROOT,
                    start_new_session=True,
                )
            )
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        self.stop()
        pytest.fail(f"the server did not start: {self.said()[-3000:]}")

    def said(self) -> str:
        """What the server printed."""
        return (self.home / "server.log").read_text("utf-8")

    def stop(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(30)
        self.processes.clear()


def make_site(home: Path) -> Site:
    """An empty library that has not started, on the side that is being tested."""
    home.mkdir(parents=True, exist_ok=True)
    if ENGINES in os.environ:
        from tests.cluster.machines import make_cluster

        return make_cluster(home)
    port = free_port()
    environ = {
        **{k: v for k, v in os.environ.items() if not k.startswith("COLLATERAL")},
        "COLLATERAL_HOME": str(home),
        "SEARCH_URL": f"whoosh:{home / 'index'}",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "METRICS_TOKEN": "a-token-for-the-journeys",
    }
    return Site(home, port, environ)


def add_people(site: Site) -> None:
    """The four who sign in."""
    from collateral.accounts import operations
    from collateral.accounts.models import Role

    with site.inside():
        for email, role, name in (
            ("rep@example.com", Role.REP, "Mara Brandt"),
            ("marketer@example.com", Role.MARKETER, "Ines Duarte"),
            ("manager@example.com", Role.MANAGER, "Tove Berg"),
            ("chief@example.com", Role.ADMIN, "Ada Chief"),
        ):
            operations.add_person(email, name, [role], by=None, password=PASSWORD)


@contextmanager
def running(home: Path) -> Iterator[Site]:
    """An empty library with a rep, a marketer, a manager and an admin, as long as the block."""
    site = make_site(home)
    site.command("init", "--admin", "admin@example.com")
    add_people(site)
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The library that most journeys share: none may hide what another looks for."""
    with running(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def stocked(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The library with what tests/journeys/stock.py says is in it; look, and leave it as it was."""
    from tests.journeys import stock

    stock.fill(site, tmp_path_factory.mktemp("stock"))
    return site


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """What the browser complained of; a journey with any of it fails."""
    seen: list[str] = []
    yield seen
    assert seen == [], "the browser complained"


def watch(page: Page, faults: list[str]) -> Page:
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    return page


@pytest.fixture(scope="session")
def signed_in() -> dict[tuple[str, str], Any]:
    """The cookies of who signed in to which library by the form, to go on with them."""
    return {}


@pytest.fixture
def sign_in(
    browser: Browser, site: Site, faults: list[str], signed_in: dict[tuple[str, str], Any]
) -> Iterator[Any]:
    """`sign_in("rep@example.com")` answers a page on which that person has signed in."""
    contexts: list[BrowserContext] = []

    def go(
        email: str,
        *,
        width: str = "1440",
        dark: bool = False,
        scripts: bool = True,
        by_form: bool = False,
        **options: Any,
    ) -> Page:
        size = WIDTHS[width]
        known = signed_in.get((site.url, email)) if scripts and not by_form else None
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            base_url=site.url,
            accept_downloads=True,
            locale="en-GB",
            user_agent=PERSON,
            storage_state=known,
            # What comes from the offline worker's store says nothing of its weight on the way.
            **{"service_workers": "block", **options},
        )
        contexts.append(context)
        if scripts and options.get("service_workers") != "allow":
            context.add_init_script(WEIGHED)
        page = watch(context.new_page(), faults)
        if known:
            page.goto("/")
        else:
            enter(page, email)
            signed_in[site.url, email] = context.storage_state()
        return page

    yield go
    for context in contexts:
        context.close()


def enter(page: Page, email: str) -> None:
    """Sign in by the form."""
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)

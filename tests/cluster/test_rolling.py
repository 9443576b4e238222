"""Old and new code side by side on tables that the new code has migrated."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tarfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from collateral.config import ROOT
from tests.cluster.machines import Cluster, Machine, make_cluster
from tests.journeys.conftest import PASSWORD
from tests.journeys.material import RARE, make_deals, make_deck

VERSIONS = "migrations/versions"
LOOKED_THROUGH = 40
"""Commits; one that does not start was never anybody's."""


@pytest.fixture(scope="module")
def old_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout as it was before the newest migration came: the last one that starts."""
    if not (ROOT / ".git").exists():
        pytest.skip("this checkout has no history to take the code before the migration from")
    newest = git("log", "--diff-filter=A", "-1", "--format=%H", "--", VERSIONS).decode().strip()
    for commit in git("rev-list", f"-{LOOKED_THROUGH}", newest).decode().split()[1:]:
        folder = tmp_path_factory.mktemp("before")
        with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as archive:
            archive.extractall(folder, filter="data")
        if starts(folder):
            assert migrations(folder) < migrations(ROOT), "the code before has as many migrations"
            return folder
    pytest.skip("this checkout has no history to take the code before the migration from")


def starts(root: Path) -> bool:
    """Whether that code makes an application, and tables; of a change in several commits not each
    does."""
    program = (
        "from alembic.script import ScriptDirectory; from collateral import create_app; "
        "create_app(); list(ScriptDirectory('migrations').walk_revisions())"
    )
    environ = {**os.environ, "COLLATERAL_HOME": str(root / "instance")}
    ran = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, cwd=root, check=False
    )
    return ran.returncode == 0


def collateral(
    root: Path, environ: dict[str, str], *arguments: str, said: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "collateral", *arguments],
        env=environ,
        input=said,
        capture_output=True,
        text=True,
        cwd=root,
    )


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout


def migrations(root: Path) -> set[str]:
    return {path.name for path in (root / VERSIONS).glob("[0-9]*.py")}


@pytest.fixture(scope="module")
def half_way(old_code: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A library of the old code, one web process and one worker of which are new by now."""
    folder = tmp_path_factory.mktemp("rolling")
    cluster = make_cluster(folder / "home")
    for machine in cluster.machines:
        machine.root = old_code

    def command(*arguments: str, said: str = "") -> None:
        done = collateral(old_code, cluster.environ, *arguments, said=said)
        assert done.returncode == 0, done.stderr

    command("init", "--admin", "admin@example.com")
    for email, role in (("rep@example.com", "rep"), ("marketer@example.com", "marketer")):
        command("user", "add", email, "--role", role, "--password-stdin", said=PASSWORD)
    cluster.start()
    files = folder / "files"
    files.mkdir()
    make_deck(files / "What a stop costs.pptx", "What a stop costs", rare_on=7)
    command("ingest", str(files), "--publish", "--owner", "marketer@example.com")
    command("deals", "import", str(make_deals(folder / "deals.csv", "rep@example.com")))
    # As docs/operating.md says: the new tables, and the new program's index, before it is used.
    for step in ("migrate", "reindex"):
        done = collateral(ROOT, cluster.environ, step)
        assert done.returncode == 0, done.stderr
    for machine in (cluster.webs[1], cluster.workers[1]):
        machine.end()
        machine.root = ROOT
    cluster.revive()
    yield cluster
    cluster.stop()


@dataclass
class Person:
    """Somebody who signs in with a browser that shows no pictures."""

    url: str
    browser: urllib.request.OpenerDirector = field(
        default_factory=lambda: urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar())
        )
    )

    def open(self, path: str, form: dict[str, str] | None = None) -> str:
        """The page, or what came of the form that was on the page `path` before."""
        body = urllib.parse.urlencode(form).encode() if form else None
        with self.browser.open(urllib.parse.urljoin(self.url, path), body) as answer:
            assert answer.status == 200
            return str(answer.read().decode())

    def sign_in(self, email: str) -> None:
        self.open(
            "/sign-in",
            {
                "csrf_token": csrf_of(self.open("/sign-in")),
                "email": email,
                "password": PASSWORD,
            },
        )


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("which", ["old", "new"])
def test_both_serve_on_the_new_tables(half_way: Cluster, which: str, tmp_path: Path) -> None:
    web: Machine = half_way.webs[which == "new"]
    assert (web.root == ROOT) is (which == "new")
    marketer = Person(f"http://127.0.0.1:{web.port}")
    marketer.sign_in("marketer@example.com")
    assert "/upload" in marketer.open("/")

    rep = Person(f"http://127.0.0.1:{web.port}")
    rep.sign_in("rep@example.com")
    found = rep.open(f"/library?q={RARE}")
    assert "Page 7 of 9" in found
    asset = re.search(r"/assets/(\d+)", found)
    assert asset
    page = rep.open(f"/assets/{asset[1]}/pages/7")
    assert "What a stop costs" in page
    deal = re.search(r'name="deal"[^>]*value="(\d+)"', page)
    assert deal, page
    use = re.search(r'<form[^>]*id="use"[^>]*action="([^"]+)"', page)
    assert use, page
    said = rep.open(use[1], {"csrf_token": csrf_of(page), "deal": deal[1]})
    assert "Used in" in said
    assert faults_of(web) == []


def test_through_the_proxy_a_session_holds_on_both(half_way: Cluster) -> None:
    rep = Person(half_way.url)
    rep.sign_in("rep@example.com")
    for path in ("/", "/library", "/deals", f"/library?q={RARE}") * 2:
        assert "Sign out" in rep.open(path)
    assert len(half_way.proxy.shares()) == 2


def test_workers_of_both_kinds_read_what_comes(half_way: Cluster, tmp_path: Path) -> None:
    for n in range(6):
        make_deck(tmp_path / f"Later {n}.pptx", f"Later {n}", slides=4)
    half_way.command("ingest", str(tmp_path), "--publish", "--owner", "marketer@example.com")
    half_way.command("check")
    # What the old one is too old for it leaves to the new one.
    assert [fault for machine in half_way.machines for fault in faults_of(machine)] == []


def faults_of(machine: Machine) -> list[dict[str, object]]:
    """What it logged as an error."""
    lines = machine.log.read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if '"level": "error"' in line]

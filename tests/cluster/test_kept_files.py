"""Kept files are sent by the proxy where it sees their folder, and by Collateral's leave alone."""

from __future__ import annotations

import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from tests.cluster.calling import Caller
from tests.cluster.machines import Cluster, make_small
from tests.cluster.proxy import Caddy, Proxy
from tests.journeys.material import make_deck

needs_caddy = pytest.mark.skipif(
    not (os.environ.get("CADDY") or shutil.which("caddy")), reason="Caddy is not installed"
)


@pytest.fixture(params=[Proxy, pytest.param(Caddy, marks=needs_caddy)])
def shared_folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cluster]:
    """A library of one web process whose files lie where the proxy sees them."""
    files = f"file:{tmp_path / 'files'}"
    cluster = make_small(tmp_path / "home", STORAGE_URL=files, SEND_FILES="/kept/")
    cluster.proxy = request.param(cluster.home / "proxy")
    cluster.start()
    yield cluster
    cluster.stop()


def test_the_proxy_sends_what_collateral_lets_it_send(
    shared_folder: Cluster, tmp_path: Path
) -> None:
    token = shared_folder.command("token", "create", "admin@example.com", "--scopes", "read,write")
    caller = Caller(shared_folder.url, token.strip())
    deck = make_deck(tmp_path / "停机 “v7”.pptx", "What a stop costs", slides=3)
    asset = caller.upload(deck)
    address = f"{shared_folder.url}/api/v1/assets/{asset['id']}/file"
    allowed = {"Authorization": f"Bearer {caller.token}"}

    data, headers = fetch(address, allowed)
    assert data == deck.read_bytes()
    assert headers["ETag"]
    assert "X-Accel-Redirect" not in headers
    assert "filename*=UTF-8''%E5%81%9C" in headers["Content-Disposition"]
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-cache"

    part, headers = fetch(address, {**allowed, "Range": "bytes=100-199"})
    assert part == deck.read_bytes()[100:200]
    assert headers["Content-Range"] == f"bytes 100-199/{deck.stat().st_size}"

    sha256 = asset["versions"][0]["sha256"]
    inside = f"{shared_folder.url}/kept/{sha256[:2]}/{sha256[2:4]}/{sha256}"
    for refused, given in ((address, {}), (inside, allowed)):
        with pytest.raises(urllib.error.HTTPError) as error:
            fetch(refused, given)
        assert error.value.code in (401, 404)
        error.value.close()


def fetch(address: str, headers: dict[str, str]) -> tuple[bytes, Message]:
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        return answer.read(), answer.headers

"""Attacks out of the confined child, each with a real canary. The worker must be unhurt."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collateral.reading import confine
from collateral.reading.confined import processes
from collateral.reading.confined.cage import Cage
from collateral.reading.confined.client import Client
from tests.hostile.around import gone, open_to_all
from tests.reading.makers import own_temporary_folder

ATTACKS = Path(__file__).with_name("attacks.py")


CAGE = Cage(wall_seconds=60, cpu_seconds=2, memory_mb=600, answer_mb=8)


# Without a user of its own the child is as confined as under a worker that is not root.
USERS = ("own_user",) if os.geteuid() == 0 else ()


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with confine.separate() as client:
        yield client


@pytest.fixture(scope="module")
def held(client: Client) -> dict[str, bool]:
    return {layer.name: layer.holds for layer in confine.layers(client)}


@pytest.fixture(autouse=True)
def _leaves_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    """After each attack: the next child answers, no process is left, no folder is left."""
    with own_temporary_folder(monkeypatch) as temporary:
        yield
        left = list(temporary.iterdir())
    outcome, heads = attack(client, "hello", Cage(), module="collateral.reading.confined.canaries")
    assert (outcome.cause, heads) == ("done", [{"hello": True}])
    server = client.server_pid
    assert server is not None
    assert processes.descendants(server) == set()
    assert left == []


def attack(
    client: Client, name: str, cage: Cage = CAGE, module: str = "", **spec: Any
) -> tuple[confine.Outcome, list[dict[str, Any]]]:
    return confine.ask(client, f"{module or ATTACKS}:{name}", spec, cage)


def through(heads: list[dict[str, Any]]) -> set[str]:
    return {head["attack"] for head in heads if head["through"]}


def needs(held: dict[str, bool], *names: str) -> None:
    for name in names:
        if not held[name]:
            pytest.skip(f"this system lacks: {name}")


LANDLOCK, NETWORK, PROGRAMS = (
    "no files but its own (Landlock)",
    "no network (seccomp)",
    "no programs (seccomp)",
)


def test_t21_spinning_ends_by_its_cpu_limit(client):
    assert attack(client, "spin")[0].cause == "cpu"


def test_t21_ignoring_limits_ends_by_the_clock(client):
    cage = Cage(wall_seconds=1, cpu_seconds=2, memory_mb=600)
    outcome, _ = attack(client, "spin_ignoring_the_limit", cage)
    assert (outcome.cause, outcome.signal) == ("wall", signal.SIGKILL)


def test_t21_filling_memory_is_stopped(client):
    assert attack(client, "fill_memory")[0].cause == "memory"


def test_t21_filling_memory_without_rlimits_is_seen_by_the_watch(client):
    cage = Cage(wall_seconds=60, cpu_seconds=40, memory_mb=600, without=("rlimits",))
    assert attack(client, "fill_memory", cage)[0].cause == "memory"


@pytest.mark.parametrize("name", ["segfault", "abort"])
def test_t21_a_crash_is_the_childs_alone(client, name):
    outcome, _ = attack(client, name)
    assert outcome.cause == "crash"
    assert outcome.signal in (signal.SIGSEGV, signal.SIGABRT)


@pytest.mark.parametrize("without", [(), USERS])
def test_t21_fork_bomb_is_refused(client, held, without):
    needs(held, PROGRAMS)
    _, heads = attack(client, "fork_bomb", Cage(60, 5, 600, without=without))
    assert through(heads) == set()


def test_t21_without_seccomp_forks_are_swept(client):
    outcome, heads = attack(client, "fork_bomb", Cage(60, 5, 600, without=("seccomp",)))
    assert outcome.cause == "done"
    assert through(heads) == {"fork"}  # they came to be, and the fixture sees that none is left


def test_t21_without_seccomp_a_grandchild_in_its_own_session_is_swept(client):
    outcome, _ = attack(client, "hide_a_grandchild", Cage(60, 5, 600, without=("seccomp",)))
    assert outcome.cause == "done"


@pytest.mark.parametrize("without", [(), USERS])
def test_t21_no_file_can_be_written(client, held, tmp_path, without):
    needs(held, LANDLOCK, PROGRAMS)
    _, heads = attack(
        client, "write_files", Cage(60, 5, 600, without=without), folder=str(tmp_path)
    )
    assert len(heads) == 4
    assert through(heads) == set()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("without", [(), USERS])
def test_t23_no_foreign_file_can_be_read(client, held, tmp_path, without):
    needs(held, LANDLOCK)
    secret = tmp_path / "secret"
    secret.write_text("canary")
    spec = {"secret": str(secret), "folder": str(tmp_path), "worker": os.getpid()}
    _, heads = attack(client, "read_files", Cage(60, 5, 600, without=without), **spec)
    assert len(heads) == 5
    assert through(heads) == set()


@pytest.mark.parametrize("without", [(), USERS, ("landlock", *USERS)])
def test_t16_the_network_is_out_of_reach(client, held, without):
    needs(held, NETWORK)
    name = f"collateral-canary-{os.getpid()}"
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as box,
        socket.socket(socket.AF_UNIX) as local,
    ):
        port = server.getsockname()[1]
        box.bind(("127.0.0.1", port))
        local.bind("\0" + name)
        local.listen()
        spec = {"port": port, "socket": name}
        _, heads = attack(client, "reach_out", Cage(60, 5, 600, without=without), **spec)
        for listener in (server, box, local):
            listener.settimeout(0.2)
            with pytest.raises(TimeoutError):
                listener.recv(1) if listener is box else listener.accept()
    assert len(heads) == 3
    assert through(heads) == set()


def test_t16_the_canaries_are_real(client):
    """Without any layer the same attacks come through: the tests above can fail."""
    bare = Cage(60, 5, 600, without=("rlimits", "own_user", "landlock", "seccomp"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        spec = {"port": server.getsockname()[1], "socket": "nobody"}
        _, heads = attack(client, "reach_out", bare, **spec)
    assert {"tcp", "udp"} <= through(heads)
    with tempfile.NamedTemporaryFile() as secret:
        spec = {"secret": secret.name, "folder": "/", "worker": os.getpid()}
        _, heads = attack(client, "read_files", bare, **spec)
    assert {"passwd", "secret", "listing"} <= through(heads)


@pytest.mark.parametrize("without", [(), USERS])
def test_t21_other_processes_are_out_of_reach(client, held, without):
    needs(held, PROGRAMS)
    cage = Cage(60, 5, 600, without=without)
    _, heads = attack(client, "touch_others", cage, worker=os.getpid())
    assert len(heads) == 4
    assert through(heads) == set()


@pytest.mark.parametrize("name", ["flood", "lie_about_sizes", "oversized_json", "speak_nonsense"])
def test_t21_a_wild_answer_ends_the_child(client, name):
    assert attack(client, name)[0].cause == "answer"


def test_doctor_names_a_layer_that_is_missing(client, monkeypatch):
    monkeypatch.setattr(confine, "_ALL", ("rlimits", "own_user", "landlock", "seccomp", "none"))
    monkeypatch.setattr(
        confine, "_only", lambda _: Cage(10, 1, 600, without=("landlock", "seccomp", "own_user"))
    )
    held = {layer.name: layer.holds for layer in confine.layers(client)}
    assert held["limits on work (rlimits)"] is True
    assert held[LANDLOCK] is held[NETWORK] is held[PROGRAMS] is False


def test_a_killed_server_is_started_again(client):
    server = client.server_pid
    assert server is not None
    os.kill(server, signal.SIGKILL)
    outcome, _ = attack(client, "hello", module="collateral.reading.confined.canaries")
    assert outcome.cause == "done"
    assert client.server_pid != server


def test_a_server_killed_at_work_fails_only_its_file(client):
    seen: list[bytes] = []

    def take(data: bytes) -> None:
        if not seen:
            os.kill(client.server_pid or 0, signal.SIGKILL)
        seen.append(data)

    outcome = client.run(f"{ATTACKS}:stay", {}, cage=CAGE, take=take)
    assert outcome.cause == "lost"
    pid = int(b"".join(seen).split(b'"pid": ')[1].split(b"}")[0])
    assert gone(pid)


WORKER = """
import sys
from collateral.reading.confined.cage import Cage
from collateral.reading.confined.client import Client
from tests.hostile.around import gone, open_to_all
from tests.reading.makers import own_temporary_folder
def take(data):
    print(data.split(b'"pid": ')[1].split(b"}")[0].decode(), flush=True)
Client().run(sys.argv[1], {}, cage=Cage(60, 30, 600), take=take)
"""


def test_a_killed_worker_leaves_no_child(client):
    command = [sys.executable, "-c", WORKER, f"{ATTACKS}:stay"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        pid = int(worker.stdout.readline())
        assert not gone(pid, wait=0)
        worker.kill()
    assert gone(pid)


@pytest.mark.parametrize(
    ("script", "cause", "wall"),
    [
        ("while :; do :; done", "cpu", 60),
        ("sleep 60", "wall", 1),
        # It stays alive without a fork, which others under the same user could use up.
        (
            "i=0; while [ $i -lt 900 ]; do i=$((i+1)); : > file$i; done; while :; do :; done",
            "folder",
            50,
        ),
        ("exit 3", "crash", 60),
        ("true", "done", 60),
    ],
)
def test_t21_a_program_is_held_to_its_limits(client, tmp_path, script, cause, wall):
    cage = Cage(
        wall_seconds=wall, cpu_seconds=2, memory_mb=300, folder=str(tmp_path), folder_mb=5,
        program=("/bin/sh", "-c", script), readable=("/bin",), may_fork=True,
    )  # fmt: skip
    open_to_all(tmp_path)
    outcome = client.run("", {}, cage=cage, take=lambda _: None)
    assert outcome.cause == cause


def test_t21_a_program_cannot_fill_the_disk(client, tmp_path):
    open_to_all(tmp_path)
    cage = Cage(
        wall_seconds=20, cpu_seconds=10, memory_mb=300, folder=str(tmp_path), folder_mb=5,
        program=("/bin/sh", "-c", "cat /dev/zero > big"), readable=("/bin", "/dev"), may_fork=True,
    )  # fmt: skip
    client.run("", {}, cage=cage, take=lambda _: None)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 5 << 20

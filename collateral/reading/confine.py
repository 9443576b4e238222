"""The confined child, seen from outside: run something in it, and see which of its layers hold.

What each layer is and how it was attacked: `confined/`. `layers` tries every one with a canary
instead of inferring it from versions, for a system may offer a thing and refuse it.
"""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collateral.reading.confined.cage import Cage
from collateral.reading.confined.client import Client, Outcome, separate, shared
from collateral.reading.confined.wire import Assembler

__all__ = ["Cage", "Layer", "Outcome", "ask", "layers", "separate", "shared"]

_CANARIES = "collateral.reading.confined.canaries"
_QUICK = Cage(wall_seconds=10, cpu_seconds=1, memory_mb=1500)
_ALL = ("rlimits", "own_user", "landlock", "seccomp")


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the cage: whether it holds here, and what its absence costs."""

    name: str
    holds: bool
    costs: str


def ask(
    client: Client, target: str, spec: dict[str, Any], cage: Cage, file: Path | None = None
) -> tuple[Outcome, list[dict[str, Any]]]:
    """Run `target` in a child; how it ended and the heads of the frames it sent."""
    assembler = Assembler(cage.answer_mb << 20)
    heads: list[dict[str, Any]] = []

    def take(data: bytes) -> None:
        heads.extend(head for head, _ in assembler.feed(data))

    return client.run(target, spec, cage=cage, file=file, take=take), heads


def layers(client: Client | None = None) -> list[Layer]:
    """Try each layer alone with a canary, in about a second."""
    client = client or shared()
    with _listener() as port, tempfile.NamedTemporaryFile(prefix="collateral-canary-") as secret:
        secret.write(b"canary")
        secret.flush()
        Path(secret.name).chmod(0o644)
        spec = {"port": port, "secret": secret.name}
        return [
            Layer("a process of its own", _answers(client, spec), "files cannot be read at all"),
            Layer(
                "limits on work (rlimits)",
                _ends(client, "spin", "rlimits", "cpu"),
                "a file that works for ever is stopped by the clock only",
            ),
            Layer(
                "a user of its own",
                _refused(client, "became_spare_user", "own_user", spec),
                "runs as the worker's user; a root worker is better protected",
            ),
            Layer(
                "no files but its own (Landlock)",
                _refused(client, "read_secret", "landlock", spec),
                "a hostile file could read what the worker's user can read",
            ),
            Layer(
                "no network (seccomp)",
                _refused(client, "connect", "seccomp", spec),
                "a hostile file could reach the network",
            ),
            Layer(
                "no programs (seccomp)",
                _refused(client, "start_process", "seccomp", spec),
                "a hostile file could start programs, which are ended with it",
            ),
        ]


def _only(layer: str) -> Cage:
    without = tuple(name for name in _ALL if name != layer)
    return Cage(_QUICK.wall_seconds, _QUICK.cpu_seconds, _QUICK.memory_mb, without=without)


def _answers(client: Client, spec: dict[str, Any]) -> bool:
    outcome, heads = ask(client, f"{_CANARIES}:hello", spec, _QUICK)
    return outcome.cause == "done" and heads == [{"hello": True}]


def _refused(client: Client, canary: str, layer: str, spec: dict[str, Any]) -> bool:
    _, heads = ask(client, f"{_CANARIES}:{canary}", spec, _only(layer))
    return bool(heads) and heads[0].get("refused") is True


def _ends(client: Client, canary: str, layer: str, cause: str) -> bool:
    outcome, _ = ask(client, f"{_CANARIES}:{canary}", {}, _only(layer))
    return outcome.cause == cause


@contextmanager
def _listener() -> Iterator[int]:
    """A server on this machine that the canary tries to reach."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])

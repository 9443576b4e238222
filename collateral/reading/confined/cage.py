"""What a child gives up before it touches a foreign file, in the order that works.

Each layer holds alone; where a system lacks one, the next ones stand. `doctor` says which hold.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collateral.reading.confined import landlock, syscalls

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_MB = 1024 * 1024
_FIRST_SPARE_UID, _SPARE_UIDS = 60500, 64

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Cage:
    """The limits of one child. `folder` is the only place a tool may write; readers have none."""

    wall_seconds: float = 120.0
    cpu_seconds: int = 90
    memory_mb: int = 1500
    answer_mb: int = 400
    folder: str | None = None
    folder_mb: int = 512
    folder_entries: int = 500
    program: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()
    sockets: tuple[str, ...] = ()
    may_fork: bool = False
    without: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Cage:
        """The cage again after its way through JSON, which knows no tuples."""
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()
        }
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Held:
    """Which layers took hold in this process."""

    rlimits: bool
    own_user: bool
    landlock: bool
    seccomp: bool


def lock_down(cage: Cage, *, slot: int, parent: int) -> Held:
    """Confine this process for good. Call in a fresh child, after setsid and closing files.

    `without` names layers to leave out, so that tests and `doctor` can see each one hold alone.
    """
    own_user = "own_user" not in cage.without and _become_spare_user(slot)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # the zygote died before the request took effect
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    rlimits = "rlimits" not in cage.without
    if rlimits:
        _set_rlimits(cage)
    fenced = filtered = False
    if "landlock" not in cage.without:
        with contextlib.suppress(OSError):
            fenced = landlock.restrict(_allowed(cage))
    if "seccomp" not in cage.without:
        with contextlib.suppress(OSError, RuntimeError):
            filtered = (
                syscalls.tool_filter(may_fork=cage.may_fork)
                if cage.program
                else syscalls.reader_filter()
            )
    return Held(rlimits, own_user, fenced, filtered)


def spare_uid(slot: int) -> int:
    """The user that the child in this slot becomes where the worker runs as root."""
    return _FIRST_SPARE_UID + slot % _SPARE_UIDS


def _become_spare_user(slot: int) -> bool:
    if os.geteuid() != 0:
        return False
    uid = spare_uid(slot)
    with contextlib.suppress(KeyError):
        pwd.getpwuid(uid)
        return False  # somebody lives there: stay, the other layers hold
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    return True


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _set_rlimits(cage: Cage) -> None:
    """DATA rather than AS: threads reserve address space that they never touch."""
    limits = {
        resource.RLIMIT_DATA: cage.memory_mb * _MB,
        resource.RLIMIT_CPU: cage.cpu_seconds,
        resource.RLIMIT_FSIZE: cage.folder_mb * _MB if cage.folder else 0,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
    }
    for what, amount in limits.items():
        hard = resource.getrlimit(what)[1]
        if what == resource.RLIMIT_CPU:
            ceiling = amount + 2 if hard == resource.RLIM_INFINITY else min(hard, amount + 2)
            resource.setrlimit(what, (min(amount, ceiling), ceiling))
            continue
        ceiling = amount if hard == resource.RLIM_INFINITY else min(hard, amount)
        resource.setrlimit(what, (ceiling, ceiling))


def _allowed(cage: Cage) -> list[tuple[str, int]]:
    package = str(Path(__file__).resolve().parents[2])
    code = {package, sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    code |= {str(Path(entry).resolve()) for entry in sys.path if entry}
    system = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache")
    rights = landlock.RUN if cage.program else landlock.READ
    allowed = [(path, landlock.READ) for path in sorted(code)] + [(path, rights) for path in system]
    allowed += [("/dev/null", landlock.READ_FILE | landlock.WRITE_FILE)]
    allowed += [("/dev/urandom", landlock.READ_FILE), ("/dev/zero", landlock.READ_FILE)]
    if cage.program:
        allowed.append((cage.program[0], landlock.RUN))
    allowed += [(path, rights) for path in cage.readable]
    allowed += [(path, landlock.MAKE_SOCK | landlock.REMOVE_FILE) for path in cage.sockets]
    if cage.folder:
        allowed.append((cage.folder, landlock.WRITE))
    return allowed

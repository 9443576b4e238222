"""Landlock: a process gives up every file, TCP port and outside signal but those it names.

Three system calls, the same numbers on every architecture. What a kernel is too old for is left
out of what is asked, so an older kernel still holds what it knows.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1

EXECUTE = 1 << 0
WRITE_FILE = 1 << 1
READ_FILE = 1 << 2
READ_DIR = 1 << 3
REMOVE_DIR = 1 << 4
REMOVE_FILE = 1 << 5
MAKE_DIR = 1 << 7
MAKE_REG = 1 << 8
MAKE_SOCK = 1 << 9
REFER = 1 << 13
TRUNCATE = 1 << 14

READ = READ_FILE | READ_DIR
RUN = READ | EXECUTE
# No symlinks, fifos, sockets or devices: nothing a careless reader of the folder could trip over.
WRITE = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | TRUNCATE | REFER
_ONLY_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE

_FS_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_TCP = 0b11
_SCOPES = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


_libc = ctypes.CDLL(None, use_errno=True)


def _call(number: int, *arguments: object) -> int:
    result: int = _libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def abi() -> int:
    """The version that the running kernel offers; 0 where it offers none."""
    try:
        return _call(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    except OSError:
        return 0


def restrict(allowed: Iterable[tuple[str, int]]) -> bool:
    """Give up everything but `allowed` (path, rights) for this thread and all it will start.

    Paths that do not exist are passed over. False where the kernel has no Landlock; OSError
    where it refuses. NO_NEW_PRIVS must have been set.
    """
    version = abi()
    if version < 1:
        return False
    handled = (1 << _FS_BITS.get(version, 16)) - 1
    ruleset = _Ruleset(
        handled, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0
    )  # fmt: skip
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = _call(_CREATE, ctypes.byref(ruleset), ctypes.c_size_t(size), ctypes.c_uint32(0))
    try:
        for path, rights in allowed:
            _allow(rules, path, rights & handled)
        _call(_RESTRICT, ctypes.c_int(rules), ctypes.c_uint32(0))
    finally:
        os.close(rules)
    return True


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):  # noqa: PTH112 - no Path object in the child's start-up
            rights &= _ONLY_FILES
        rule = _Beneath(rights, target)
        _call(
            _ADD, ctypes.c_int(rules), ctypes.c_int(_PATH_BENEATH), ctypes.byref(rule),
            ctypes.c_uint32(0),
        )  # fmt: skip
    finally:
        os.close(target)

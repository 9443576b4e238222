"""The system calls that a confined child may not make, by libseccomp.

A reader may neither start a process, run a program, open a socket nor touch another process. A
tool (ffmpeg, LibreOffice) may run itself; sockets of the outside stay shut.
"""

from __future__ import annotations

import errno
import importlib
import os
from types import ModuleType

_CLONE_THREAD = 0x00010000
_AF_UNIX = 1

_NEVER = (
    "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "pidfd_send_signal",
    "pidfd_open", "process_madvise", "io_uring_setup", "io_uring_enter", "io_uring_register",
    "memfd_create", "memfd_secret", "userfaultfd", "perf_event_open", "bpf", "mount", "umount2",
    "pivot_root", "chroot", "unshare", "setns", "fsopen", "fsmount", "open_tree", "move_mount",
    "open_by_handle_at", "name_to_handle_at", "init_module", "finit_module", "delete_module",
    "kexec_load", "reboot", "swapon", "swapoff", "quotactl", "acct", "keyctl", "add_key",
    "request_key", "fanotify_init", "mknod", "mknodat", "symlink", "symlinkat", "link", "linkat",
    "setsid", "setpgid", "tkill", "kill", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
)  # fmt: skip
_NO_SOCKETS = (
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg",
    "sendmmsg", "recvfrom", "recvmsg", "recvmmsg", "shmget", "shmat", "msgget", "semget", "mq_open",
)  # fmt: skip
_NO_PROCESSES = ("fork", "vfork", "execve", "execveat")


def library() -> ModuleType | None:
    """pyseccomp where it and libseccomp are installed, else None."""
    try:
        return importlib.import_module("pyseccomp")
    except (ImportError, RuntimeError, OSError, AttributeError):
        return None


def reader_filter() -> bool:
    """Lock this process down to reading: no socket, process, program or foreign signal."""
    seccomp = library()
    if seccomp is None:
        return False
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    _deny(seccomp, rules, (*_NEVER, *_NO_SOCKETS, *_NO_PROCESSES))
    _only_threads(seccomp, rules)
    _own_signals(seccomp, rules)
    rules.load()
    return True


def tool_filter(*, may_fork: bool) -> bool:
    """Lock this process down to one program: no network, no foreign process.

    LibreOffice dies without a Unix socket of its own and starts helpers, hence `may_fork`; even
    then connecting is refused, and Landlock keeps foreign sockets out of sight.
    """
    seccomp = library()
    if seccomp is None:
        return False
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    _deny(seccomp, rules, _NEVER)
    if may_fork:
        deny = seccomp.ERRNO(errno.EPERM)
        rules.add_rule(deny, "socket", seccomp.Arg(0, seccomp.NE, _AF_UNIX))
        rules.add_rule(seccomp.ERRNO(errno.ECONNREFUSED), "connect")
    else:
        _deny(seccomp, rules, (*_NO_SOCKETS, "fork", "vfork"))
        _only_threads(seccomp, rules)
    rules.load()
    return True


def _deny(seccomp: ModuleType, rules: object, names: tuple[str, ...]) -> None:
    for name in names:
        try:
            rules.add_rule(seccomp.ERRNO(errno.EPERM), name)  # type: ignore[attr-defined]
        except (RuntimeError, ValueError, OSError):
            continue  # a call this architecture or libseccomp does not know cannot be made either


def _only_threads(seccomp: ModuleType, rules: object) -> None:
    """Rust and pdfium start threads; a clone without CLONE_THREAD would be a new process.

    clone3 hides its flags in memory where a filter cannot look: refused as unknown, the C library
    falls back to clone.
    """
    rules.add_rule(  # type: ignore[attr-defined]
        seccomp.ERRNO(errno.EPERM), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, 0)
    )
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")  # type: ignore[attr-defined]


def _own_signals(seccomp: ModuleType, rules: object) -> None:
    """abort() signals its own thread; nobody else may be signalled."""
    rules.add_rule(  # type: ignore[attr-defined]
        seccomp.ERRNO(errno.EPERM), "tgkill", seccomp.Arg(0, seccomp.NE, os.getpid())
    )

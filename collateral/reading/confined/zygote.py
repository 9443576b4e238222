"""The fork server: started once with an empty environment and every parser loaded, it forks one
child for each file and watches it to the end.

Loading the parsers takes longer than reading most files; forking costs a few milliseconds, and no
file meets a process that another one touched. The server keeps one thread, holds no file of the
worker's, and ends with it: when the worker's end of the control socket closes, every child is
killed. It also ends itself after a while without work, so that an idle library stays small.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from collateral.logs import request_id
from collateral.reading.confined import processes
from collateral.reading.confined.cage import Cage, lock_down, spare_uid
from collateral.reading.confined.child import preload, resolve
from collateral.reading.confined.wire import ANSWER, FILE, Sender

_TICK = 0.05
_IDLE_SECONDS = 90.0
_PR_SET_CHILD_SUBREAPER = 36


@dataclass
class Job:
    """One child at work; `lifeline` is the socket whose closing means that nobody waits."""

    pid: int
    cage: Cage
    lifeline: socket.socket
    pidfd: int
    request: str
    started: float = field(default_factory=time.monotonic)
    peak_mb: float = 0.0
    cause: str = "done"


class Zygote:
    """The loop of the fork server."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._jobs: dict[int, Job] = {}
        self._slot = 0
        self._idle_since = time.monotonic()

    def serve(self) -> None:
        """Serve until the worker closes its end, or until there was nothing to do for long."""
        try:
            while self._jobs or time.monotonic() - self._idle_since < _IDLE_SECONDS:
                if not self._turn():
                    return
        finally:
            for job in self._jobs.values():
                processes.end(job.pid)

    def _turn(self) -> bool:
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        for job in self._jobs.values():
            poll.register(job.lifeline, select.POLLIN)
            if job.pidfd >= 0:
                poll.register(job.pidfd, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(_TICK * 1000 if self._jobs else 5000)}
        if self._control.fileno() in ready and not self._accept():
            return False
        for job in list(self._jobs.values()):
            self._watch(job, abandoned=job.lifeline.fileno() in ready)
        return True

    def _accept(self) -> bool:
        """Take one request: JSON with three descriptors (lifeline, answer, file)."""
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, 65536, 3)
        except OSError:
            return False
        if not data:
            return False
        lifeline_fd, answer, *rest = descriptors
        lifeline = socket.socket(fileno=lifeline_fd)
        try:
            self._start(json.loads(data), lifeline, answer, rest[0])
        finally:
            os.close(answer)
            os.close(rest[0])
        return True

    def _start(
        self, request: dict[str, Any], lifeline: socket.socket, answer: int, file: int
    ) -> None:
        cage = Cage.from_json(request["cage"])
        self._slot += 1
        if cage.folder and os.geteuid() == 0 and "own_user" not in cage.without:
            _hand_over(cage.folder, spare_uid(self._slot))
        me = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._child(request, cage, answer, file, me)
        pidfd = -1
        with contextlib.suppress(OSError, AttributeError):
            pidfd = os.pidfd_open(pid)
        self._jobs[pid] = Job(pid, cage, lifeline, pidfd, request["request"])
        _tell(lifeline, {"started": pid})

    def _child(
        self, request: dict[str, Any], cage: Cage, answer: int, file: int, parent: int
    ) -> None:
        code = 70
        try:
            request_id.set(request["request"])
            os.setsid()
            os.chdir(cage.folder or "/")
            _arrange_descriptors(answer, file, as_output=bool(cage.program))
            # The code to run is ours and is loaded while it can be; the file is not touched yet.
            function = None if cage.program else resolve(request["target"])
            held = lock_down(cage, slot=self._slot, parent=parent)
            if cage.program:
                environment = {"HOME": cage.folder or "/", "TMPDIR": cage.folder or "/"}
                environment |= {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
                os.execve(cage.program[0], list(cage.program), environment)  # noqa: S606
            if function is not None:
                function(request["spec"], Sender(ANSWER), held)
            code = 0
        except MemoryError:
            code = 71
        except BaseException:
            code = 70
        finally:
            os._exit(code)

    def _watch(self, job: Job, *, abandoned: bool) -> None:
        if not _ended(job.pid):
            cause = self._overrun(job, abandoned)
            if cause is None:
                return
            job.cause = cause
            processes.end(job.pid)
        else:
            processes.end(job.pid)
        _, status = os.waitpid(job.pid, 0)
        del self._jobs[job.pid]
        processes.reap_strays(set(self._jobs))
        self._idle_since = time.monotonic()
        _tell(job.lifeline, _report(job, status))
        job.lifeline.close()
        if job.pidfd >= 0:
            os.close(job.pidfd)

    def _overrun(self, job: Job, abandoned: bool) -> str | None:
        if abandoned:
            return "abandoned"
        if time.monotonic() - job.started > job.cage.wall_seconds:
            return "wall"
        family = processes.descendants(job.pid) if job.cage.program else set()
        memory = sum(map(processes.memory_mb, {job.pid, *family}))
        job.peak_mb = max(job.peak_mb, memory)
        if memory > job.cage.memory_mb:
            return "memory"
        if job.cage.folder and _too_full(job.cage):
            return "folder"
        return None


def _report(job: Job, status: int) -> dict[str, Any]:
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1
    cause = job.cause
    if cause == "done":
        if number == signal.SIGXCPU:
            cause = "cpu"
        elif code == 71:
            cause = "memory"
        elif number or code != 0:
            cause = "crash"
    return {
        "cause": cause,
        "signal": number,
        "code": code,
        "peak_mb": round(job.peak_mb, 1),
        "seconds": round(time.monotonic() - job.started, 4),
        "pid": job.pid,
        "request": job.request,
    }


def _ended(pid: int) -> bool:
    """Whether the child has ended, leaving it a zombie so that its number stays its own."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _tell(lifeline: socket.socket, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        lifeline.sendall(json.dumps(message).encode() + b"\n")


def _arrange_descriptors(answer: int, file: int, *, as_output: bool) -> None:
    """0-2 to nowhere, then the file and the answer; everything else is closed."""
    nowhere = os.open("/dev/null", os.O_RDWR)
    high_file, high_answer = os.dup(file), os.dup(answer)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    if as_output:
        os.dup2(high_answer, 1)
    spare_file, spare_answer = (_above(high_file), _above(high_answer))
    os.dup2(spare_file, FILE)
    os.dup2(spare_answer, ANSWER)
    os.closerange(ANSWER + 1, 4096)


def _above(descriptor: int) -> int:
    import fcntl

    return fcntl.fcntl(descriptor, fcntl.F_DUPFD, 10)


def _hand_over(folder: str, uid: int) -> None:
    """The child's user must be able to write its folder, and read what was laid there."""
    os.chown(folder, uid, uid)
    for _, folders, files, handle in os.fwalk(folder):
        for name in (*folders, *files):
            os.chown(name, uid, uid, dir_fd=handle, follow_symlinks=False)


def _too_full(cage: Cage) -> bool:
    entries = size = 0
    for _, folders, files, handle in os.fwalk(cage.folder or "/nowhere"):
        entries += len(folders) + len(files)
        if entries > cage.folder_entries:
            return True
        for name in files:
            with contextlib.suppress(OSError):
                size += os.stat(name, dir_fd=handle, follow_symlinks=False).st_blocks * 512
    return size > cage.folder_mb * 1024 * 1024


def main(control_fd: int) -> None:
    """Entry of the fork server's process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with contextlib.suppress(OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    preload()
    gc.freeze()
    with socket.socket(fileno=control_fd) as control:
        Zygote(control).serve()
    sys.exit(0)

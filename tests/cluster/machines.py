"""A library of several machines: two web processes and two workers, each with a home of its own,
sharing PostgreSQL, Redis and S3, behind nginx.

COLLATERAL_TEST_ENGINES says where those are (tools/with_engines.py starts them). Each library
has a database, a Redis number and a part of the bucket to itself.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from collateral.config import ROOT
from tests.cluster.proxy import Proxy
from tests.journeys.conftest import Site, free_port

ENGINES = "COLLATERAL_TEST_ENGINES"
SECRET_KEY = "one key for all machines, long enough to pass"
WEBS, WORKERS = 2, 2


@dataclass
class Machine:
    """One of the processes, with a home of its own; `root` is the checkout that it runs."""

    name: str
    command: list[str]
    home: Path
    environ: dict[str, str]
    root: Path = ROOT
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.home / "output.log"

    def start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "collateral", *self.command],
                env={**self.environ, "COLLATERAL_HOME": str(self.home)},
                stdout=output,
                stderr=output,
                cwd=self.root,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Until it answers. Only for a web process."""
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline and self.alive():
            try:
                address = f"http://127.0.0.1:{self.port}/healthz"
                with urllib.request.urlopen(address, timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"{self.name} did not start: {self.log.read_text()[-3000:]}")

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def family(self) -> list[psutil.Process]:
        """Its processes, the first of them last."""
        assert self.process is not None
        first = psutil.Process(self.process.pid)
        return [*first.children(recursive=True), first]

    def kill(self) -> None:
        """kill -9 to all of it."""
        for one in self.family():
            os.kill(one.pid, signal.SIGKILL)
        assert self.process is not None
        self.process.wait()

    def end(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
            self.process = None


@dataclass
class Cluster(Site):
    """Reached through its proxy; `home` is that of one more member, which gives the commands."""

    webs: list[Machine] = field(default_factory=list)
    workers: list[Machine] = field(default_factory=list)
    proxy: Proxy = field(default_factory=lambda: Proxy(Path()))

    @property
    def machines(self) -> list[Machine]:
        return [*self.webs, *self.workers]

    def revive(self) -> None:
        """Start the machines that do not run; the first makes the tables."""
        for machine in self.machines:
            if not machine.alive():
                machine.start()
            if machine is self.webs[0]:
                machine.wait()
        for web in self.webs:
            web.wait()
        if self.proxy.alive():
            self._until_each_is_asked()

    def _until_each_is_asked(self) -> None:
        """For ten seconds the proxy leaves out a web process that did not answer."""
        before, deadline = self.proxy.shares(), time.monotonic() + 30
        while len(self.proxy.shares() - before) < len(self.webs):
            assert time.monotonic() < deadline, self.proxy.shares() - before
            urllib.request.urlopen(f"{self.url}/healthz", timeout=10).close()
            time.sleep(0.1)

    def start(self) -> None:
        """Until it answers; where it does not, nothing of it goes on running."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        self.revive()
        kind, _, folder = self.environ["STORAGE_URL"].partition(":")
        files = Path(folder) if kind == "file" else None
        self.proxy.start(self.port, [web.port for web in self.webs], files)
        started = [machine.process for machine in self.machines]
        self.processes = [one for one in (*started, self.proxy.process) if one is not None]
        deadline = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=2).close()
                return
            except OSError as error:
                said = (self.proxy.folder / "output.log").read_text()
                assert time.monotonic() < deadline, f"{error}: {said}"
                time.sleep(0.05)

    def stop(self) -> None:
        self.proxy.stop()
        for machine in reversed(self.machines):
            machine.end()
        self.processes.clear()

    def said(self) -> str:
        return self.webs[0].log.read_text("utf-8")


def make_cluster(home: Path) -> Cluster:
    """One that has not started, on databases of its own."""
    home.mkdir(parents=True, exist_ok=True)
    where: dict[str, str] = json.loads(os.environ[ENGINES])
    name = f"library_{uuid.uuid4().hex[:12]}"
    port = free_port()
    environ = {
        **{k: v for k, v in os.environ.items() if not k.startswith("COLLATERAL")},
        "COLLATERAL_HOME": str(home),
        "DATABASE_URL": _new_database(where["database"], name),
        "QUEUE_URL": where["queue"].replace("{number}", str(_new_number(where["queue"]))),
        "STORAGE_URL": where["files"].replace("{prefix}", name),
        "SEARCH_URL": "postgres:",
        "SECRET_KEY": SECRET_KEY,
        "BASE_URL": f"http://127.0.0.1:{port}",
        "PROXIES": "1",
    }
    cluster = Cluster(home, port, environ, proxy=Proxy(home / "proxy"))
    for number in range(1, WEBS + 1):
        own = free_port()
        command = ["run", "--port", str(own), "--workers", "0"]
        cluster.webs.append(
            Machine(f"web {number}", command, home / f"web{number}", environ, port=own)
        )
    for number in range(1, WORKERS + 1):
        cluster.workers.append(
            Machine(f"worker {number}", ["worker"], home / f"worker{number}", environ)
        )
    return cluster


def make_small(home: Path, **settings: str) -> Cluster:
    """One of one web process, one worker and an admin that has not started."""
    cluster = make_cluster(home)
    cluster.environ.update(settings)
    del cluster.webs[1:], cluster.workers[1:]
    cluster.command("init", "--admin", "admin@example.com")
    return cluster


def _new_database(address: str, name: str) -> str:
    from sqlalchemy import create_engine, text

    server = create_engine(address.replace("{name}", "postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"create database {name}"))
    server.dispose()
    return address.replace("{name}", name)


def _new_number(address: str) -> int:
    from redis import Redis

    with Redis.from_url(address.replace("{number}", "0")) as redis:
        return int(redis.incr("libraries"))  # type: ignore[arg-type]

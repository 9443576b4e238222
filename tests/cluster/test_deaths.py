"""One web process and one worker are killed in the middle of their work."""

from __future__ import annotations

import json
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import psutil
from redis import Redis

from tests.cluster.calling import Caller
from tests.cluster.machines import Cluster, Machine
from tests.journeys.material import make_deck, make_pdf

FILES = 10
READING = "collateral.reading.jobs.read_version"


def test_two_deaths_lose_nothing_and_no_request_is_tried_more_than_twice(
    site: Cluster,
    caller: Caller,
    redis: Redis,
    tmp_path: Path,
) -> None:
    files = [make_deck(tmp_path / f"deck {n}.pptx", f"Deck {n}", slides=6) for n in range(7)]
    files += [make_pdf(tmp_path / f"page {n}.pdf", f"Page {n}") for n in range(FILES - 7)]
    over = Event()

    def look_on() -> list[str]:
        reader = Caller(caller.url, caller.token)
        while not over.is_set():
            for path in ("/assets?q=deck", "/assets?limit=5"):
                reader.get(path)
            time.sleep(0.05)
        return reader.again

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(look_on) for _ in range(2)]
        uploads = pool.submit(lambda: [caller.upload(path) for path in files])
        try:
            victim = caught_reading(site, redis)
            victim.kill()
            died = time.monotonic()
            site.webs[0].kill()
            acknowledged = uploads.result()
        finally:
            over.set()
        again = [*caller.again, *(why for reader in readers for why in reader.result())]

    assert len(acknowledged) == FILES
    # Each of these was answered when it was tried once more; else the caller had raised.
    assert len(again) <= 3, again
    left = 60 - (time.monotonic() - died)
    caller.until_ready(*(asset["id"] for asset in acknowledged), within=left)
    others = [machine for machine in site.workers if machine is not victim]
    assert any("worker_died" in machine.log.read_text("utf-8") for machine in others)
    site.command("check")


def caught_reading(site: Cluster, redis: Redis) -> Machine:
    """A worker that stands still in the middle of reading a file."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for worker in site.workers:
            assert worker.process is not None
            process = psutil.Process(worker.process.pid)
            if not reads(redis, process.pid):
                continue
            process.send_signal(signal.SIGSTOP)
            if reads(redis, process.pid):
                return worker
            process.send_signal(signal.SIGCONT)
        time.sleep(0.005)
    raise AssertionError("no worker was seen to read")


def reads(redis: Redis, pid: int) -> bool:
    """Whether the worker has a file in hand."""
    held = [
        json.loads(text)["job"]
        for key in redis.scan_iter(f"collateral.crew.hand:*:{pid}:*")
        for text in redis.hvals(key)  # type: ignore[union-attr]
    ]
    return READING in held


def test_periodic_work_is_queued_once_whichever_worker_comes_first(cluster: Cluster) -> None:
    due = []
    for worker in cluster.workers:
        for line in worker.log.read_text("utf-8").splitlines():
            if '"periodic_work_due"' in line:
                said = json.loads(line)
                due.append((said["job"], said["minute"]))
    assert "collateral.reading.jobs.sweep" in {job for job, _ in due}, due
    assert len(due) == len(set(due))

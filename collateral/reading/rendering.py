"""ffmpeg, where it is installed: what a video is, and its poster frame.

It runs in the same kind of cage as the parsers, with one folder of its own, and is judged by the
file that it made.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from collateral.reading.confined.answers import take_file
from collateral.reading.confined.cage import Cage
from collateral.reading.confined.client import Client
from collateral.reading.confined.wire import BadAnswer
from collateral.reading.kinds import KINDS, FileKind
from collateral.reading.results import Limits

_RUST_MB = 3000
_STDOUT = 256 * 1024
_FORMATS = {
    "mp4": "mov", "mov": "mov", "webm": "matroska", "mkv": "matroska", "avi": "avi",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clip:
    """What ffprobe said of a video, and its poster frame (a PNG) where one could be taken."""

    seconds: float
    width: int
    height: int
    properties: dict[str, str]
    poster: Path | None


def memory_mb(kind: FileKind, limits: Limits) -> int:
    """Drawing Office files by Rust takes twice the memory of the other readers, and aborts
    rather than says so."""
    return max(limits.memory_mb, _RUST_MB) if kind.family in ("deck", "sheet") else limits.memory_mb


def ffmpeg_installed() -> bool:
    """Whether videos can have a poster frame here."""
    return shutil.which("ffmpeg") is not None and shutil.which("ffprobe") is not None


@contextmanager
def workshop(path: Path, name: str) -> Iterator[Path]:
    """A folder for one program with a copy of the file in it, gone afterwards.

    A copy, because the program runs as a user who may not open the library's own files.
    """
    folder = Path(mkdtemp(prefix="collateral-reading-"))
    try:
        shutil.copyfile(path, folder / name)
        (folder / name).chmod(0o600)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_tool(client: Client, program: list[str], cage: Cage) -> tuple[str, bytes]:
    """Run one program in its cage; how it ended and what it printed (at most 256 kB)."""
    printed = bytearray()

    def take(data: bytes) -> None:
        printed.extend(data)
        if len(printed) > _STDOUT:
            raise BadAnswer("printed too much")

    outcome = client.run("", {}, cage=replace(cage, program=tuple(program)), take=take)
    return outcome.cause, bytes(printed)


@contextmanager
def clip(client: Client, path: Path, kind: FileKind, limits: Limits) -> Iterator[Clip | None]:
    """The video's facts and poster; None when ffmpeg understood nothing of it.

    Only local files of the sniffed container are opened: a playlist that calls itself a video
    names files and addresses of its choosing.
    """
    container = _FORMATS.get(kind.extension, "mov")
    with workshop(path, "video") as folder:
        cage = Cage(
            wall_seconds=min(60.0, limits.wall_seconds),
            cpu_seconds=60,
            memory_mb=limits.memory_mb,
            folder=str(folder),
            readable=("/etc/alternatives",),
        )
        safe = ["-protocol_whitelist", "file", "-format_whitelist", container, "-f", container]
        probe = [
            str(shutil.which("ffprobe")), "-v", "error", *safe, "-print_format", "json",
            "-show_entries",
            "format=duration:format_tags=title,artist:stream=codec_type,width,height",
            "file:video",
        ]  # fmt: skip
        _, printed = run_tool(client, probe, cage)
        found = _facts(printed)
        if found is None:
            yield None
            return
        at = min(3.0, found.seconds / 4)
        frame = [
            str(shutil.which("ffmpeg")), "-v", "error", "-nostdin", "-threads", "2", *safe,
            "-ss", f"{at:.2f}", "-i", "file:video", "-map", "0:v:0", "-frames:v", "1",
            "-vf", "scale='min(1280,iw*sar)':-2", "-f", "image2", "-c:v", "png", "-update", "1",
            "-y", "file:poster.png",
        ]  # fmt: skip
        run_tool(client, frame, cage)
        with take_file(folder, "poster.png", 32 << 20) as poster:
            yield replace(found, poster=poster)


def _facts(printed: bytes) -> Clip | None:
    try:
        told: Any = json.loads(printed)
        streams = [s for s in told.get("streams", []) if s.get("codec_type") == "video"]
        seconds = max(0.0, float(told.get("format", {}).get("duration", 0)))
        tags = told.get("format", {}).get("tags", {})
        properties = {
            ours: str(tags[theirs])[:300]
            for theirs, ours in (("title", "title"), ("artist", "author"))
            if theirs in tags
        }
        first = streams[0] if streams else {}
        width, height = int(first.get("width", 0)), int(first.get("height", 0))
    except (ValueError, TypeError, AttributeError, KeyError):
        return None
    if not streams and not seconds:
        return None
    properties["duration"] = duration(seconds)
    if seconds:
        properties["seconds"] = f"{seconds:.2f}"
    return Clip(seconds, width, height, properties, None)


def duration(seconds: float) -> str:
    """Seconds as people write them: 0:07, 12:30, 1:02:03."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    if hours:
        return f"{hours}:{minutes:02}:{whole % 60:02}"
    return f"{minutes}:{whole % 60:02}"


POSTER = KINDS["png"]

"""Marked pictures and bound PDFs, asked for by the worker and made in a confined child."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from collateral.reading.bundle import bundled
from collateral.reading.collect import webp_size
from collateral.reading.confined.cage import Cage
from collateral.reading.confined.client import Client, shared
from collateral.reading.confined.wire import Assembler, BadAnswer
from collateral.reading.results import PREVIEW_WIDTHS
from collateral.words import N_

_CAGE = Cage(wall_seconds=240, cpu_seconds=200, memory_mb=1500, answer_mb=600)
FAILED = N_("The copy could not be made.")
TOO_LARGE = N_("The file would be larger than 600 MB.")


@dataclass(frozen=True)
class Sheet:
    """One page to bind: of which PDF (its place in `pdfs`) and page, and its picture."""

    title: str
    page: int
    pdf: int | None = None
    picture: Path | None = None


@dataclass(frozen=True)
class Binding:
    """What a bound PDF is made of. `sections` are pairs of title and first sheet, from 0."""

    title: str
    sheets: Sequence[Sheet]
    sections: Sequence[tuple[str, int]]
    pdfs: Sequence[Path] = field(default_factory=tuple)
    mark: str = ""
    cover: bool = False
    contents: bool = False
    contents_title: str = "Contents"
    under: Sequence[str] = field(default_factory=tuple)
    company: str = ""
    colour: str = "#0b6570"
    wide: bool = True
    """Whether the cover and the contents lie on their long side."""


def mark_pictures(
    pages: Sequence[tuple[int, Path]],
    mark: str,
    take: Callable[[int, int, bytes], None],
    *,
    client: Client | None = None,
) -> str | None:
    """Burn the mark into pictures of pages.

    Args:
        pages: number and picture of each, in the order in which they are wanted.
        take: is given number, width (320 or 1280) and WebP of each as it comes.

    Returns:
        A sentence when it failed, else None.
    """
    head = {"mark": mark, "pages": [{"page": n, "blob": at} for at, (n, _) in enumerate(pages)]}
    wanted = {number for number, _ in pages}
    seen: set[tuple[int, int]] = set()

    def frame(head: dict[str, Any], blob: bytes) -> None:
        number = head.get("page")
        if head.get("frame") != "preview" or number not in wanted:
            raise BadAnswer("not a picture that was asked for")
        try:
            wide, high = webp_size(blob)
        except ValueError as error:
            raise BadAnswer("not a picture") from error
        if wide > PREVIEW_WIDTHS[-1] or high > PREVIEW_WIDTHS[-1] * 5:
            raise BadAnswer("too large")
        slot = PREVIEW_WIDTHS[1] if (number, PREVIEW_WIDTHS[0]) in seen else PREVIEW_WIDTHS[0]
        seen.add((number, slot))
        take(number, slot, blob)

    with bundled(head, [path for _, path in pages]) as file:
        cause = _run("collateral.reading.marking:mark_pages", file, frame, client)
    done = cause == "done" and len(seen) == 2 * len(wanted)
    return None if done else FAILED


def bind(binding: Binding, out: BinaryIO, *, client: Client | None = None) -> str | None:
    """Write the bound PDF to `out`; a sentence when it failed, else None."""
    pictures = [sheet.picture for sheet in binding.sheets if sheet.picture is not None]
    places = {path: len(binding.pdfs) + at for at, path in enumerate(dict.fromkeys(pictures))}
    head = asdict(binding) | {
        "sheets": [
            {
                "title": sheet.title,
                "page": sheet.page,
                "pdf": sheet.pdf,
                "picture": places[sheet.picture] if sheet.picture else None,
            }
            for sheet in binding.sheets
        ],
        "sections": [{"title": title, "at": at} for title, at in binding.sections],
        "pdfs": len(binding.pdfs),
    }
    told: dict[str, int] = {}
    size = 0

    def frame(head: dict[str, Any], blob: bytes) -> None:
        nonlocal size
        if head.get("frame") == "file":
            size += len(blob)
            out.write(blob)
        elif head.get("frame") == "bound":
            told["bytes"] = int(head["bytes"])
        else:
            raise BadAnswer("unknown frame")

    with bundled(head, [*binding.pdfs, *places]) as file:
        cause = _run("collateral.reading.bound:bind_pages", file, frame, client)
    if cause == "answer":
        return TOO_LARGE
    return None if cause == "done" and told.get("bytes") == size and size > 0 else FAILED


def _run(
    target: str,
    file: Path,
    frame: Callable[[dict[str, Any], bytes], None],
    client: Client | None,
) -> str:
    assembler = Assembler(_CAGE.answer_mb << 20)

    def take(data: bytes) -> None:
        for head, blob in assembler.feed(data):
            frame(head, blob)

    return (client or shared()).run(target, {}, cage=_CAGE, file=file, take=take).cause

"""Reads the text files in which the sample's assets are written.

A file is a head of ``name: value`` lines, a line of three dashes, and blocks. A block begins
with ``== kind option=value …`` and holds ``# title``, ``## subtitle``, ``- items``, ``a | b``
rows (``_`` for an empty cell), ``> speaker notes`` and plain paragraphs, in any number. One
slide of a deck is one block; a document is a run of them.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace


class BadContent(ValueError):
    """A content file breaks the format; the message names the line."""


@dataclass(frozen=True)
class Block:
    """One slide, or one piece of a document."""

    kind: str
    options: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    subtitle: str = ""
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    paragraphs: tuple[str, ...] = ()
    notes: str = ""

    def option(self, name: str, default: str = "") -> str:
        return self.options.get(name, default)

    def in_version(self, number: int) -> bool:
        """Whether this block stands in the version of that number (``from=2``, ``until=2``)."""
        first = int(self.option("from", "1"))
        last = int(self.option("until", str(number)))
        return first <= number <= last

    def pairs(self) -> list[tuple[str, float]]:
        """Rows of a label and a number, as charts want them."""
        return [(row[0], number(row[1])) for row in self.rows]

    def words(self) -> str:
        """All that can be read on it, one line each."""
        cells = [" ".join(row) for row in self.rows]
        parts = [self.title, self.subtitle, *self.paragraphs, *self.items, *cells]
        return "\n".join(part for part in parts if part)


def number(text: str) -> float:
    """The number in a cell such as ``−310``, ``€1,150`` or ``31 %``."""
    kept = text.replace("−", "-").replace(",", "")
    kept = "".join(letter for letter in kept if letter.isdigit() or letter in ".-")
    return float(kept)


def parse(text: str, *, year: int) -> tuple[dict[str, str], list[Block]]:
    """Head and blocks of one content file; ``{year}`` and ``{year-2}`` become numbers."""
    for back in range(4):
        name = f"year-{back}" if back else "year"
        text = text.replace(f"{{{name}}}", str(year - back))
    head_text, _, body = text.partition("\n---\n")
    return parse_head(head_text), parse_blocks(body.splitlines())


def parse_head(text: str) -> dict[str, str]:
    head: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        if line.startswith("  ") and last:
            head[last] += " " + line.strip()
        elif line.strip():
            last, colon, value = line.partition(":")
            if not colon:
                raise BadContent(f"Not a 'name: value' line in the head: {line!r}.")
            head[last] = value.strip()
    return head


def parse_blocks(lines: Iterable[str]) -> list[Block]:
    blocks: list[Block] = []
    for line in lines:
        if line.startswith("== "):
            kind, *options = shlex.split(line[3:])
            blocks.append(Block(kind, dict(option.split("=", 1) for option in options)))
        elif line.strip():
            if not blocks:
                raise BadContent(f"A line stands before the first block: {line!r}.")
            blocks[-1] = _with_line(blocks[-1], line.strip())
    return blocks


def _with_line(block: Block, line: str) -> Block:
    if line.startswith("# "):
        return replace(block, title=line[2:])
    if line.startswith("## "):
        return replace(block, subtitle=line[3:])
    if line.startswith("- "):
        return replace(block, items=(*block.items, line[2:]))
    if line.startswith("> "):
        return replace(block, notes=(block.notes + " " + line[2:]).strip())
    if " | " in line:
        cells = tuple("" if cell.strip() == "_" else cell.strip() for cell in line.split(" | "))
        return replace(block, rows=(*block.rows, cells))
    return replace(block, paragraphs=(*block.paragraphs, line))

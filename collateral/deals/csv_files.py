"""Text tables as programs write them: their encoding, separator, head and lines.

Two passes, both streaming: `inspect` looks at all bytes once (is it text, in which
encoding), `Table.lines` reads. Memory stays flat whatever the file's size.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from flask_babel import lazy_gettext as _

from collateral.errors import Invalid
from collateral.words import N_, Sentence

LARGEST = 256 << 20
MOST_LINES = 500_000
MOST_COLUMNS = 500
LONGEST_CELL = 32_000
SEPARATORS = ",;\t|"
_CHUNK = 1 << 20
_SAMPLE = 16 << 10
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Line:
    """One record: the number of the line in the file at which it begins, and its cells."""

    number: int
    cells: list[str]
    problem: Sentence | None = None
    """Why it has no cells: its quotation marks do not add up, or one is too long."""

    @property
    def blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """A file that was looked at: how to read it, and its head."""

    path: Path
    encoding: str
    separator: str
    heads: list[str]

    def lines(self) -> Iterator[Line]:
        """The lines after the head, blank ones too.

        Raises:
            Invalid: more lines than MOST_LINES, or bytes that are not of its encoding.
        """
        with _opened(self.path, self.encoding) as text:
            reader = _reader(text, self.separator)
            seen_head = False
            for count, line in enumerate(_records(reader)):
                if count > MOST_LINES:
                    raise Invalid(
                        _(
                            "The file has more than %(most)s lines; split it.",
                            most=f"{MOST_LINES:,}",
                        )
                    )
                if seen_head:
                    yield line
                else:
                    seen_head = bool(line.cells) and not _is_hint(line.cells)


def _records(reader: Any) -> Iterator[Line]:
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # The reader begins anew at the next line of the file.
            yield Line(start, [], _said(error, start, reader.line_num))
        else:
            nul = any("\x00" in cell for cell in cells)
            yield Line(start, [], Sentence(_NUL)) if nul else Line(start, cells)
        start = reader.line_num + 1


def inspect(path: Path) -> Table:
    """Look at the file.

    Raises:
        Invalid: a sentence why it is no table of text: empty, too large, NUL bytes, no
            encoding fits, no head or one with the same name twice.
    """
    size = path.stat().st_size
    if size == 0:
        raise Invalid(_("The file is empty."))
    if size > LARGEST:
        raise Invalid(_("The file is larger than %(value)s MB; split it.", value=LARGEST >> 20))
    with path.open("rb") as file:
        encoding = _encoding(file)
    try:
        with _opened(path, encoding) as text:
            sample = text.read(_SAMPLE)
    except UnicodeError as error:
        raise Invalid(_("The file is not text in any encoding that we know.")) from error
    separator = _separator(sample)
    return Table(path, encoding, separator, _heads(path, encoding, separator))


def count_lines(path: Path) -> int:
    """About how many lines there are after the head: line breaks inside quotes count, too."""
    with path.open("rb") as content:
        return max(
            1, sum(chunk.count(b"\n") for chunk in iter(lambda: content.read(_CHUNK), b"")) - 1
        )


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[TextIO]:
    # newline="" so that the reader sees line breaks inside quotes as they are.
    with path.open(encoding=encoding, newline="") as text:
        try:
            yield text
        except UnicodeDecodeError as error:
            raise Invalid(
                _("The file is not text in %(encoding)s throughout.", encoding=encoding)
            ) from error


def _encoding(file: BinaryIO) -> str:
    first = file.read(4096)
    for mark, name in _BOMS:
        if first.startswith(mark):
            return name
    if wide := _wide_without_mark(first):
        return wide
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    position, bad_at = 0, -1
    while chunk := file.read(_CHUNK):
        if b"\x00" in chunk:
            raise Invalid(_("The file holds NUL bytes, so it is no table of text."))
        if bad_at < 0:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                bad_at = position + error.start
        position += len(chunk)
    if bad_at < 0:
        return "utf-8"
    # The sample must hold what UTF-8 stumbled over, else plain ASCII would be the guess.
    file.seek(max(0, bad_at - 32_000))
    return _guess(file.read(64_000))


def _guess(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    try:
        # What Windows programs write in Europe comes first where it fits as well.
        text = sample.decode("cp1252")
        if not re.search(r"[\x80-\x9f]", text) and _mostly_letters(text):
            return "cp1252"
    except UnicodeDecodeError:
        pass
    best = from_bytes(sample).best()
    if best is None:
        raise Invalid(_("The file is not text in any encoding that we know."))
    return best.encoding


_EUROPEAN = "äöüÄÖÜßéèêëàâáåæøçñíîïóôõúûýÿœšžÉÈÀÂÁÅÆØÇÑÍÓÔÚŒŠŽ€£“”„‘’–—…\xa0°§©®"


def _mostly_letters(text: str) -> bool:
    """Whether what is outside ASCII looks like the letters and signs of European words."""
    foreign = [c for c in text if ord(c) > 127]
    european = sum(c in _EUROPEAN for c in foreign)
    return european >= 0.9 * len(foreign)


def _wide_without_mark(first: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of ordinary text is NUL."""
    even, odd = first[0::2], first[1::2]
    if len(odd) < 8 or b"\x00" not in first:
        return None
    if odd.count(0) > 0.6 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.6 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


def _separator(sample: str) -> str:
    hint = re.match(r"sep=(.)\r?\n", sample)
    if hint and hint[1] in SEPARATORS:
        return hint[1]
    whole = sample[: sample.rfind("\n") + 1] or sample
    try:
        found = csv.Sniffer().sniff(whole, delimiters=SEPARATORS).delimiter
    except csv.Error:
        found = ","
    head = next(iter(whole.splitlines()), "")
    if found not in SEPARATORS or head.count(found) == 0:
        found = max(SEPARATORS, key=head.count)
    return found


def _reader(text: TextIO, separator: str) -> Any:
    csv.field_size_limit(LONGEST_CELL)
    return csv.reader(text, delimiter=separator, quotechar='"', doublequote=True, strict=True)


def _heads(path: Path, encoding: str, separator: str) -> list[str]:
    with _opened(path, encoding) as text:
        try:
            for cells in _reader(text, separator):
                if cells and not _is_hint(cells):
                    return _checked([cell.strip() for cell in cells])
        except csv.Error as error:
            raise Invalid(
                _("The head cannot be read. %(value)s", value=_said(error, 1, 1))
            ) from error
    raise Invalid(_("The file has no head with the names of its columns."))


def _is_hint(cells: list[str]) -> bool:
    return cells[0].startswith("sep=") and len(cells[0]) <= 5


def _checked(heads: list[str]) -> list[str]:
    while heads and not heads[-1]:
        heads.pop()
    if not any(heads):
        raise Invalid(_("The file has no head with the names of its columns."))
    if len(heads) > MOST_COLUMNS:
        raise Invalid(
            _("The file has more than %(most_columns)s columns.", most_columns=MOST_COLUMNS)
        )
    named = [head for head in heads if head]
    for head in named:
        if named.count(head) > 1:
            raise Invalid(
                _("The column “%(value)s” stands in the head more than once.", value=head[:100])
            )
    return heads


def _said(error: csv.Error, first: int, last: int) -> Sentence:
    values: dict[str, str | int] = {"first": first, "last": last, "most": f"{LONGEST_CELL:,}"}
    for sign, (in_a_line, over_lines) in _PROBLEMS.items():
        if sign in str(error):
            return Sentence(over_lines if last > first else in_a_line, values)
    raise AssertionError  # the last sign is in every error


_NUL = N_("It holds NUL characters.")
_PROBLEMS = {
    "field larger": (
        N_("A cell is longer than %(most)s characters; is a quotation mark open?"),
        N_(
            "A cell is longer than %(most)s characters (lines %(first)s to %(last)s); is a "
            "quotation mark open?"
        ),
    ),
    "unexpected end": (
        N_("A quotation mark is opened and never closed."),
        N_("A quotation mark is opened and never closed (lines %(first)s to %(last)s)."),
    ),
    "NUL": (_NUL, _NUL),
    "": (
        N_("Its quotation marks do not add up."),
        N_("Its quotation marks do not add up (lines %(first)s to %(last)s)."),
    ),
}
"""By what the reader of the standard library says of a record of one line, and of several."""

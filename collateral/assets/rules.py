"""Small rules about names, titles and tags. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

NAME_BYTES = 240
TITLE_LENGTH = 300
TAG_LENGTH = 80
NAMELESS = "file"

# Characters that turn the reading direction around: "invoice_fdp.exe" shown as "invoice_exe.pdf".
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"\s+")
_EMPTY_TITLES = re.compile(
    r"""^(
        untitled.*|unbenannt.*|sans\ titre.*|powerpoint[- ]pr[äe]sentation|
        presentation\d*|pr[äe]sentation\d*|présentation\ powerpoint|powerpoint\ presentation|
        presentación\ de\ powerpoint|slide\ ?\d*|title|document\d*|dokument\d*|workbook\d*|
        microsoft\ (word|powerpoint|excel)\b.*|.*\.(pptx?|docx?|xlsx?|pdf|indd|odp|key|tmp)|
        (print|layout|template|vorlage)\ ?\d*
    )$""",
    re.IGNORECASE | re.VERBOSE,
)


def clean_filename(name: str) -> str:
    """What we keep of a name that a person's machine gave to a file: one safe path component.

    Every script stays as it is; folders, control characters and characters that turn the
    reading direction go, and what is longer than a file system takes loses its middle end
    but never its extension.
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/")).rsplit("/", 1)[-1]
    name = "".join(" " if _unprintable(c) else c for c in _DIRECTIONS.sub("", name))
    name = _SPACE.sub(" ", name).strip(" .") if name.strip(" .") else ""
    name = name or NAMELESS
    if len(name.encode()) <= NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 16:
        stem, extension = name, ""
    tail = f".{extension}" if extension else ""
    return _first_bytes(stem, NAME_BYTES - len(tail.encode())).rstrip() + tail


def _unprintable(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")


def _first_bytes(text: str, count: int) -> str:
    return text.encode()[:count].decode(errors="ignore")


def title_from_filename(filename: str) -> str:
    """ "Downtime_v7-FINAL.pptx" makes "Downtime v7-FINAL"."""
    stem = filename.rpartition(".")[0] or filename
    return _SPACE.sub(" ", stem.replace("_", " ")).strip()[:TITLE_LENGTH] or NAMELESS


def title_from_file(claimed: str | None) -> str | None:
    """The title that the file itself carries, unless it is one that programs put there."""
    title = _SPACE.sub(" ", claimed or "").strip()
    if len(title) < 3 or _EMPTY_TITLES.match(title) or not any(c.isalpha() for c in title):
        return None
    return title[:TITLE_LENGTH]


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Lower case, one space between words, each once, in the order given."""
    cleaned = (_SPACE.sub(" ", tag).strip(" ,#").lower()[:TAG_LENGTH] for tag in tags)
    return list(dict.fromkeys(tag for tag in cleaned if tag))


def slug_of(label: str) -> str:
    """ "Food & drink" makes "food-drink"; letters of other scripts stay."""
    plain = unicodedata.normalize("NFKD", label).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^\w]+", "-", plain).strip("-_")[:80]

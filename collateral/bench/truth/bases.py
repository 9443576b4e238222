"""The decks that adaptations are made from: a folder of real ones, and the sample company's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

LEAST_PAGES = 5
SAID_AGAIN = (
    ("kelvane-in-ten-minutes", "kelvane-in-zehn-minuten"),
    ("line-for-rolling-mills", "line-fuer-walzwerke"),
    (
        "cost-of-unplanned-downtime",
        "kosten-ungeplanter-stillstaende",
        "cout-d-un-arret",
        "vad-ett-stopp-kostar",
    ),
)
"""Decks of the sample company that say the same in other languages."""


@dataclass(frozen=True)
class Base:
    """A deck. Decks of one family are versions, shortened forms and translations.

    `says`: what it says in whatever language; decks of other families that say it are its
    translations. Empty: those of its family alone.
    """

    key: str
    family: str
    data: bytes
    real: bool
    says: str = ""

    @property
    def meaning(self) -> str:
        """The same for all decks that say the same."""
        return self.says or self.family

    @property
    def held_out(self) -> bool:
        """No threshold was set on half of the families."""
        return blake2b(self.family.encode(), digest_size=1).digest()[0] % 2 == 0


def real_bases(folder: Path) -> Iterator[Base]:
    """The pptx files of a folder; those of one folder below `families` are one family."""
    for path in sorted(folder.rglob("*.pptx")):
        if "hostile" in path.parts or _pages(path) < LEAST_PAGES:
            continue
        family = path.parent.name if path.parent.parent.name == "families" else path.stem
        yield Base(str(path.relative_to(folder)), family, path.read_bytes(), real=True)


def made_bases(most: int | None = None) -> Iterator[Base]:
    """The newest version of each deck of the sample company, or of the first ones."""
    from collateral.demo.catalogue import catalogue
    from collateral.demo.files.make import make_file
    from collateral.demo.load import SEED

    meanings = {key: keys[0] for keys in SAID_AGAIN for key in keys}
    decks = [sample for sample in catalogue(2026) if sample.filename.endswith(".pptx")]
    for sample in decks[:most]:
        data = make_file(sample, sample.versions, seed=SEED)
        yield Base(sample.filename, sample.key, data, real=False, says=meanings.get(sample.key, ""))


def _pages(path: Path) -> int:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            return sum(name.startswith("ppt/slides/slide") for name in archive.namelist())
    except zipfile.BadZipFile:
        return 0

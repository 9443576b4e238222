"""What is known of the real families of decks holds: versions, excerpts, prints, translations."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from collateral.adaptations.lineage import trace
from collateral.adaptations.prints import PagePrint
from collateral.adaptations.relations import Change, Lineage
from collateral.bench.lineage_memory import MemoryLibrary
from collateral.bench.truth.prints import read_prints
from collateral.reading.kinds import KINDS

SOURCE, STRANGER = 1, 2
STATEMENTS = 21


@cache
def prints(path: Path) -> tuple[PagePrint, ...]:
    return tuple(read_prints(path.read_bytes(), KINDS[path.suffix[1:]]))


def traced(member: Path, related: Path, stranger: Path) -> Lineage:
    """The member asked of a library that knows the related file and a stranger."""
    library = MemoryLibrary()
    library.add(SOURCE, prints(related), printed=related.suffix == ".pdf")
    library.add(STRANGER, prints(stranger))
    return trace(prints(member), library, printed=member.suffix == ".pdf")


def test_every_statement_about_the_real_families_holds(real_files: Path) -> None:
    families = real_files / "families"
    stranger = real_files / "Azure Functions.pptx"
    with (real_files / "FAMILIES.tsv").open() as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    assert len(rows) == STATEMENTS
    wrong = []
    for row in rows:
        folder = families / row["family"]
        found = traced(folder / row["member"], folder / row["related_to"], stranger)
        named = {source.version for source in found.sources if not source.borrowed}
        told = {page.change for page in found.pages}
        apart = "translation" in row["relation"] or "NOT related" in row["relation"]
        other = found.translation_of is not None and (
            found.translation_of.version != SOURCE or "translation" not in row["relation"]
        )
        other |= any(source.version == STRANGER for source in found.sources)
        if named != (set() if apart else {SOURCE}) or other or (apart and told != {Change.NEW}):
            wrong.append((row["member"], row["related_to"], row["relation"], named, told))
    assert wrong == []


@pytest.mark.parametrize("forward", [True, False])
def test_a_print_of_a_japanese_deck_is_the_same_page_for_page(
    real_files: Path, forward: bool
) -> None:
    folder = real_files / "families" / "oss-misconceptions-ja-en"
    deck, printed = next(folder.glob("OSS*.pptx")), next(folder.glob("OSS*.pdf"))
    member, related = (printed, deck) if forward else (deck, printed)
    found = traced(member, related, real_files / "Azure Functions.pptx")
    assert [page.source and page.source.print.number for page in found.pages] == list(range(1, 73))
    assert {page.change for page in found.pages} == {Change.SAME}

"""How often a source is named for a file of which nothing is in the library.

Files are parts of the known decks and of prints of some of them, as reps cut them: a run of pages,
some left out, or in another order. Each is asked about with its whole family taken out; only pages
are taken, no file is written, so that a thousand cost little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from collateral.adaptations.lineage import trace
from collateral.adaptations.prints import PagePrint
from collateral.bench.lineage_counts import Library, beyond
from collateral.bench.truth.bases import Base, made_bases, real_bases
from collateral.bench.truth.printing import print_deck
from collateral.bench.truth.prints import read_prints
from collateral.reading.kinds import KINDS as FILES

LEAST_PAGES, MOST_PAGES = 3, 24
PRINTED = 12
"""Decks of which a print is made, too."""


def measure(folder: Path | None, seed: int, files: int) -> dict[str, Any]:
    """So many files, all of strangers, by form: how many had a source, pages borrowed from one,
    or were told to be a translation of one; rightly, of a deck that says the same in another
    language, or falsely, which counts as a source, too."""
    random = Random(seed)
    bases = [*(real_bases(folder) if folder else ()), *made_bases()]
    library = Library()
    for base in bases:
        library.add(base)
    decks = {v: [page.print for page in pages] for v, pages in library.memory.files.items()}
    versions = {base.key: version for version, base in enumerate(bases, 1)}
    whole: list[tuple[str, Base, Sequence[PagePrint]]] = [
        ("deck", base, decks[versions[base.key]]) for base in bases
    ]
    whole += [
        ("print", base, read_prints(print_deck(base.data), FILES["pdf"]))
        for base in random.sample(bases, min(PRINTED, len(bases)))
    ]
    counts: Counter[tuple[str, str]] = Counter()
    for _ in range(files):
        form, base, pages = random.choice(whole)
        part = cut(pages, random)
        library.memory.without = library.roots[base.family]
        found = trace(part, library.memory, printed=form == "print")
        foreign = [source for source in found.sources if beyond(source, part, found)]
        counts[form, "files"] += 1
        false = library.mistranslated(found, {base.meaning})
        counts[form, "with a source"] += false or any(not source.borrowed for source in foreign)
        counts[form, "borrowed"] += any(source.borrowed for source in foreign)
        counts[form, "a translation"] += found.translation_of is not None and not false
        counts[form, "a false translation"] += false
    return {
        "decks": len(bases),
        **{f"{form}s {what}": count for (form, what), count in sorted(counts.items())},
    }


def cut(pages: Sequence[PagePrint], random: Random) -> list[PagePrint]:
    """Some pages of a file, numbered anew: a run, some left out, or in another order."""
    size = random.randint(min(LEAST_PAGES, len(pages)), min(MOST_PAGES, len(pages)))
    how = random.choice(("run", "dropped", "reordered"))
    first = random.randint(0, len(pages) - size)
    run = list(pages[first : first + size])
    chosen = run if how == "run" else random.sample(list(pages), size)
    if how == "dropped":
        chosen.sort(key=lambda page: page.number)
    return [replace(page, number=number) for number, page in enumerate(chosen, 1)]

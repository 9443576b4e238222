"""Which documents match the words of an `Ask`: BM25F over all fields, from postings, in numpy.

Each step costs a few array operations over all documents, whatever is asked, and the
time is looked at between steps: there is nothing in a query that could run away.
All words first; near misses (parts of words, one typing mistake, not all words) come
after them, and only when few were found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from time import monotonic

import numpy as np

from collateral.search.engines import phrases
from collateral.search.engines.answering import (
    TIER,
    Ranked,
    loosened,
    of_facts,
    take_near,
    with_retired,
)
from collateral.search.engines.columns import Part, Snapshot
from collateral.search.engines.facts import Mask, Numbers
from collateral.search.engines.nearness import alike
from collateral.search.engines.protocol import FEW, Ask
from collateral.search.folding import forms
from collateral.search.language import TEXT_FIELDS, Clause, Field

WEIGHTS = {"title": 8.0, "tags": 5.0, "labels": 5.0, "summary": 3.0, "file": 2.0, "body": 1.0}
"""How much a word counts by where it stands; `owner` counts only when it is asked for."""
LENGTH_MATTERS = 0.6
SATURATION = 1.6
OTHER_FORM = 0.8
SYNONYM = 0.6
PHRASE = 1.5
IN_QUERY = {
    Field.TITLE: ("title",),
    Field.SUMMARY: ("summary",),
    Field.TAG: ("tags",),
    Field.FILE: ("file",),
    Field.OWNER: ("owner",),
}


@dataclass
class _Run:
    """One evaluation: where it looks, until when, and what it came across."""

    snapshot: Snapshot[Part]
    until: float
    cut_short: bool = False
    marks: dict[tuple[str, ...], None] = field(default_factory=dict)

    def late(self) -> bool:
        if monotonic() > self.until:
            self.cut_short = True
        return self.cut_short


def rank(snapshot: Snapshot[Part], ask: Ask, seconds: float) -> Ranked:
    """Which documents the person sees match the words, and how well."""
    run = _Run(snapshot, monotonic() + seconds)
    base = snapshot.seen(ask.scope)
    if not with_retired(ask):
        base = base & snapshot.not_retired()
    if ask.hidden:
        base = base & ~np.isin(snapshot.facts["id"], list(ask.hidden))
    for clause in ask.query.unwanted:
        base = base & ~_match(run, clause)[0]
    run.marks.clear()
    wanted = ask.query.wanted
    if not wanted:
        return Ranked(np.zeros(snapshot.count, np.float32), base, base)
    found = [_match(run, clause) for clause in wanted]
    exact = reduce(np.logical_and, (mask for mask, _ in found), base)
    score = reduce(np.add, (score for _, score in found))
    ranked = Ranked(score + 2 * TIER, exact, exact)
    if not ask.query.exact and np.count_nonzero(exact) < FEW and not run.late():
        _add_near(run, ranked, base, wanted)
    ranked.marks = tuple(run.marks)
    ranked.cut_short = run.cut_short
    return ranked


# One clause


def _match(run: _Run, clause: Clause) -> tuple[Mask, Numbers]:
    """Where the clause holds as it was typed, or by a synonym, and how much that counts."""
    if clause.field is not None and clause.field not in TEXT_FIELDS:
        mask = of_facts(run.snapshot, clause)
        return mask, mask.astype(np.float32)
    mask, score = _words(run, clause)
    for other in clause.others:
        if run.late():
            break
        synonym, its_score = _words(run, Clause(other, quoted=len(other) > 1))
        mask = mask | synonym
        score = np.maximum(score, its_score * SYNONYM)
    return mask, score


def _words(run: _Run, clause: Clause) -> tuple[Mask, Numbers]:
    fields = IN_QUERY[clause.field] if clause.field else tuple(WEIGHTS)
    if len(clause.words) == 1:
        word = clause.words[0]
        alternatives = {word: 1.0}
        if not clause.quoted:
            alternatives |= dict.fromkeys(forms(word)[1:], OTHER_FORM)
        return _unit(run, alternatives, fields)
    found = [_unit(run, {word: 1.0}, fields, mark=False) for word in clause.words]
    mask = reduce(np.logical_and, (m for m, _ in found))
    score = reduce(np.add, (s for _, s in found))
    if clause.loose:
        run.marks.update(dict.fromkeys((word,) for word in clause.words))
        return mask, np.where(mask, score, np.float32(0))
    run.marks[clause.words] = None
    mask = _together(run, clause.words, fields, mask)
    return mask, np.where(mask, score * np.float32(PHRASE), np.float32(0))


def _unit(
    run: _Run, alternatives: dict[str, float], fields: Iterable[str], mark: bool = True
) -> tuple[Mask, Numbers]:
    """Documents with any of these words in any of the fields, scored as if they were one word."""
    snapshot = run.snapshot
    frequency = np.zeros(snapshot.count, np.float32)
    if run.late():
        return np.zeros(snapshot.count, bool), frequency
    for word, share in alternatives.items():
        seen = False
        for name in fields:
            weight = np.float32(share * WEIGHTS.get(name, 1.0))
            norm = _norm(snapshot, name)
            for offset, part in snapshot.parts:
                found = part.postings(name, word)
                if found is not None:
                    documents = found[0] + offset
                    frequency[documents] += weight * found[1] / norm[documents]
                    seen = True
        if seen and mark:
            run.marks[(word,)] = None
    mask = frequency > 0
    held = np.count_nonzero(mask & snapshot.alive)
    rarity = np.log(1 + (snapshot.live_count - held + 0.5) / (held + 0.5))
    score = np.float32(rarity * (SATURATION + 1)) * frequency / (SATURATION + frequency)
    return mask, score


def _norm(snapshot: Snapshot[Part], name: str) -> Numbers:
    """What a word's frequency is divided by: long texts hold more of every word."""

    def make() -> Numbers:
        lengths = snapshot.facts[f"length_{name}"].astype(np.float32)
        average = max(float(lengths.mean()), 1.0) if len(lengths) else 1.0
        norm: Numbers = np.float32(1 - LENGTH_MATTERS) + np.float32(LENGTH_MATTERS) * (
            lengths / np.float32(average)
        )
        return norm

    norm: Numbers = snapshot.made(("norm", name), make)
    return norm


def _together(run: _Run, words: tuple[str, ...], fields: Iterable[str], mask: Mask) -> Mask:
    """Of these documents, those in which the words stand side by side in one of the fields."""
    held = np.zeros(run.snapshot.count, bool)
    for name in fields:
        for offset, part in run.snapshot.parts:
            candidates = mask[offset : offset + part.count]
            if run.late() or not candidates.any():
                continue
            try:
                found = phrases.holding(part, name, words, candidates, run.late)
            except phrases.TooDear:
                run.cut_short = True
                continue
            held[offset + found] = True
    return held


# Near misses


def _add_near(run: _Run, ranked: Ranked, base: Mask, wanted: tuple[Clause, ...]) -> None:
    kept, loose = loosened(wanted, nothing=not ranked.exact.any())
    room = reduce(np.logical_and, (_match(run, clause)[0] for clause in kept), base) & ~ranked.exact
    words = list(dict.fromkeys(word for clause in loose for word in clause.words))
    if not words or not room.any():
        return
    found = []
    for word in words:
        mask, score = _unit(run, alike(run.snapshot, word, run.until), tuple(WEIGHTS))
        for clause in loose:
            if clause.others and word in clause.words:
                synonym, its_score = _match(run, clause)
                mask, score = mask | synonym, np.maximum(score, its_score)
        found.append((mask, score))
    take_near(ranked, room, found)

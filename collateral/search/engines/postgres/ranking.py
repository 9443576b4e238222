"""Which assets match the words of an `Ask`, and how well: found by SQL, added up in numpy.

The vector of all words tells which assets match, in the one statement that also tells what
the person may see. What describes assets ranks them, by the weights that `ts_rank` gave
each of its words when it was written. The pages are looked into for the best hundred alone:
to rank all by them would read every word of every match.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import numpy as np
from sqlalchemy import text

from collateral.search.engines import answering
from collateral.search.engines.answering import TIER, Ranked
from collateral.search.engines.evaluate import OTHER_FORM, PHRASE, SYNONYM
from collateral.search.engines.facts import Ids, Mask, Numbers
from collateral.search.engines.nearness import BEGINNING
from collateral.search.engines.postgres import packed, phrases
from collateral.search.engines.postgres.asking import (
    WHERE,
    Sql,
    is_simple,
    simple,
    spelled,
    synonyms,
    together,
)
from collateral.search.engines.postgres.looking import Look
from collateral.search.engines.postgres.nearness import alike
from collateral.search.engines.postgres.writing import lexeme
from collateral.search.engines.protocol import FEW, Ask, Sort
from collateral.search.folding import forms
from collateral.search.language import TEXT_FIELDS, Clause

LOOKED_INTO = 100
PER_PAGE = 0.05
"""What pages with the words add, by the logarithm of their number."""
IN_PAGES = 0.02
"""What a near miss counts that stands in the pages alone."""
NEAR_IN_PAGES = 0.01


def rank(look: Look, ask: Ask) -> Ranked:
    """Which assets the person sees match the words, and how well."""
    wanted, unwanted = ask.query.wanted, ask.query.unwanted
    base = _base(look, ask)
    exact = base & holding(look, wanted, unwanted)
    score = np.zeros(look.count, np.float32)
    if not wanted:
        return Ranked(score, exact, exact, cut_short=look.cut_short)
    if ask.sort is Sort.RELEVANCE:
        score += _score(look, _of_words(wanted), np.flatnonzero(exact))
    ranked = Ranked(score + np.float32(2 * TIER), exact, exact)
    words: Sequence[str] = ()
    if not ask.query.exact and np.count_nonzero(exact) < FEW and not look.late():
        words = _add_near(look, ask, ranked, base)
    ranked.marks = _marks(look, ask, words)
    ranked.cut_short = look.cut_short
    return ranked


def looked_into(look: Look, ask: Ask, ranked: Ranked) -> Ranked:
    """The same with what the pages of the best hundred of the chosen add."""
    plain = [clause for clause in ask.query.wanted if clause.field is None]
    if ask.sort is not Sort.RELEVANCE or not plain or look.late():
        return ranked
    snapshot = look.held.snapshot
    chosen = reduce(np.logical_and, snapshot.filters(ask).values(), ranked.matched)
    best = answering.best(snapshot, ask, ranked, chosen, LOOKED_INTO)[:LOOKED_INTO]
    sql = Sql(look.schema)
    query = " | ".join(f"({spelled(clause)})" for clause in plain)
    statement = (
        f"select {packed.sent('asset_id')} as ids, {packed.sent('pages')} as pages from "
        f"(select p.asset_id, cast(count(*) as integer) as pages from {look.schema}.page p "
        f"where p.asset_id = any ({sql.value(snapshot.facts['id'][best].tolist())}) "
        f"and {sql.in_each('p.words', query)} group by p.asset_id) as counted"
    )
    row = look.connection.execute(text(statement), sql.given).one()
    held, documents = look.held.places(packed.whole(row.ids))
    score = ranked.score.copy()
    score[documents] += PER_PAGE * np.log1p(packed.whole(row.pages)[held]).astype(np.float32)
    return replace(ranked, score=score)


def _base(look: Look, ask: Ask) -> Mask:
    """What she sees, without the retired where they are not asked for."""
    snapshot = look.held.snapshot
    base = snapshot.seen(ask.scope)
    if not answering.with_retired(ask):
        base = base & snapshot.not_retired()
    if ask.hidden:
        base = base & ~np.isin(snapshot.facts["id"], list(ask.hidden))
    return base


# Which


def holding(look: Look, wanted: Sequence[Clause], unwanted: Sequence[Clause] = ()) -> Mask:
    """Where all of the wanted clauses hold, by their synonyms or as typed, and no unwanted one.

    Simple clauses are one vector query, which the index answers in one walk. What it cannot
    say, each is asked for by itself.
    """
    snapshot = look.held.snapshot
    held = np.ones(look.count, bool)
    for clause in filter(_is_fact, wanted):
        held &= answering.of_facts(snapshot, clause)
    for clause in filter(_is_fact, unwanted):
        held &= ~answering.of_facts(snapshot, clause)
    plain = together(simple(clause) for clause in wanted if is_simple(clause))
    left_out = [clause for clause in _of_words(unwanted) if not (plain and is_simple(clause))]
    if plain:
        sql = Sql(look.schema)
        query = together([plain, *_minus(unwanted)])
        held &= look.masks(sql, [sql.every(query)])[0]
    for clause in _of_words(wanted):
        if not is_simple(clause) and held.any():
            held &= _any_way(look, clause, plain)
    for clause in left_out:
        if held.any():
            held &= ~_any_way(look, clause, plain)
    return held


def _minus(unwanted: Sequence[Clause]) -> list[str]:
    """Vector queries that leave out what simple clauses hold."""
    return [f"!({simple(clause)})" for clause in unwanted if is_simple(clause)]


def _is_fact(clause: Clause) -> bool:
    return clause.field is not None and clause.field not in TEXT_FIELDS


def _of_words(clauses: Sequence[Clause]) -> list[Clause]:
    return [clause for clause in clauses if not _is_fact(clause)]


def _any_way(look: Look, clause: Clause, narrowed: str) -> Mask:
    """Where the clause holds as it was typed, or by a synonym."""
    sql, conditions, mask = Sql(look.schema), [], look.nothing()
    for one in (clause, *synonyms(clause)):
        if one.field is not None:
            column, weight = WHERE[one.field]
            conditions.append(sql.described(column, spelled(one, weight)))
        elif is_simple(one):
            conditions.append(sql.every(together(filter(None, [simple(one), narrowed]))))
        else:
            mask |= phrases.holding(look, one, narrowed)
    return reduce(np.logical_or, look.masks(sql, conditions), mask)


# How well


def _score(look: Look, clauses: Sequence[Clause], among: Ids) -> Numbers:
    """How much it counts that the clauses hold, by what describes the assets."""
    every = [(one, share) for clause in clauses for one, share in _ways(clause)]
    look.read_weights((word for one, _ in every for word in _shares(one)), among)
    score = np.zeros(look.count, np.float32)
    for clause in clauses:
        score += reduce(
            np.maximum, (np.float32(share) * _of_way(look, one) for one, share in _ways(clause))
        )
    return score


def _ways(clause: Clause) -> list[tuple[Clause, float]]:
    return [(clause, 1.0), *((synonym, SYNONYM) for synonym in synonyms(clause))]


def _shares(clause: Clause) -> dict[str, float]:
    """Its words, or the one with its forms, each with how much it counts."""
    if len(clause.words) > 1 or clause.quoted:
        return dict.fromkeys(clause.words, 1.0)
    word = clause.words[0]
    return {word: 1.0} | dict.fromkeys(forms(word)[1:], OTHER_FORM)


def _of_way(look: Look, clause: Clause) -> Numbers:
    if len(clause.words) == 1:
        return look.counting(_shares(clause))
    summed = reduce(np.add, (look.counting({word: 1.0}) for word in clause.words))
    return summed if clause.loose else summed * np.float32(PHRASE)


# Near misses


def _add_near(look: Look, ask: Ask, ranked: Ranked, base: Mask) -> Sequence[str]:
    """Parts of words, one slip of the hand, not all words; answers the words that may be there."""
    kept, loose = answering.loosened(ask.query.wanted, nothing=not ranked.exact.any())
    typed = list(dict.fromkeys(word for clause in loose for word in clause.words))
    room = base & ~ranked.exact
    if not typed or not room.any():
        return ()
    room &= holding(look, kept)
    if not room.any():
        return ()
    near = {word: alike(look.connection, look.schema, word) for word in typed}
    minus = _minus(ask.query.unwanted)
    sql = Sql(look.schema)
    conditions = []
    for word in typed:
        own = [other for other, share in near[word].items() if share > BEGINNING]
        for words in (near[word], own):
            any_of = " | ".join(map(lexeme, words))
            conditions.append(sql.every(together([any_of, *minus])))
    masks = look.masks(sql, conditions)
    look.read_weights((other for others in near.values() for other in others), None)
    found = []
    for number, word in enumerate(typed):
        mask, own_mask = masks[2 * number], masks[2 * number + 1]
        pages = np.where(own_mask, IN_PAGES, NEAR_IN_PAGES * mask).astype(np.float32)
        score = look.counting(near[word]) + pages
        for clause in loose:
            if clause.others and word in clause.words:
                mask = mask | holding(look, [clause])
        found.append((mask, score))
    answering.take_near(ranked, room, found)
    return list(dict.fromkeys(other for others in near.values() for other in others))


# What to mark


def _marks(look: Look, ask: Ask, near: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Runs of words, and those single words that stand in the index."""
    marks: dict[tuple[str, ...], None] = {}
    single: dict[str, None] = {}
    for clause in _of_words(ask.query.wanted):
        for one in (clause, *synonyms(clause)):
            if len(one.words) == 1 or one.loose:
                single.update(dict.fromkeys(_shares(one)))
            else:
                marks[one.words] = None
    single.update(dict.fromkeys(near))
    return (*marks, *((word,) for word in look.known(single)))

"""Words side by side: among the assets that hold them all, by the index of pages or by reading
the pages of one after the other.

The index of pages knows which words a page has, not where, so that each page with all of them is
read; of common words these are most of the library. How many there are the planner tells, by its
statistics. Where they are too many, the pages of the most used assets are read as far as the time
reaches, and the answer says so.
"""

from __future__ import annotations

from time import monotonic

import numpy as np
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from collateral.search.engines.facts import Ids, Mask
from collateral.search.engines.postgres import packed
from collateral.search.engines.postgres.asking import Sql, both, either, spelled, together
from collateral.search.engines.postgres.looking import Look
from collateral.search.engines.postgres.writing import lexeme
from collateral.search.engines.protocol import Sort
from collateral.search.language import Clause

SHARE = 0.25
"""Of the time that is left, what the pages of one phrase are given."""
MOST_PAGES = 10_000
"""Pages with all the words that the index is asked for."""
AT_ONCE = 200
"""Assets whose pages are read in one step."""
CANCELED = "57014"


def holding(look: Look, phrase: Clause, narrowed: str) -> Mask:
    """The assets that she sees in which the words stand side by side.

    Args:
        narrowed: a vector query that they must answer, too; "" for none.
    """
    words = together([*map(lexeme, phrase.words), *filter(None, [narrowed])])
    run = spelled(phrase)
    sql = Sql(look.schema)
    described = either([sql.described("head", run), sql.described("side", spelled(phrase, "A"))])
    all_words, mask = look.masks(sql, [sql.every(words), both([sql.every(words), described])])
    candidates = np.flatnonzero(all_words & ~mask)
    if not len(candidates):
        return mask
    if len(candidates) > AT_ONCE and _pages_to_read(look, run) <= MOST_PAGES:
        found = _by_index(look, run, words)
        if found is not None:
            return mask | found
    return mask | _one_after_the_other(look, run, candidates)


def _pages_to_read(look: Look, run: str) -> int:
    """How many pages have all the words, as the planner reckons."""
    sql = Sql(look.schema)
    asked = f"select from {look.schema}.page p where p.words @@ {sql.query(run)}"
    plan = look.connection.execute(text(f"explain (format json) {asked}"), sql.given).scalar_one()
    return int(plan[0]["Plan"]["Plan Rows"])


def _by_index(look: Look, run: str, words: str) -> Mask | None:
    """Those with the words side by side on a page; None when the time was too short."""
    sql = Sql(look.schema)
    left = max(look.until - monotonic(), 0.02)
    limit = text("select set_config('statement_timeout', :limit, true)")
    try:
        with look.connection.begin_nested():
            look.connection.execute(limit, {"limit": str(max(1, int(left * SHARE * 1000)))})
            mask = look.masks(sql, [both([sql.every(words), sql.on_a_page(run)])])[0]
            look.connection.execute(limit, {"limit": str(int(left * 1000))})
            return mask
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != CANCELED:
            raise
        return None


def _one_after_the_other(look: Look, run: str, candidates: Ids) -> Mask:
    """The same among the candidates, the most used first, until the time is over."""
    facts, rank = look.held.snapshot.facts, look.held.snapshot.rank(Sort.PROVEN)
    candidates = candidates[np.argsort(rank[candidates], kind="stable")]
    until = monotonic() + SHARE * max(look.until - monotonic(), 0.0)
    mask = look.nothing()
    for at in range(0, len(candidates), AT_ONCE):
        if at and monotonic() > until:
            look.cut_short = True
            break
        mask |= look.mask(_on_pages(look, run, facts["id"][candidates[at : at + AT_ONCE]]))
    return mask


def _on_pages(look: Look, run: str, ids: Ids) -> Ids:
    sql = Sql(look.schema)
    statement = (
        f"select {packed.sent('distinct p.asset_id')} from {look.schema}.page p "
        f"where p.asset_id = any ({sql.value(ids.tolist())}) and {sql.in_each('p.words', run)}"
    )
    return packed.whole(look.connection.execute(text(statement), sql.given).scalar_one())

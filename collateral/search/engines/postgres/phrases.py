"""Words side by side: found by the index of pages, or, where that takes too long, as far as
the time reaches."""

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

BY_INDEX = 0.5
"""The share of the time that is left which the index of pages is given."""
AT_ONCE = 200
"""Assets whose pages are read in one step after that."""
CANCELED = "57014"


def holding(look: Look, phrase: Clause, narrowed: str) -> Mask:
    """The assets that she sees in which the words stand side by side.

    Args:
        narrowed: a vector query that they must answer, too; "" for none.
    """
    words = together([*map(lexeme, phrase.words), *filter(None, [narrowed])])
    run = spelled(phrase)
    sql = Sql(look.schema)
    somewhere = [
        sql.described("head", run),
        sql.described("side", spelled(phrase, "A")),
        sql.on_a_page(run),
    ]
    left = max(look.until - monotonic(), 0.02)
    try:
        with look.connection.begin_nested():
            limit = text("select set_config('statement_timeout', :limit, true)")
            look.connection.execute(limit, {"limit": str(int(left * BY_INDEX * 1000))})
            mask = look.masks(sql, [both([sql.every(words), either(somewhere)])])[0]
            look.connection.execute(limit, {"limit": str(int(left * 1000))})
            return mask
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != CANCELED:
            raise
    look.cut_short = True
    return _as_far_as_it_goes(look, phrase, words)


def _as_far_as_it_goes(look: Look, phrase: Clause, words: str) -> Mask:
    """The same among those with all the words, the most used first, until the time is over."""
    run = spelled(phrase)
    sql = Sql(look.schema)
    either_side = either([sql.described("head", run), sql.described("side", spelled(phrase, "A"))])
    all_words, mask = look.masks(sql, [sql.every(words), both([sql.every(words), either_side])])
    facts, rank = look.held.snapshot.facts, look.held.snapshot.rank(Sort.PROVEN)
    candidates = np.flatnonzero(all_words & ~mask)
    candidates = candidates[np.argsort(rank[candidates], kind="stable")]
    for at in range(0, len(candidates), AT_ONCE):
        if monotonic() > look.until:
            break
        mask |= look.mask(_on_pages(look, run, facts["id"][candidates[at : at + AT_ONCE]]))
    return mask


def _on_pages(look: Look, run: str, ids: Ids) -> Ids:
    sql = Sql(look.schema)
    statement = (
        f"select {packed.sent('distinct p.asset_id')} from {look.schema}.page p "
        f"where p.asset_id = any ({sql.value(ids.tolist())}) and p.words @@ {sql.query(run)}"
    )
    return packed.whole(look.connection.execute(text(statement), sql.given).scalar_one())

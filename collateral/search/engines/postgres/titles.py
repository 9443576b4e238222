"""Typeahead and spelling: titles by the beginning of words, and words to go on with."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from collateral.search.engines.nearness import LEAST_SLIP
from collateral.search.engines.postgres.asking import Sql, both
from collateral.search.engines.postgres.nearness import as_prefix, slips
from collateral.search.engines.postgres.writing import lexeme
from collateral.search.engines.protocol import Completion, Scope
from collateral.search.engines.titles import LOOKED_AT


def suggest(
    connection: Connection,
    schema: str,
    words: tuple[str, ...],
    scope: Scope,
    hidden: frozenset[int],
    limit: int,
) -> list[int]:
    """Assets whose titles have all the words, the last perhaps unfinished; most used first."""
    if not words:
        return []
    *before, last = words
    sql = Sql(schema)
    whole = [f"= {sql.value(word)}" for word in before]
    begun = f"like {sql.value(as_prefix(last))}"
    found = _titled(connection, sql, [*whole, begun], scope, hidden, limit)
    if found or len(last) < LEAST_SLIP:
        return found
    meant = f"= any ({sql.value(slips(connection, schema, last))})"
    return _titled(connection, sql, [*whole, meant], scope, hidden, limit)


def _titled(
    connection: Connection,
    sql: Sql,
    conditions: Sequence[str],
    scope: Scope,
    hidden: frozenset[int],
    limit: int,
) -> list[int]:
    """Those whose titles have, for each of the conditions, a word that it holds for."""
    titled = (
        f"d.asset_id in (select t.asset_id from {sql.schema}.title_word t where t.word {condition})"
        for condition in conditions
    )
    where = both([sql.seen(scope, hidden), sql.not_retired(), *titled])
    statement = (
        f"select d.asset_id from {sql.schema}.doc d where {where} "
        f"order by d.deals desc, d.published desc, d.asset_id desc limit {sql.value(limit)}"
    )
    return list(connection.execute(text(statement), sql.given).scalars())


def complete(
    connection: Connection,
    schema: str,
    words: tuple[str, ...],
    scope: Scope,
    hidden: frozenset[int],
    limit: int,
) -> list[Completion]:
    """Ways to finish the last word, with how many assets the person finds by all of them."""
    if not words:
        return []
    sql = Sql(schema)
    before = [f"d.every @@ {sql.query(lexeme(word))}" for word in words[:-1]]
    where = both([sql.seen(scope, hidden), sql.not_retired(), *before])
    commonest = (
        f"select t.word from {schema}.title_word t join {schema}.doc d on d.asset_id = t.asset_id "
        f"where t.word like {sql.value(as_prefix(words[-1]))} and {where} "
        f"group by t.word order by count(*) desc, t.word limit {LOOKED_AT}"
    )
    statement = (
        f"select c.word, (select count(*) from {schema}.doc d where {where} and "
        "d.every @@ cast(quote_literal(c.word) as tsquery)) as total "
        f"from ({commonest}) c order by total desc, c.word limit {sql.value(limit)}"
    )
    rows = connection.execute(text(statement), sql.given)
    return [Completion(" ".join((*words[:-1], row.word)), row.total) for row in rows]


def corrections(
    connection: Connection,
    schema: str,
    words: tuple[str, ...],
    scope: Scope,
    hidden: frozenset[int],
    limit: int,
) -> dict[str, tuple[str, ...]]:
    """For words that stand in nothing she sees, words a slip away that do; the commonest first."""
    found = {}
    for word in words:
        if len(word) < LEAST_SLIP or _totals(connection, schema, [word], scope, hidden):
            continue
        near = slips(connection, schema, word)
        totals = _totals(connection, schema, near, scope, hidden)
        if totals:
            best = sorted(totals, key=lambda other: (-totals[other], other))
            found[word] = tuple(best[:limit])
    return found


def _totals(
    connection: Connection, schema: str, words: list[str], scope: Scope, hidden: frozenset[int]
) -> dict[str, int]:
    """In how many of the assets she sees each of the words stands; those alone that do."""
    if not words:
        return {}
    sql = Sql(schema)
    where = both([sql.seen(scope, hidden), sql.not_retired()])
    statement = (
        f"select w.word, (select count(*) from {schema}.doc d where {where} and "
        "d.every @@ cast(w.spelled as tsquery)) as total from "
        f"unnest(cast({sql.value(words)} as text[]), "
        f"cast({sql.value([lexeme(word) for word in words])} as text[])) as w (word, spelled)"
    )
    rows = connection.execute(text(statement), sql.given)
    return {row.word: row.total for row in rows if row.total}

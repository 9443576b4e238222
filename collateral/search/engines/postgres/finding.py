"""One search: the matches that were asked for, in order, with total and facets.

Titles, tags, summaries and labels rank all matches, for their vectors are short. The
pages are looked into for the first hundred alone: to rank all by them would read every
word of every match.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from collateral.search.engines.columns import STATUSES
from collateral.search.engines.evaluate import with_retired
from collateral.search.engines.postgres.asking import (
    WEIGHTS,
    Sql,
    both,
    either,
    spelled,
    synonyms,
)
from collateral.search.engines.postgres.nearness import alike
from collateral.search.engines.postgres.writing import lexeme
from collateral.search.engines.protocol import (
    FEW,
    NEAR_LIMIT,
    Ask,
    Found,
    Freshness,
    Match,
    Sort,
)
from collateral.search.folding import forms
from collateral.search.language import TEXT_FIELDS, Clause

LOOKED_INTO = 100
PER_PAGE = 0.05

_PROVEN = "deals desc, published desc, asset_id desc"
_ORDERS = {
    Sort.RELEVANCE: f"exact desc, score desc, {_PROVEN}",
    Sort.PROVEN: f"exact desc, {_PROVEN}",
    Sort.NEWEST: "exact desc, published desc, asset_id desc",
    Sort.TITLE: "exact desc, title_order, asset_id",
}


@dataclass(frozen=True)
class Near:
    """Assets that do not hold all the words as they were typed, the best first."""

    ids: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()
    words: tuple[str, ...] = ()


def find(connection: Connection, schema: str, ask: Ask, offset: int, limit: int) -> Found:
    """The matches from `offset` on, with total, facets and what to mark."""
    near = Near()
    if ask.query.wanted and not ask.query.exact:
        held = _few(connection, schema, ask)
        if held < FEW:
            near = _near(connection, schema, ask, nothing=not held)
    sql = Sql(schema)
    filters = sql.filters(ask)
    hits = _hits(sql, ask, near, filters)
    chosen = both(_flag(kind) for kind in filters)
    rows = connection.execute(
        text(
            f"with hits as materialized ({hits}), chosen as materialized "
            f"(select * from hits where {chosen}) "
            f"{_page(sql, ask, offset, limit)} union all {_counts(filters)}"
        ),
        sql.given,
    ).all()
    matches = [row for row in rows if row.kind == "match"]
    counts = {row.key: int(row.number) for row in rows if row.kind == "count"}
    total, near_total = counts.pop("total", 0), counts.pop("near", 0)
    matches.sort(key=lambda row: row.place)
    return Found(
        tuple(Match(int(row.number), float(row.score), row.key == "near") for row in matches),
        total=total,
        near=near_total,
        facets=_facets(counts),
        marks=_marks(connection, schema, ask, near),
    )


def _few(connection: Connection, schema: str, ask: Ask) -> int:
    """How many hold everything as it was typed; no further than it matters."""
    sql = Sql(schema)
    conditions = [sql.base(ask, with_retired(ask)), *map(sql.holds, ask.query.wanted)]
    statement = f"select 1 from {schema}.doc d where {both(conditions)} limit {FEW}"
    return len(connection.execute(text(statement), sql.given).all())


def _hits(sql: Sql, ask: Ask, near: Near, filters: dict[str, str]) -> str:
    """All that match the words, each with a flag for every kind of filter."""
    wanted = [*map(sql.holds, ask.query.wanted)]
    score = " + ".join(sql.score(clause) for clause in ask.query.wanted) or "0.0"
    flags = "".join(f", ({sql_text}) as {_flag(kind)}" for kind, sql_text in filters.items())
    facts = (
        "d.asset_id, d.status, d.terms, d.deals, d.published, d.title_order, "
        f"{sql.due(ask)} as due{flags}"
    )
    base = sql.base(ask, with_retired(ask))
    exact = (
        f"select {facts}, true as exact, cast({score} as double precision) as score "
        f"from {sql.schema}.doc d where {both([base, *wanted])}"
    )
    if not near.ids:
        return exact
    ids, scores = sql.value(list(near.ids)), sql.value(list(near.scores))
    return (
        f"{exact} union all select {facts}, false as exact, n.score from {sql.schema}.doc d "
        f"join unnest(cast({ids} as integer[]), cast({scores} as double precision[])) "
        f"as n (near_id, score) on n.near_id = d.asset_id where {base}"
    )


def _page(sql: Sql, ask: Ask, offset: int, limit: int) -> str:
    """The page of matches, in order: kind, key, number, score, place."""
    order = _ORDERS[ask.sort if ask.query.wanted or ask.sort is not Sort.RELEVANCE else Sort.PROVEN]
    ranked = f"select *, row_number() over (order by {order}) as place from chosen"
    plain = [clause for clause in ask.query.wanted if clause.field is None]
    if ask.sort is Sort.RELEVANCE and plain:
        query = sql.query(" | ".join(f"({spelled(clause)})" for clause in plain))
        looked = (
            f"select c.*, c.score + {PER_PAGE} * ln(1 + (select count(*) from {sql.schema}.page p "
            f"where p.asset_id = c.asset_id and p.words @@ {query})) as full_score "
            f"from ({ranked}) c where c.place <= {LOOKED_INTO}"
        )
        refined = order.replace("score desc", "full_score desc")
        ranked = (
            f"select asset_id, exact, full_score as score, "
            f"row_number() over (order by {refined}) as place from ({looked}) l "
            f"union all select asset_id, exact, score, place from ({ranked}) r "
            f"where r.place > {LOOKED_INTO}"
        )
    first, last = sql.value(offset), sql.value(offset + limit)
    return (
        "select 'match' as kind, case when exact then '' else 'near' end as key, "
        "cast(asset_id as bigint) as number, score, place "
        f"from ({ranked}) m where place > {first} and place <= {last}"
    )


def _counts(filters: dict[str, str]) -> str:
    """How many there are, and how many of each term, status and freshness.

    Each kind is counted under the filters of the other kinds alone, so that choosing a
    second stage shows what it would add.
    """

    def under(kind: str) -> str:
        return both(_flag(name) for name in filters if name != kind)

    def counted(key: str, rows: str, where: str) -> str:
        return f"select 'count', {key}, count(*), 0.0, 0 from {rows} where {where} group by {key}"

    terms = "hits, unnest(terms) as term"
    vocabulary = "split_part(term, ':', 1)"
    chosen = [kind for kind in filters if kind not in ("status", "tag", "owner")]
    others = ", ".join(f"'{kind}'" for kind in chosen) or "''"
    parts = [
        "select 'count', 'total', count(*), 0.0, 0 from chosen",
        "select 'count', 'near', count(*), 0.0, 0 from chosen where not exact",
        counted("term", terms, f"{vocabulary} not in ({others}) and {both(map(_flag, filters))}"),
        counted("'status:' || status", "hits", under("status")),
        counted("'due:' || due", "hits", under("freshness")),
    ]
    parts += [
        counted("term", terms, f"{vocabulary} = '{kind}' and {under(kind)}") for kind in chosen
    ]
    return " union all ".join(parts)


def _flag(kind: str) -> str:
    # Vocabularies are of our own making: letters alone.
    return "is_" + "".join(letter for letter in kind if letter.isalnum() or letter == "_")


def _facets(counts: dict[str, int]) -> dict[str, int]:
    facets: dict[str, int] = {}
    for key, number in counts.items():
        name, _, value = key.partition(":")
        if name == "status":
            facets[f"status:{STATUSES[int(value)]}"] = number
        elif name != "due":
            facets[key] = number
    facets[f"freshness:{Freshness.REVIEW_DUE.value}"] = counts.get("due:true", 0)
    facets[f"freshness:{Freshness.CURRENT.value}"] = counts.get("due:false", 0)
    return facets


# Near misses


def _near(connection: Connection, schema: str, ask: Ask, *, nothing: bool) -> Near:
    """Parts of words, one slip of the hand, not all words: at most so many, the best first."""
    wanted = ask.query.wanted
    # What was put in quotation marks is loosened only when nothing at all was found.
    kept = [c for c in wanted if c.field is not None or (c.quoted and not nothing)]
    loose = [c for c in wanted if c not in kept]
    typed = list(dict.fromkeys(word for clause in loose for word in clause.words))
    if not typed:
        return Near()
    sql = Sql(schema)
    groups, words = [], dict.fromkeys(typed)
    for word in typed:
        near = alike(connection, schema, word)
        words.update(dict.fromkeys(near))
        groups.append(_group(sql, near, [c for c in loose if c.others and word in c.words]))
    holds, scores = zip(*groups, strict=True)
    exact = both(map(sql.holds, wanted))
    base = both([sql.base(ask, with_retired(ask)), *map(sql.holds, kept)])
    statement = (
        f"select d.asset_id, ({both(holds)}) as every, {' + '.join(scores)} as score "
        f"from {schema}.doc d where {base} and ({either(holds)}) and not ({exact}) "
        f"order by every desc, score desc, asset_id desc limit {NEAR_LIMIT}"
    )
    rows = connection.execute(text(statement), sql.given).all()
    every = [row for row in rows if row.every]
    # Those with not all of the words only while there are few with all of them.
    if len(every) >= FEW:
        rows = every
    return Near(
        tuple(row.asset_id for row in rows),
        tuple(float(row.score) + (1000.0 if row.every else 0.0) for row in rows),
        tuple(words),
    )


def _group(sql: Sql, near: dict[str, float], clauses: list[Clause]) -> tuple[str, str]:
    """Whether any of these words is there, and how much the best of them counts."""
    by_share: dict[float, list[str]] = {}
    for word, share in near.items():
        by_share.setdefault(share, []).append(lexeme(word))
    holds = [f"d.every @@ {sql.query(' | '.join(map(lexeme, near)))}"]
    holds += [sql.holds(clause) for clause in clauses]
    parts = []
    for share, spelled_words in by_share.items():
        query = sql.query(" | ".join(spelled_words))
        parts.append(
            f"{share} * (ts_rank('{WEIGHTS}', d.head, {query}) + "
            f"0.02 * cast(d.every @@ {query} as integer))"
        )
    return f"({either(holds)})", f"greatest({', '.join(parts)})"


# What to mark


def _marks(
    connection: Connection, schema: str, ask: Ask, near: Near
) -> tuple[tuple[str, ...], ...]:
    marks: dict[tuple[str, ...], None] = {}
    single: dict[str, None] = {}
    for clause in ask.query.wanted:
        if clause.field is not None and clause.field not in TEXT_FIELDS:
            continue
        for one in (clause, *synonyms(clause)):
            if len(one.words) == 1:
                query = one.words if one.quoted else forms(one.words[0])
                single.update(dict.fromkeys(query))
            elif one.loose:
                single.update(dict.fromkeys(one.words))
            else:
                marks[one.words] = None
    single.update(dict.fromkeys(near.words))
    known = set(
        connection.execute(
            text(f"select word from {schema}.word where word = any (:words)"),
            {"words": list(single)},
        ).scalars()
    )
    marks.update(dict.fromkeys((word,) for word in single if word in known))
    return tuple(marks)

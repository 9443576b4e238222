"""The tables of one index. They stand in a schema of their own, which a new one replaces.

    doc         one row an asset: its facts, and all its words but the owner's, without places
    head        its words by field: `head` holds title (A), tags (B), summary (C) and file
                name (D); `side` the labels of its terms (A) and its owner (B)
    weight      how much each word of `head` and the labels counts for its asset
    page        the words of each page in order, for phrases
    title_word  the words of the titles, for typeahead
    word        every word, for beginnings and slips of the hand
    gone        assets that were taken out since the index was made
    state       one row: which index this is, and how often it was changed

`changed` is the number of the change that wrote a row, 0 for those of the beginning:
who holds the facts of one state in memory reads what came after it. Rows of `doc` and
`weight` are narrow, so that those of every asset are read in a moment; the words of an
asset lie apart, where only the GIN index looks at them.
"""

from __future__ import annotations

from collateral.search.engines.protocol import SCHEMA

VERSION = f"{SCHEMA}.3"
"""Raised after the point whenever these tables change."""
LIVE = f"search_live_{VERSION.replace('.', '_')}"
"""Programs of two versions, side by side while machines go over to the newer, have one each."""
NEXT = LIVE.replace("live", "next") + "_"
"""How the schema begins that is to take its place."""

EXTENSIONS = ("pg_trgm",)

WEIGHTS = "{0.25,0.375,0.625,1.0}"
"""Of file name, summary, tags and title, as far as ts_rank goes: it takes none above one."""
OF_LABELS = 0.6

TABLES = (
    """create table {schema}.doc (
        asset_id integer primary key,
        owner_id integer not null,
        status smallint not null,
        limited boolean not null,
        changed integer not null,
        revision integer not null,
        teams integer[] not null,
        terms text[] not null,
        tags text[] not null,
        published double precision not null,
        deals integer not null,
        last_used integer not null,
        review_on integer not null,
        expires_on integer not null,
        title_order text collate "C" not null,
        every tsvector not null
    ) with (toast_tuple_target = 256)""",
    "alter table {schema}.doc alter column every set storage external",
    """create table {schema}.head (
        asset_id integer primary key,
        head tsvector not null,
        side tsvector not null
    )""",
    """create table {schema}.weight (
        word text collate "C" not null,
        asset_id integer not null,
        weight real not null
    )""",
    """create table {schema}.page (
        asset_id integer not null,
        number integer not null,
        words tsvector not null,
        primary key (asset_id, number)
    )""",
    """create table {schema}.title_word (
        word text collate "C" not null,
        asset_id integer not null
    )""",
    """create table {schema}.word (
        word text collate "C" primary key,
        of_head boolean not null
    )""",
    """create table {schema}.gone (
        asset_id integer primary key,
        changed integer not null
    )""",
    """create table {schema}.state (
        generation text not null,
        version text not null,
        made timestamptz not null,
        changes integer not null
    )""",
)

# Made when the rows are there: much quicker than row by row. Changes to the live index are
# small; without a pending list no search has to read one.
INDEXES = (
    "create index on {schema}.doc using gin (every) with (fastupdate = off)",
    "create index on {schema}.doc (changed)",
    "create index on {schema}.head using gin (head) with (fastupdate = off)",
    "create index on {schema}.head using gin (side) with (fastupdate = off)",
    "create unique index on {schema}.weight (word, asset_id) include (weight)",
    "create index on {schema}.page using gin (words) with (fastupdate = off)",
    "create unique index on {schema}.title_word (word, asset_id)",
    "create index on {schema}.title_word (asset_id)",
    "create index on {schema}.word using gin (word gin_trgm_ops)",
)


def weighing(schema: str, only: str = "") -> str:
    """SQL that gives the words of all rows of `head h` their weights, or of some (`only`)."""
    spelled = "quote_literal(found.word)"
    return (
        f"insert into {schema}.weight (word, asset_id, weight) select found.word, h.asset_id, "
        f"ts_rank('{WEIGHTS}', h.head, cast({spelled} as tsquery)) + {OF_LABELS} * "
        f"ts_rank('{WEIGHTS}', h.side, cast({spelled} || '\\:A' as tsquery)) "
        f"from {schema}.head h cross join lateral "
        "unnest(tsvector_to_array(h.head || ts_filter(h.side, '{a}'))) as found (word) " + only
    )


UNWEIGH = """
delete from {schema}.weight w using {schema}.head h,
       unnest(tsvector_to_array(h.head || h.side)) as held (word)
where h.asset_id = any (:stale) and w.word = held.word and w.asset_id = h.asset_id
"""

"""The tables of one index. They stand in a schema of their own, which a new one replaces.

    doc         one row an asset: its facts, and its words by field
    page        the words of each page in order, for phrases
    title_word  the words of the titles, for typeahead
    word        every word, for beginnings and slips of the hand
    state       one row: which index this is

`head` holds title (A), tags (B), summary (C) and file name (D); `side` the labels of
its terms (A) and its owner (B); `every` all words but the owner's, without places.
"""

from __future__ import annotations

LIVE = "search_live"

EXTENSIONS = ("pg_trgm",)

TABLES = (
    """create table {schema}.doc (
        asset_id integer primary key,
        owner_id integer not null,
        status smallint not null,
        limited boolean not null,
        teams integer[] not null,
        terms text[] not null,
        tags text[] not null,
        published double precision not null,
        deals integer not null,
        last_used date,
        review_on date,
        expires_on date,
        title_order text collate "C" not null,
        head tsvector not null,
        side tsvector not null,
        every tsvector not null
    )""",
    """create table {schema}.page (
        asset_id integer not null,
        number integer not null,
        words tsvector not null,
        primary key (asset_id, number)
    )""",
    """create table {schema}.title_word (
        word text collate "C" not null,
        asset_id integer not null,
        primary key (word, asset_id)
    )""",
    """create table {schema}.word (
        word text collate "C" primary key,
        of_head boolean not null
    )""",
    """create table {schema}.state (
        generation text not null,
        version integer not null,
        made timestamptz not null,
        changes integer not null
    )""",
)

# Made when the rows are there: much quicker than row by row. Changes to the live index are
# small; without a pending list no search has to read one.
INDEXES = (
    "create index on {schema}.doc using gin (every) with (fastupdate = off)",
    "create index on {schema}.doc using gin (head) with (fastupdate = off)",
    "create index on {schema}.doc using gin (side) with (fastupdate = off)",
    "create index on {schema}.doc using gin (terms) with (fastupdate = off)",
    "create index on {schema}.page using gin (words) with (fastupdate = off)",
    "create index on {schema}.title_word (asset_id)",
    "create index on {schema}.word using gin (word gin_trgm_ops)",
)

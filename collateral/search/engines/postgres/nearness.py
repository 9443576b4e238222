"""Words that may have been meant, from the list of all words."""

from __future__ import annotations

from sqlalchemy import Connection, text

from collateral.search.engines.nearness import (
    BEGINNING,
    LEAST_BEGINNING,
    LEAST_SLIP,
    MOST,
    SLIP,
)
from collateral.search.folding import forms

LOOKED_AT = 400


def alike(connection: Connection, schema: str, word: str) -> dict[str, float]:
    """The word, its forms and what is near it, each with how much it counts."""
    found = {word: 1.0} | dict.fromkeys(forms(word)[1:], 0.8)
    if len(word) >= LEAST_BEGINNING:
        for other in beginning_with(connection, schema, word):
            found.setdefault(other, BEGINNING)
    if len(word) >= LEAST_SLIP:
        for other in slips(connection, schema, word):
            found.setdefault(other, SLIP)
    return dict(list(found.items())[: 2 * MOST])


def beginning_with(connection: Connection, schema: str, start: str) -> list[str]:
    """Words of what describes assets that begin so."""
    return list(
        connection.execute(
            text(
                f"select word from {schema}.word where word like :start and of_head "
                "order by word limit :most"
            ),
            {"start": as_prefix(start), "most": MOST},
        ).scalars()
    )


def slips(connection: Connection, schema: str, word: str) -> list[str]:
    """Words one letter more, less, other or swapped away; the first letter is taken to be right.

    Those of what describes assets first.
    """
    from rapidfuzz.distance import OSA

    threshold = f"set local pg_trgm.similarity_threshold = {least_alike(word):.3f}"
    connection.execute(text(threshold))
    near = connection.execute(
        text(
            f"select word from {schema}.word where word % :word and word like :first "
            "and length(word) between :least and :most "
            "order by of_head desc, similarity(word, :word) desc, word limit :looked_at"
        ),
        {
            "word": word,
            "first": as_prefix(word[0]),
            "least": len(word) - 1,
            "most": len(word) + 1,
            "looked_at": LOOKED_AT,
        },
    ).scalars()
    return [other for other in near if OSA.distance(word, other, score_cutoff=1) <= 1][:MOST]


def least_alike(word: str) -> float:
    """The share of trigrams below which no word is a slip away.

    n letters have n + 1 trigrams, with two blanks before them and one behind
    (postgresql.org/docs/18/pgtrgm.html). Two letters that change places touch four of
    them, any other slip fewer, so that n - 3 of n + 5 stay. Trigrams that a word has twice
    count once: what is left then may be less, hence the fifth that is taken off.
    """
    return 0.8 * max(len(word) - 3, 1) / (len(word) + 5)


def as_prefix(start: str) -> str:
    """A pattern for `like` that matches what begins so."""
    escaped = start.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped + "%"

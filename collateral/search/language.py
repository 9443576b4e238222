"""What people may type: words, "phrases", -word and field:value. Nothing else means anything.

Parsing is pure, takes time in proportion to the text, and never fails: whatever makes
no sense is read as plain words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from collateral.search.folding import words

MAX_CHARACTERS = 200
MAX_TERMS = 12


class Field(StrEnum):
    """What may stand before a colon."""

    TITLE = "title"
    SUMMARY = "summary"
    TAG = "tag"
    FILE = "file"
    OWNER = "owner"
    STATUS = "status"
    TYPE = "type"
    PRODUCT = "product"
    INDUSTRY = "industry"
    PERSONA = "persona"
    STAGE = "stage"
    REGION = "region"
    LANGUAGE = "language"


TEXT_FIELDS = frozenset({Field.TITLE, Field.SUMMARY, Field.TAG, Field.FILE, Field.OWNER})
_OTHER_NAMES = {"tags": Field.TAG, "filename": Field.FILE, "name": Field.FILE, "in": Field.TITLE}


@dataclass(frozen=True)
class Clause:
    """Words that must stand together in this order; most often just one.

    `field` narrows where they are looked for. `quoted` says that the person wrote the
    quotation marks herself, so that nothing may be loosened unless nothing was found.
    `loose` words may stand anywhere, but all of them must. `others` are synonyms: other
    words that will do as well. With `alternatives` the words are slugs of terms, any of
    which will do.
    """

    words: tuple[str, ...]
    field: Field | None = None
    quoted: bool = False
    loose: bool = False
    alternatives: bool = False
    others: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Query:
    """What was asked for: all of `wanted`, none of `unwanted`."""

    wanted: tuple[Clause, ...] = ()
    unwanted: tuple[Clause, ...] = ()
    shortened: bool = False
    """More was typed than is read."""
    exact: bool = False
    """Neither synonyms nor near misses are wanted."""
    also: tuple[str, ...] = field(default=(), compare=False)
    """Synonyms that were added, as their makers wrote them."""

    @property
    def text(self) -> str:
        """The query in its normal form, for the log: the same for all spellings of it."""
        return " ".join(
            [_written(clause) for clause in self.wanted]
            + ["-" + _written(clause) for clause in self.unwanted]
        )


def _written(clause: Clause) -> str:
    text = " ".join(clause.words)
    if clause.quoted or (len(clause.words) > 1 and not clause.loose):
        text = f'"{text}"'
    return f"{clause.field.value}:{text}" if clause.field else text


# -field:"several words", each part optional; a quotation mark without its partner ends with the
# text. Typographic marks count as plain ones.
_PART = re.compile(r'(-?)(?:([^\W\d_]{2,12}):)?(?:"([^"]*)(?:"|$)|([^\s"]+))')
_QUOTES = str.maketrans("“”„‟«»＂", '"' * 7)
_DASHES = ("−", "–", "—")
_JOINERS = re.compile(r"[/\\|,;]+")


def parse(text: str) -> Query:
    """Read at most 200 characters and 12 terms of the text."""
    shortened = len(text) > MAX_CHARACTERS
    text = text[:MAX_CHARACTERS].translate(_QUOTES)
    wanted: dict[Clause, None] = {}
    unwanted: dict[Clause, None] = {}
    for minus, name, quoted, plain in _PART.findall(_with_plain_dashes(text)):
        for clause in _clauses(name, quoted, plain):
            if len(wanted) + len(unwanted) >= MAX_TERMS:
                shortened = True
                break
            (unwanted if minus else wanted)[clause] = None
    return Query(tuple(wanted), tuple(unwanted), shortened)


def _with_plain_dashes(text: str) -> str:
    for dash in _DASHES:
        text = text.replace(" " + dash, " -")
    return text


def _clauses(name: str, quoted: str, plain: str) -> list[Clause]:
    kind = _field(name)
    if name and kind is None:
        plain = f"{name} {plain}" if plain else plain
    if quoted:
        found = tuple(words(quoted))[:MAX_TERMS]
        if not found:
            return []
        return [Clause(found, kind, quoted=True)]
    clauses = []
    for piece in _JOINERS.sub(" ", plain).split():
        found = tuple(words(piece))[:MAX_TERMS]
        if found:
            clauses.append(Clause(found, kind))
    return clauses


def _field(name: str) -> Field | None:
    name = name.lower()
    if name in _OTHER_NAMES:
        return _OTHER_NAMES[name]
    try:
        return Field(name)
    except ValueError:
        return None


def with_synonyms(query: Query, groups: list[list[str]]) -> Query:
    """The query in which each word or run of words also stands for its synonyms.

    Words in quotation marks, with a field or with a minus mean themselves alone.
    """
    table: dict[tuple[str, ...], list[str]] = {}
    for group in groups:
        for entry in group:
            key = tuple(words(entry))
            if key:
                table.setdefault(key, []).extend(
                    other for other in group if tuple(words(other)) not in ((), key)
                )
    if not table or query.exact:
        return query
    longest = max(len(key) for key in table)
    clauses, also = list(query.wanted), dict[str, None]()
    joined: list[Clause] = []
    at = 0
    while at < len(clauses):
        for size in range(min(longest, len(clauses) - at), 0, -1):
            run = clauses[at : at + size]
            key = tuple(word for clause in run for word in clause.words)
            if key in table and not any(clause.quoted or clause.field for clause in run):
                others = tuple(dict.fromkeys(tuple(words(other)) for other in table[key]))
                also.update(dict.fromkeys(table[key]))
                joined.append(_joined(run, others))
                at += size
                break
        else:
            joined.append(clauses[at])
            at += 1
    return replace(query, wanted=tuple(joined), also=tuple(also))


def _joined(run: list[Clause], others: tuple[tuple[str, ...], ...]) -> Clause:
    if len(run) == 1:
        return Clause(run[0].words, others=others)
    # Several plain words: they need not stand together, but their synonym stands for all of them.
    run_words = tuple(word for clause in run for word in clause.words)
    return Clause(run_words, loose=True, others=others)

"""What a search may be asked, as plain data, and how an address says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from collateral.assets.models import Status, Vocabulary
from collateral.db import is_id
from collateral.errors import Invalid
from collateral.search.engines.protocol import Freshness, Sort
from collateral.search.language import MAX_CHARACTERS

PAGE = 20
MOST = 100
MAX_OFFSET = 10_000
VOCABULARIES = frozenset(vocabulary.value for vocabulary in Vocabulary)


@dataclass(frozen=True)
class SearchRequest:
    """One search. Every field may be left out.

    `terms` are `vocabulary:slug`: within a vocabulary any of them will do, between
    vocabularies each must. `cursor` is what the page before said comes next.
    """

    q: str = ""
    terms: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    owner: int | None = None
    used_since: date | None = None
    freshness: str | None = None
    sort: str = Sort.RELEVANCE.value
    limit: int = PAGE
    cursor: str | None = None
    only: bool = False
    """These words alone: no synonyms, no near misses."""

    @property
    def offset(self) -> int:
        return int(self.cursor) if self.cursor else 0

    def check(self) -> None:
        """Raises Invalid with the field that makes no sense."""
        wrong: dict[str, str] = {}
        for key in self.terms:
            if key.partition(":")[0] not in VOCABULARIES or not key.partition(":")[2]:
                wrong["term"] = _("A term looks like stage:evaluation.")
        if any(status not in set(Status) for status in self.status):
            wrong["status"] = _("The status is draft, in_review, published or retired.")
        if self.freshness is not None and self.freshness not in set(Freshness):
            wrong["freshness"] = _("The freshness is current or review_due.")
        if self.sort not in set(Sort):
            wrong["sort"] = _("Sort by relevance, proven, newest or title.")
        if not 1 <= self.limit <= MOST:
            wrong["limit"] = _("The limit is a number from 1 to %(most)s.", most=MOST)
        if self.cursor and not _is_cursor(self.cursor):
            wrong["cursor"] = _("The cursor is not one that a page of results gave.")
        if wrong:
            raise Invalid(next(iter(wrong.values())), fields=wrong)

    def chosen(self) -> dict[str, Any]:
        """What was chosen besides the words, for the log."""
        every = {
            "terms": list(self.terms),
            "tags": list(self.tags),
            "status": list(self.status),
            "owner": self.owner,
            "used_since": self.used_since.isoformat() if self.used_since else None,
            "freshness": self.freshness,
            "sort": self.sort if self.sort != Sort.RELEVANCE.value else None,
        }
        return {name: value for name, value in every.items() if value}


def from_address(values: MultiDict[str, str]) -> SearchRequest:
    """What the address of the library page asks for; what makes no sense is left out.

    q, term, tag, status, owner, used_since, freshness, sort, cursor, only; and each
    vocabulary under its own name (`stage=evaluation`), as the filters send it.
    """
    terms = [key for key in values.getlist("term") if key.partition(":")[0] in VOCABULARIES]
    for vocabulary in sorted(VOCABULARIES):
        terms += [f"{vocabulary}:{slug}" for slug in values.getlist(vocabulary)]
    cursor = values.get("cursor", "")
    known = _is_cursor(cursor)
    return SearchRequest(
        q=values.get("q", "")[: MAX_CHARACTERS * 4],
        terms=_few(key for key in terms if key.partition(":")[2]),
        tags=_few(values.getlist("tag")),
        status=_few(status for status in values.getlist("status") if status in set(Status)),
        owner=_number(values.get("owner", "")),
        used_since=_day(values.get("used_since", "")),
        freshness=next((f for f in values.getlist("freshness") if f in set(Freshness)), None)
        if len(set(values.getlist("freshness"))) == 1
        else None,
        sort=values.get("sort", "")
        if values.get("sort", "") in set(Sort)
        else Sort.RELEVANCE.value,
        cursor=cursor if known and int(cursor) <= MAX_OFFSET else None,
        only=values.get("only", "") == "1",
    )


def _few(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value[:120] for value in values if value))[:40]


def _is_cursor(text: str) -> bool:
    """Whether it can be the number of a hit."""
    return is_id(text) and len(text) < 6


def _number(text: str) -> int | None:
    return int(text) if is_id(text) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

"""What a migration may not do to a large table of PostgreSQL while others work with it.

A statement is bad when it keeps readers or writers out for as long as the table is large:
because it reads or writes all of its rows under a lock. Sources: PostgreSQL's manual, ALTER
TABLE (Notes), CREATE INDEX (Building Indexes Concurrently), Explicit Locking.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LARGE = {
    "adaptation_page", "asset", "asset_use", "asset_version", "audit_entry", "daily_sum", "deal",
    "event", "file_check", "flag", "import_row", "monthly_sum", "notice", "page", "person_sum",
    "print_file", "print_hash", "print_page", "print_token", "rating", "running_sum", "search",
    "search_opening", "search_sum", "stage_change", "visit", "visit_page", "words_sum",
}  # fmt: skip
"""Tables that grow with use, or with the library."""

_NAME = r'"?(?P<name>\w+)"?'
_CREATED = re.compile(rf"create (?:temporary )?table (?:if not exists )?{_NAME}")
_RENAMED = re.compile(rf'alter table {_NAME} rename to "?(?P<to>\w+)"?')
_INDEXED = re.compile(
    rf"create (?:unique )?index (?P<beside>concurrently )?.*? on (?P<only>only )?{_NAME}"
)
_UPDATED = re.compile(rf"(?:update|delete from) {_NAME}(?P<where>.* where )?")
_ALTERED = re.compile(rf"alter table (?:only )?{_NAME} (?P<what>.*)")
_BAD_CHANGES = {
    r"add column .*\b(?:clock_timestamp|random|gen_random_uuid|nextval|uuidv[47])\(": (
        "a default that differs by row writes every row anew"
    ),
    r"add column .*\b(?:big|small)?serial\b|add column .*generated .* as identity": (
        "a counter writes every row anew"
    ),
    r"add column .* generated always as \(.*\) stored": "it writes every row anew",
    r"add column (?!.*default).*not null": "it has no value for the rows that are there",
    r"alter column \S+ (?:set data )?type": "it may write every row anew",
    r"alter column \S+ set not null": "it reads every row; add a check that is not valid first",
    r"add (?:constraint \S+ )?(?:check|foreign key)(?!.*not valid)": (
        "it reads every row; add it not valid, then validate it"
    ),
    r"add (?:constraint \S+ )?(?:unique|primary key)(?!.* using index)": (
        "it builds an index under a lock; build it concurrently, then use it"
    ),
}


def complaints(statements: Iterable[str]) -> list[str]:
    """Each statement that would keep others out for long, with the reason.

    Tables that one of the statements creates are empty, so that anything may be done to them;
    one that was renamed stays large.
    """
    large, found = set(LARGE), []
    for statement in statements:
        said = " ".join(statement.split()).lower()
        if created := _CREATED.match(said):
            large.discard(created["name"])
        elif renamed := _RENAMED.match(said):
            if renamed["name"] in large:
                large.add(renamed["to"])
        elif reason := _complaint(said, large):
            found.append(f"{said}: {reason}")
    return found


def _complaint(said: str, large: set[str]) -> str | None:
    if indexed := _INDEXED.match(said):
        # Of a divided table the index alone, without those of its parts, is empty.
        if indexed["name"] in large and not (indexed["beside"] or indexed["only"]):
            return "build it concurrently, in an autocommit block"
    elif updated := _UPDATED.match(said):
        if updated["name"] in large and not updated["where"]:
            return "it writes every row in one transaction"
    elif altered := _ALTERED.match(said):
        if altered["name"] in large:
            for change, reason in _BAD_CHANGES.items():
                if re.search(change, altered["what"]):
                    return reason
    elif re.match(r"vacuum full|cluster ", said):
        return "it keeps everybody out"
    return None

"""Threat 26: secrets are compared in a time that tells nothing, or looked up by their hash."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from collateral.config import ROOT

SECRETS = {"token", "secret", "signature", "passcode", "password", "code", "digest", "hash", "mac"}
KNOWN = {
    # A request's own digest beside the one that was kept with its key: who sends it knows both.
    ("idempotency.py", "row.request_hash != digest"),
    # The chain of the audit trail stands on its page for whoever looks after the library.
    ("audit.py", "entry.hash != digest(entry)"),
    ("audit.py", "entry.previous_hash != previous"),
}


def _named(node: ast.expr) -> str:
    """The last word of what is compared: `digest` of `row.request_digest`; none of a constant."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return "" if name.isupper() else name.rpartition("_")[2].lower()


def _compared(path: Path) -> Iterator[str]:
    """What this module compares with == or != though it is called like a secret, in Python: a
    column of a model (`ApiToken.digest == …`) is compared by the database, by its index."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = (node.left, *node.comparators)
            of_model = any(
                isinstance(side, ast.Attribute)
                and isinstance(side.value, ast.Name)
                and side.value.id[:1].isupper()
                for side in sides
            )
            plain = any(isinstance(side, ast.Constant) for side in sides)
            if not of_model and not plain and SECRETS & {_named(side) for side in sides}:
                yield ast.unparse(node)


def test_t26_secrets_are_compared_in_constant_time() -> None:
    found = {
        (path.name, said)
        for feature in ("accounts", "api", "connect", "notify", "observing", "sharing", ".")
        for path in (ROOT / "collateral" / feature).glob("*.py")
        for said in _compared(path)
    }
    assert found == KNOWN

"""What the documents name is there: tests, modules, commands and decisions."""

from __future__ import annotations

import re
from pathlib import Path

from collateral.config import ROOT

DOCS = ROOT / "docs"


def test_every_threat_has_its_row_and_each_test_named_there_exists() -> None:
    page = (DOCS / "threats.md").read_text()
    rows = re.findall(r"^\| (\d+) \|(.*)\|$", page, re.MULTILINE)
    assert [int(number) for number, _row in rows] == list(range(1, 43))
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    defined = set(re.findall(r"def (test_\w+)\(", tests))
    for number, row in rows:
        named = set(re.findall(r"`(test_\w+)`", row))
        assert named, f"row {number} names no test"
        assert not named - defined, f"row {number}"
        for module in re.findall(r"`([\w/]+(?:\.py|/))`", row):
            assert (ROOT / "collateral" / module).exists(), f"row {number}: {module}"


def test_links_between_documents_lead_somewhere() -> None:
    for document in (*ROOT.glob("*.md"), *DOCS.rglob("*.md")):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text()):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_decisions_are_numbered_once_and_say_their_number() -> None:
    numbers = []
    for path in sorted((DOCS / "decisions").glob("[0-9]*.md")):
        numbers.append(path.name[:4])
        assert path.read_text().startswith(f"# {int(path.name[:4])}. "), path.name
    assert len(set(numbers)) == len(numbers)


def test_each_feature_says_what_it_is_for() -> None:
    for package in (ROOT / "collateral").glob("*/__init__.py"):
        assert package.read_text().startswith('"""'), Path(package).parent.name

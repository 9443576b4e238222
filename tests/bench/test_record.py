"""The one document of all measurements, where it is kept, and the page that draws them."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from collateral.bench import options, plot, record
from collateral.config import ROOT

RESULT: dict[str, Any] = {
    "assets": 1000,
    "database": "sqlite",
    "floor": {"name": "barest route", "median": 1.0, "p95": 2.0, "worst": 3.0, "count": 9},
    "figures": [{"name": "page", "median": 9.5, "p95": 20.0, "worst": 31.0, "count": 9}],
    "cpu_ms_a_page": {"first": 8.0, "again": 2.0},
    "errors": [],
    "well": True,
}


@click.command("search")
@options.library
@options.database
@options.measured(options.lines)
def command(assets: int, seed: int, home: Path | None, database: str) -> options.Result:
    """A measurement that is over at once."""
    return RESULT | {"assets": assets}


def test_every_number_of_a_result_is_a_figure_and_the_rest_is_noted() -> None:
    figures, notes = record.figures_of(RESULT)
    assert {figure["name"]: figure.get("median", figure.get("value")) for figure in figures} == {
        "assets": 1000,
        "barest route": 1.0,
        "page": 9.5,
        "cpu_ms_a_page, first": 8.0,
        "cpu_ms_a_page, again": 2.0,
    }
    assert all(figure["unit"] == "ms" for figure in figures if "median" in figure)
    assert notes == {"database": "sqlite", "errors": [], "well": True}


def test_the_document_says_what_ran_and_on_what_but_not_where(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        command, ["--json", "--assets", "70", "--home", str(tmp_path), "--database", "postgresql:x"]
    )
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["bench"] == "search"
    assert document["command"] == "collateral bench search --assets 70 --database …"
    assert set(document) == {
        "bench", "command", "commit", "clean", "at", "seconds", "machine", "load", "figures",
        "notes",
    }  # fmt: skip
    assert set(document["machine"]) == {"processor", "cores", "memory_gb", "system", "python"}
    assert set(document["load"]) == {"start", "end"}
    for private in (str(tmp_path), str(ROOT), "postgresql:x"):
        assert private not in done.stdout


def test_without_json_a_table_is_printed() -> None:
    done = CliRunner().invoke(command, [])
    assert done.exit_code == 0
    assert "cpu ms a page" in done.stdout


class Drawn(HTMLParser):
    """How many dots there are, and what the page loads from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.dots, self.foreign = 0, []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.dots += tag == "circle"
        self.foreign += [tag] if tag in ("script", "link", "img", "iframe") else []


def test_what_is_kept_is_drawn_over_the_commits(tmp_path: Path) -> None:
    for day, median in (("2026-11-22", 9.5), ("2026-11-23", 7.25)):
        began = record.begin()
        document = record.document("collateral bench search", began, RESULT)
        document |= {"at": f"{day}T09:00:00+00:00", "commit": f"abc{day[-2:]}"}
        document["figures"][2]["median"] = median
        kept = record.keep(document, tmp_path)
        assert kept == tmp_path / "search" / f"{day}-0900-abc{day[-2:]}.json"
    assert [each["commit"] for each in plot.documents(tmp_path)] == ["abc22", "abc23"]
    page = plot.write(tmp_path).read_text()
    drawn = Drawn()
    drawn.feed(page)
    measured = [figure for figure in document["figures"] if figure["name"] != "assets"]
    assert drawn.dots == 2 * len(measured) == 8
    assert drawn.foreign == []
    row = page[page.index(">page<") :].split("</tr>")[0]
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", row)
    assert cells == ["7.25 ms", "20", "9.5", "-24%"]


@pytest.mark.parametrize("folder", [ROOT / "docs" / "bench"])
def test_the_page_beside_the_documents_is_theirs(folder: Path) -> None:
    assert (folder / "index.html").read_text() == plot.page(plot.documents(folder))

"""`collateral bench …`: measured figures, each beside its floor."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import click

from collateral.bench.homes import app_in, built, marketer, somebody
from collateral.bench.tables import figures, search_table


@click.group()
def bench() -> None:
    """Measure speed on this machine, in a library made for it."""


@bench.command("search")
@click.option("--assets", default=1000, show_default=True, type=click.IntRange(50, 1_000_000))
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--home", type=click.Path(path_type=Path), help="Keep the library here, and use it again."
)
@click.option("--database", default="", help="An empty PostgreSQL database: search inside it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def search_bench(assets: int, seed: int, home: Path | None, database: str, as_json: bool) -> None:
    """Search page, typeahead and index, beside the bare engine's top 20."""
    with tempfile.TemporaryDirectory(prefix="collateral-bench-") as folder:
        result = _measure(home or Path(folder), assets, seed, database)
    click.echo(json.dumps(result, indent=1) if as_json else search_table(result))


@bench.command("ingest")
@click.option("--assets", default=1000, show_default=True, type=click.IntRange(50, 1_000_000))
@click.option("--files", default=60, show_default=True, type=click.IntRange(4, 78))
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--home", type=click.Path(path_type=Path), help="Keep the library here, and use it again."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def ingest_bench(assets: int, files: int, seed: int, home: Path | None, as_json: bool) -> None:
    """Ingest of real files into a library, beside the bare readers and renderers.

    A library that is kept is copied first, so that it does not know the files of the last run.
    """
    from collateral.bench import ingest

    with tempfile.TemporaryDirectory(prefix="collateral-bench-") as folder:
        kept = home or Path(folder)
        app, _environ = app_in(kept)
        with app.app_context():
            result = {"assets": assets, **built(kept, assets, seed)}
            ingest.known_prints()
        if home is not None:
            app = app_in(ingest.copied(home, Path(folder)))[0]
        with app.app_context():
            result |= ingest.measure(marketer(), files)
    if as_json:
        click.echo(json.dumps(result, indent=1))
        return
    for name, value in result.items():
        click.echo(f"{name.replace('_', ' '):<24}{value:>10}")


@bench.command("follow")
@click.option("--assets", default=1000, show_default=True, type=click.IntRange(50, 1_000_000))
@click.option("--changes", default=40, show_default=True, type=click.IntRange(1, 1000))
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--home", type=click.Path(path_type=Path), help="Keep the library here, and use it again."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def follow_bench(assets: int, changes: int, seed: int, home: Path | None, as_json: bool) -> None:
    """A committed change until search finds it, with web and worker as they run."""
    from collateral.bench import follow

    with tempfile.TemporaryDirectory(prefix="collateral-bench-") as folder:
        app, environ = app_in(home or Path(folder))
        with app.app_context():
            result = {"assets": assets, "seed": seed}
            result |= built(home or Path(folder), assets, seed)
            result |= follow.measure(app, somebody(), environ, changes)
    click.echo(json.dumps(result, indent=1) if as_json else figures(result))


@bench.command("wicked")
@click.option("--assets", default=1000, show_default=True, type=click.IntRange(50, 1_000_000))
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--home", type=click.Path(path_type=Path), help="Keep the library here, and use it again."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def wicked_bench(assets: int, seed: int, home: Path | None, as_json: bool) -> None:
    """The dearest and strangest queries there are, one by one and by several at once."""
    from collateral.bench import wicked

    with tempfile.TemporaryDirectory(prefix="collateral-bench-") as folder:
        app, environ = app_in(home or Path(folder))
        with app.app_context():
            result = {"assets": assets, **built(home or Path(folder), assets, seed)}
            result |= wicked.measure(app, somebody(), seed, environ)
    click.echo(
        json.dumps(result, indent=1) if as_json else f"{figures(result)}\n{wicked.table(result)}"
    )


@bench.command("evidence")
@click.option("--companies", default=200, show_default=True, type=click.IntRange(2, 10_000))
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--table",
    "tables",
    multiple=True,
    type=click.Choice(["influence", "useless", "docket"]),
    help="These tables alone; all without it.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document a row.")
def evidence_bench(companies: int, seed: int, tables: tuple[str, ...], as_json: bool) -> None:
    """What the docket and the comparison of deals do in companies whose truth is known."""
    from collateral.bench import evidence

    last = ""
    for table, row in evidence.measure(companies, seed, tables or evidence.TABLES):
        if as_json:
            click.echo(json.dumps({"table": table, **row}))
            continue
        if table != last:
            click.echo(f"\n{table}\n" + "".join(f"{name:>17}" for name in row))
            last = table
        click.echo(
            "".join(
                f"{value:>17.3f}" if isinstance(value, float) else f"{value!s:>17}"
                for value in row.values()
            )
        )


@bench.command("suggestions")
@click.option("--worlds", default=3, show_default=True, type=click.IntRange(0, 100))
@click.option("--moments", default=300, show_default=True, type=click.IntRange(10, 100_000))
@click.option("--here", is_flag=True, help="Measure the library of these settings, too.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document a row.")
def suggestions_bench(worlds: int, moments: int, here: bool, seed: int, as_json: bool) -> None:
    """Suggestions on later deals that are held back, beside "most used"."""
    from collateral import create_app
    from collateral.bench import suggestion_worlds, suggestions
    from collateral.clock import now
    from collateral.db import db

    def tell(of: str, result: dict[str, Any]) -> None:
        if as_json:
            click.echo(json.dumps({"of": of, **result}))
            return
        click.echo(of)
        for name, value in result.items():
            click.echo(f"  {name.replace('_', ' '):<30}{value:>8}")

    if here:
        with create_app().app_context():
            tell("the library here", suggestions.measure(moments))
    for number in range(seed, seed + worlds):
        with tempfile.TemporaryDirectory(prefix="collateral-bench-") as folder:
            app, _environ = app_in(Path(folder))
            with app.app_context():
                db.create_all()
                suggestion_worlds.build(number, now())
                tell(f"world {number}", suggestions.measure(moments))


@bench.command("pages")
@click.option("--assets", default=1000, show_default=True, type=click.IntRange(50, 1_000_000))
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--home", type=click.Path(path_type=Path), help="Keep the library here, and use it again."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def pages_bench(assets: int, seed: int, home: Path | None, as_json: bool) -> None:
    """Home, library, asset, deals and reports, beside the barest route."""
    from collateral.bench import pages

    with tempfile.TemporaryDirectory(prefix="collateral-bench-") as folder:
        app, environ = app_in(home or Path(folder))
        with app.app_context():
            result = {"assets": assets, **built(home or Path(folder), assets, seed)}
            result |= pages.measure(app, environ)
    click.echo(json.dumps(result, indent=1) if as_json else pages.table(result))


@bench.command("deals")
@click.option("--deals", default=100_000, show_default=True, type=click.IntRange(100, 400_000))
@click.option("--seed", default=1, show_default=True)
@click.option("--database", default="", help="An empty PostgreSQL database; SQLite without it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def deals_bench(deals: int, seed: int, database: str, as_json: bool) -> None:
    """Import of very many deals, and pages of their list."""
    from collateral.bench import deals as many
    from collateral.db import db

    with tempfile.TemporaryDirectory(prefix="collateral-bench-") as folder:
        app, environ = app_in(Path(folder), database)
        with app.app_context():
            db.create_all()
        result = many.measure(app, environ, Path(folder), deals, seed)
    click.echo(json.dumps(result, indent=1) if as_json else many.table(result))


@bench.command("lineage")
@click.option("--files", default=12, show_default=True, type=click.IntRange(1, 10_000))
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Real decks (pptx) to adapt beside the sample company's.",
)
@click.option(
    "--split",
    default="held-out",
    show_default=True,
    type=click.Choice(["train", "held-out", "all"]),
)
@click.option("--kind", "kinds", multiple=True, help="Only this kind of edit; may be repeated.")
@click.option(
    "--pages",
    type=click.IntRange(20_000, 10_000_000),
    help="Measure speed instead, in a library of so many made pages.",
)
@click.option("--queries", default=100, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--database", default="", help="For --pages: the address of an empty database.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def lineage_bench(
    files: int,
    folder: Path | None,
    split: str,
    kinds: tuple[str, ...],
    pages: int | None,
    queries: int,
    database: str,
    seed: int,
    as_json: bool,
) -> None:
    """Lineage on adaptations whose truth is known, or its speed among very many pages."""
    from collateral.bench import lineage, lineage_scale
    from collateral.bench.truth.kinds import KINDS

    if pages is None:
        result = lineage.measure(folder, seed, files=files, split=split, kinds=kinds or KINDS)
        text = lineage.table(result)
    else:
        with tempfile.TemporaryDirectory(prefix="collateral-bench-") as home:
            app, _environ = app_in(Path(home), database)
            with app.app_context():
                from collateral.db import db

                db.create_all()
                result = lineage_scale.measure(pages, queries, seed)
        text = lineage_scale.table(result)
    click.echo(json.dumps(result, indent=1) if as_json else text)


@bench.command("reports")
@click.option("--events", default=100_000, show_default=True, type=click.IntRange(1000, 50_000_000))
@click.option("--database", default="", help="An empty PostgreSQL database; SQLite without it.")
@click.option(
    "--home", type=click.Path(path_type=Path), help="Keep the library here, and use it again."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def reports_bench(events: int, database: str, home: Path | None, as_json: bool) -> None:
    """Each report page, and `recount`, at a number of events over three years."""
    from collateral.bench import reports

    with tempfile.TemporaryDirectory(prefix="collateral-bench-") as folder:
        place = home or Path(folder)
        app, _environ = app_in(place, database)
        with app.app_context():
            result = {"events": events} | reports.run(app, events, place / "built")
    if as_json:
        click.echo(json.dumps(result, indent=1))
        return
    for name, value in result.items():
        click.echo(f"{name.replace('_', ' '):<32}{value:>10}")


def _measure(home: Path, assets: int, seed: int, database: str) -> dict[str, Any]:
    from collateral.bench import search

    app, environ = app_in(home, database, "postgres:" if database else "")
    result: dict[str, Any] = {"assets": assets, "seed": seed}
    with app.app_context():
        result |= built(home, assets, seed)
        rep = somebody()
        if not database:
            index = [file for file in (home / "index").rglob("*") if file.is_file()]
            result["index_megabytes"] = round(sum(file.stat().st_size for file in index) / 1e6, 1)
        result |= search.measure(app, rep, seed, environ)
        result["update_ms"] = search.one_update()
    return result


commands = [bench]

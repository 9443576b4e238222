"""`collateral bench …`: measured figures, each beside its floor."""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from flask import Flask

    from collateral.accounts.models import Person


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
    click.echo(json.dumps(result, indent=1) if as_json else _table(result))


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
        app, _environ = _app(kept)
        with app.app_context():
            result = {"assets": assets, **_built(kept, assets, seed)}
            ingest.known_prints()
        if home is not None:
            app = _app(ingest.copied(home, Path(folder)))[0]
        with app.app_context():
            result |= ingest.measure(_marketer(), files)
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
        app, environ = _app(home or Path(folder))
        with app.app_context():
            result = {"assets": assets, "seed": seed}
            result |= _built(home or Path(folder), assets, seed)
            result |= follow.measure(app, _somebody(), environ, changes)
    click.echo(json.dumps(result, indent=1) if as_json else _figures(result))


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
        app, environ = _app(home or Path(folder))
        with app.app_context():
            result = {"assets": assets, **_built(home or Path(folder), assets, seed)}
            result |= wicked.measure(app, _somebody(), seed, environ)
    click.echo(
        json.dumps(result, indent=1) if as_json else f"{_figures(result)}\n{wicked.table(result)}"
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
            app, _environ = _app(Path(folder))
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
        app, environ = _app(home or Path(folder))
        with app.app_context():
            result = {"assets": assets, **_built(home or Path(folder), assets, seed)}
            result |= pages.measure(app, environ)
    click.echo(json.dumps(result, indent=1) if as_json else pages.table(result))


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
            app, _environ = _app(Path(home), database)
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
        app, _environ = _app(place, database)
        with app.app_context():
            result = {"events": events} | reports.run(app, events, place / "built")
    if as_json:
        click.echo(json.dumps(result, indent=1))
        return
    for name, value in result.items():
        click.echo(f"{name.replace('_', ' '):<32}{value:>10}")


def _app(home: Path, database: str = "", search: str = "") -> tuple[Flask, dict[str, str]]:
    """An application over a library in `home`, and the environment that makes another like it."""
    from collateral import create_app
    from collateral.bench.serving import free_port
    from collateral.config import Settings

    home.mkdir(parents=True, exist_ok=True)
    environ = {
        "COLLATERAL_HOME": str(home.absolute()),
        "SEARCH_URL": search or f"whoosh:{home.absolute() / 'index'}",
        "BASE_URL": f"http://127.0.0.1:{free_port()}",
        "DATABASE_URL": database,
        "STORAGE_URL": "",
        "QUEUE_URL": "",
        "LOG_LEVEL": "WARNING",
    }
    return create_app(replace(Settings.from_environ(environ), testing=False)), environ


def _built(home: Path, assets: int, seed: int) -> dict[str, Any]:
    """Fill and index the library where that was not done before; how long it took."""
    from collateral.bench import library
    from collateral.db import db
    from collateral.search import jobs

    if (home / "built").exists():
        return {}
    db.create_all()
    started = time.monotonic()
    library.build(assets, seed)
    built = time.monotonic()
    jobs.rebuild()
    (home / "built").touch()
    return {
        "built_seconds": round(built - started, 1),
        "indexed_seconds": round(time.monotonic() - built, 1),
    }


def _marketer() -> Person:
    from sqlalchemy import select

    from collateral.accounts.models import Person, PersonRole, Role
    from collateral.db import db

    return db.session.scalars(
        select(Person).join(PersonRole).where(PersonRole.role == Role.MARKETER)
    ).one()


def _somebody() -> Person:
    from sqlalchemy import select

    from collateral.accounts.models import Person
    from collateral.db import db

    return db.session.scalars(select(Person).order_by(Person.id).limit(1)).one()


def _measure(home: Path, assets: int, seed: int, database: str) -> dict[str, Any]:
    from collateral.bench import search

    app, environ = _app(home, database, "postgres:" if database else "")
    result: dict[str, Any] = {"assets": assets, "seed": seed}
    with app.app_context():
        result |= _built(home, assets, seed)
        rep = _somebody()
        if not database:
            index = [file for file in (home / "index").rglob("*") if file.is_file()]
            result["index_megabytes"] = round(sum(file.stat().st_size for file in index) / 1e6, 1)
        result |= search.measure(app, rep, seed, environ)
        result["update_ms"] = search.one_update()
    return result


def _table(result: dict[str, Any]) -> str:
    cpu = result["cpu_ms_a_page"]
    return "\n".join(
        (
            _figures(result),
            f"search page / bare engine: {result['ratio_to_bare_engine']:.2f}; "
            f"page {result['page_bytes'] / 1000:.0f} kB, {cpu['first']} ms of processor, "
            f"{cpu['again']} ms when repeated; one changed asset indexed in "
            f"{result['update_ms']:.0f} ms",
        )
    )


def _figures(result: dict[str, Any]) -> str:
    lines = [
        f"{result['assets']} assets"
        + "".join(
            f", {name.replace('_', ' ')} {result[name]}"
            for name in ("built_seconds", "indexed_seconds", "index_megabytes")
            if name in result
        ),
        f"{'milliseconds':<46}{'median':>9}{'p95':>9}{'worst':>9}{'n':>6}",
    ]
    for figure in result["figures"]:
        lines.append(
            f"{figure['name']:<46}{figure['median']:>9.1f}{figure['p95']:>9.1f}"
            f"{figure['worst']:>9.1f}{figure['count']:>6}"
        )
    return "\n".join(lines)


commands = [bench]

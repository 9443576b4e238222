"""`collateral doctor` and `restore`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import with_appcontext


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@with_appcontext
def doctor(as_json: bool) -> None:
    """What is installed, what is missing, and what that costs."""
    from collateral.doctor import State, examine

    findings = examine()
    broken = [finding for finding in findings if finding.state is State.BROKEN]
    if as_json:
        click.echo(json.dumps({"well": not broken, "findings": [asdict(f) for f in findings]}))
    else:
        part = ""
        for finding in findings:
            if finding.part != part:
                part = finding.part
                click.echo(f"\n{part}" if finding is not findings[0] else part)
            click.echo(f"  {finding.state:<8} {finding.name}: {finding.found}")
            if finding.costs:
                click.echo(f"           {finding.costs}")
            if finding.get:
                click.echo(f"           {finding.get}")
    if broken:
        sys.exit(1)


@click.command()
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path, allow_dash=True)
)
@click.option("--revoke-tokens", is_flag=True, help="End all API tokens, too.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@with_appcontext
def restore(file: Path, revoke_tokens: bool, as_json: bool) -> None:
    """Put the library of FILE back, here, where nobody lives yet; every file is checked."""
    from collateral.backup.restoring import restore as put_back

    source: AbstractContextManager[BinaryIO] = (
        nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb")
    )
    with source as stream:
        restored = put_back(
            stream, revoke_tokens=revoke_tokens, progress=progress("files", silent=False)
        )
    if as_json:
        click.echo(json.dumps(asdict(restored)))
        return
    click.echo(
        f"The library of {restored.taken_at} is back: {restored.files} files, each with the "
        "bytes that its name promises. Everybody signs in again; links sent by mail are void."
    )
    if restored.live_tokens:
        click.echo(
            f"API tokens open it as they did then, also those revoked since "
            f"({restored.live_tokens} in all): look at them, or restore with --revoke-tokens."
        )
    click.echo("The worker makes the search index anew.")


def progress(noun: str, *, silent: bool) -> Callable[[int], None]:
    """Says every thousandth, where somebody looks."""
    watched = sys.stderr.isatty() and not silent

    def tell(count: int) -> None:
        if watched and count % 1000 == 0:
            click.echo(f"{count} {noun} …", err=True)

    return tell


commands = [doctor, restore]

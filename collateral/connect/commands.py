"""`collateral webhooks …`: which systems may send deals; `collateral connect …`: those we ask."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from collateral import signing
from collateral.clock import now
from collateral.connect import jobs, operations, settling
from collateral.connect.models import Connection, Crm, SyncRun, Webhook
from collateral.db import db
from collateral.deals.operations import load_json
from collateral.errors import Conflict
from collateral.words import from_text

EVERY = 5_000


@click.group()
def webhooks() -> None:
    """Systems that send deals as signed messages."""


@webhooks.command("add")
@click.argument("name")
@with_appcontext
def add(name: str) -> None:
    """Let a system send deals; prints its address and its secret."""
    webhook = operations.add_webhook(name, by=None, at=now())
    db.session.commit()
    _tell(webhook)


@webhooks.command("secret")
@click.argument("name")
@click.option("--renew", is_flag=True, help="Make a new one; the old one ends at once.")
@with_appcontext
def secret(name: str, renew: bool) -> None:
    """Its address and its secret."""
    webhook = operations.get_webhook(name)
    if renew:
        operations.renew(webhook, by=None)
        db.session.commit()
    _tell(webhook)


@webhooks.command("switch")
@click.argument("name")
@click.argument("state", type=click.Choice(["on", "off"]))
@with_appcontext
def switch(name: str, state: str) -> None:
    """Take its messages, or refuse them."""
    operations.switch(operations.get_webhook(name), on=state == "on", by=None)
    db.session.commit()


@webhooks.command("list")
@with_appcontext
def list_() -> None:
    """All of them."""
    for webhook in db.session.scalars(select(Webhook).order_by(Webhook.name)):
        click.echo(f"{webhook.name:30}  {'on' if webhook.active else 'off'}")


def _tell(webhook: Webhook) -> None:
    settings = current_app.extensions["settings"]
    click.echo(f"{settings.base_url}/hooks/{webhook.name}")
    click.echo(signing.secret_of(settings.secret_key, webhook.id, webhook.generation))


@click.group()
def connect() -> None:
    """CRMs whose deals are fetched."""


@connect.command("add")
@click.argument("name", type=click.Choice([kind.value for kind in Crm]))
@click.option("--address", default="", help="Such as acme.my.salesforce.com.")
@click.option(
    "--secrets-stdin", is_flag=True, help='JSON such as {"token": "…"} on standard input.'
)
@with_appcontext
def add_crm(name: str, address: str, secrets_stdin: bool) -> None:
    """Connect to a CRM, or give its address and secrets anew. They are asked for."""
    kind = Crm(name)
    secrets = load_json(sys.stdin.read()) if secrets_stdin else _asked_for(kind)
    settling.set_up(
        kind,
        address,
        secrets,
        by=None,
        at=now(),
        installation=current_app.extensions["settings"].secret_key,
        anywhere=True,
    )
    db.session.commit()
    click.echo(f"Connected. Settle the fields at /admin/connections/{name}/fields.")


def _asked_for(kind: Crm) -> dict[str, str]:
    names = ("token",) if kind is Crm.HUBSPOT else settling.SECRETS[kind]
    return {name: click.prompt(name, hide_input=True) for name in names}


@connect.command("sync")
@click.argument("name", type=click.Choice([kind.value for kind in Crm]))
@click.option("--all", "whole", is_flag=True, help="Read all deals, not only what changed.")
@with_appcontext
def sync(name: str, whole: bool) -> None:
    """Fetch deals now. Exit status 0 only when the run was complete and no deal was refused."""
    run = jobs.carry_out(settling.get(Crm(name)).id, whole=whole, tell=_teller())
    if run is None:
        raise Conflict("The deals are being fetched already.")
    click.echo(
        f"{run.new} new, {run.changed} changed, {run.unchanged} unchanged, {run.refused} refused, "
        f"{run.gone} gone, {run.merged} merged, {run.notes} notes; {run.calls} calls, "
        f"{run.waits} waits ({run.waited:.0f} s)."
    )
    if run.error:
        click.echo(from_text(run.error), err=True)
    if run.error or run.refused:
        raise SystemExit(1)


def _teller() -> Callable[[SyncRun], None]:
    """Says how many deals came, on standard error: on a terminal a number that grows, elsewhere a
    line every `EVERY`."""
    told = 0

    def tell(run: SyncRun) -> None:
        nonlocal told
        if sys.stderr.isatty():
            click.echo(f"\r{run.read} deals", err=True, nl=False)
        elif run.read // EVERY > told:
            told = run.read // EVERY
            click.echo(f"{run.read} deals", err=True)

    return tell


@connect.command("switch")
@click.argument("name", type=click.Choice([kind.value for kind in Crm]))
@click.argument("state", type=click.Choice(["on", "off"]))
@with_appcontext
def switch_crm(name: str, state: str) -> None:
    """Fetch every quarter of an hour, or by hand alone."""
    settling.switch(settling.get(Crm(name)), on=state == "on", by=None)
    db.session.commit()


@connect.command("list")
@with_appcontext
def list_crms() -> None:
    """All of them."""
    for connection in db.session.scalars(select(Connection).order_by(Connection.kind)):
        state = "on" if connection.active else "off"
        click.echo(f"{connection.kind.value:12}  {state:3}  {connection.address}")


commands = [webhooks, connect]

"""`collateral webhooks …`: which systems may send deals."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from collateral.clock import now
from collateral.connect import operations, signing
from collateral.connect.models import Webhook
from collateral.db import db


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


commands = [webhooks]

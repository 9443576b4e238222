"""Parts of pages that are drawn once and kept: the frame's, and the cards of a page of results.

    {{ kept_part("components/_card.html", asset=asset, select=True) }}

A part is a macro of that name. It knows the values that it is given and the reader's language,
nothing else: no person, no request, no clock. It is kept by exactly these, so that nothing that
it shows can be stale. What is new with each answer, its nonce and the token of its forms, is put
in anew each time; so is what comes as `later`, in place of LATER in the values.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, current_app, g
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from collateral.memory import Memory
from collateral.templating import asset_url, csp_nonce, language

MOST = 8 << 20
"""Bytes that are kept of the parts used last; a card has 1,400, filters have 9,000."""
_NONCE, _TOKEN = secrets.token_hex(20), secrets.token_hex(20)
"""Stand in what is kept where the nonce and the token were: nobody can write them into a text."""
LATER = secrets.token_hex(20)


def kept(template: str, later: object = None, **values: Any) -> Markup:
    """The template with these values alone. Values that cannot be compared are drawn each time."""
    # The icons' address stands in nearly every part and changes with the file.
    named = ((name, _as_key(value)) for name, value in values.items())
    key = (template, language(), asset_url("icons.svg"), *named)
    store: Memory = current_app.extensions["parts"]
    try:
        held: bytes | None = store.get(key)
    except TypeError:
        return Markup(_drawn(template, values))  # noqa: S704 - what a template drew
    if held is not None:
        text = held.decode()
    else:
        text = _drawn(template, values)
        for name, mark in (("csp_nonce", _NONCE), ("csrf_token", _TOKEN)):
            if value := g.get(name):
                text = text.replace(str(value), mark)
        # As text one dash beyond Latin-1 would make each letter take two bytes.
        held = text.encode()
        store.put(key, held, len(held))
    if later is not None:
        text = text.replace(LATER, str(escape(later)))
    if _NONCE in text:
        text = text.replace(_NONCE, csp_nonce())
    if _TOKEN in text:
        text = text.replace(_TOKEN, generate_csrf())
    return Markup(text)  # noqa: S704 - what a template drew


def _as_key(value: object) -> object:
    return tuple(value.items()) if isinstance(value, dict) else value


def _drawn(template: str, values: dict[str, Any]) -> str:
    # What it imports is looked up once: in a page of results that took longer than the drawing.
    drawn: Markup = current_app.jinja_env.get_template(template).module.part(**values)  # type: ignore[attr-defined]
    return str(drawn)


def init_app(app: Flask) -> None:
    app.extensions["parts"] = Memory(MOST)
    # Views call other things kept.
    app.jinja_env.globals.update(kept_part=kept, later_mark=LATER)

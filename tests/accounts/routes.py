"""Addresses for routes whose objects do not matter."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import Rule


def address_of(app: Flask, rule: Rule, **known: Any) -> str:
    """An address of the route; what is not known is 1, or the first of what it may be."""
    values: dict[str, Any] = {}
    for name, converter in rule._converters.items():
        if name in known:
            values[name] = known[name]
        elif isinstance(getattr(converter, "items", None), set):
            values[name] = sorted(converter.items)[0]
        else:
            values[name] = 1
    adapter = app.url_map.bind("localhost")
    method = next(iter(sorted((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"})), "GET")
    return adapter.build(rule.endpoint, values, method=method)

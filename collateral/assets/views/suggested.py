"""What the content of assets suggests, offered beside them, and taken with one press."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, require
from collateral.accounts.rules import safe_next
from collateral.assets import operations, queries, queries_upload
from collateral.assets.description import UNSET, Additions, Description
from collateral.assets.models import Asset, AssetVersion
from collateral.assets.rules import TITLE_LENGTH, title_from_filename
from collateral.assets.suggesting import Content, Suggestion, Word, suggest
from collateral.assets.views import bp
from collateral.clock import now
from collateral.db import db


def offered(asset: Asset) -> list[Suggestion]:
    """What the words of its current version suggest."""
    return offers([asset]).get(asset.id, []) if asset.current_version else []


def offers(assets: Iterable[Asset]) -> dict[int, list[Suggestion]]:
    """By asset what its content suggests; three queries, however many they are.

    The assets bring their terms and current versions along.
    """
    by_version = {a.current_version_id: a for a in assets if a.current_version_id is not None}
    if not by_version:
        return {}
    words = _words()
    pages = queries_upload.first_words(list(by_version))
    found = {}
    for version_id, asset in by_version.items():
        version = asset.current_version
        if version is not None and version.text_at is not None:
            found[asset.id] = _suggest(asset, version, words, pages.get(version_id, []))
    return found


def _suggest(
    asset: Asset, version: AssetVersion, words: Sequence[Word], pages: list[tuple[str, str]]
) -> list[Suggestion]:
    content = Content(
        version.filename, version.family, version.language, version.page_count or 0, pages
    )
    nameless = asset.title == title_from_filename(version.filename)
    have = [term.key for term in asset.terms]
    return suggest(content, words, have=have, title=asset.title if nameless else None)


def _words() -> list[Word]:
    groups = [{word.casefold() for word in group.words} for group in queries.synonym_groups()]
    found = []
    for terms in queries.terms_by_vocabulary().values():
        for term in terms:
            label = term.label.casefold()
            same = {word for group in groups if label in group for word in group} - {label}
            found.append(Word(term.key, term.label, tuple(sorted(same))))
    return found


@bp.post("/assets/<int:asset_id>/suggested")
@requires(Permission.ASSET_EDIT)
def take_suggested(asset_id: int) -> ResponseReturnValue:
    """Take what was offered: `take` names terms by their keys, `title` is a title."""
    asset = queries.get_visible(actor(), asset_id)
    require(actor(), Permission.ASSET_EDIT, asset)
    keys = request.values.getlist("take")
    title = request.values.get("title", "")[:TITLE_LENGTH]
    kinds = [key for key in keys if key.startswith("type:")]
    operations.describe_many(
        [asset],
        Description(title=title or UNSET, type=kinds[0] if kinds else UNSET),
        by=actor(),
        at=now(),
        additions=Additions(terms=[key for key in keys if key not in kinds]),
    )
    db.session.commit()
    if request.accept_mimetypes.accept_html:
        flash(_("Saved"))
        back = safe_next(request.values.get("back"))
        return redirect(back or url_for("assets.detail", asset_id=asset.id), 303)
    return jsonify(asset=asset.id)

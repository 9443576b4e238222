"""The admin's page of vocabularies and synonyms."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.assets import queries, starter
from collateral.assets import vocabularies as words
from collateral.assets.models import Vocabulary
from collateral.assets.views import bp
from collateral.db import db
from collateral.errors import Invalid


@bp.get("/admin/vocabularies")
@requires(Permission.ADMIN_VOCABULARIES)
def vocabularies() -> ResponseReturnValue:
    """One vocabulary at a time, `?vocabulary=`, and the synonyms."""
    chosen = _vocabulary(request.args.get("vocabulary", "type"))
    terms = queries.terms_by_vocabulary()[chosen]
    merging = request.args.get("merge", type=int)
    return render_template(
        "assets/vocabularies.html",
        merging=next((term for term in terms if term.id == merging), None),
        vocabularies=list(Vocabulary),
        chosen=chosen,
        terms=terms,
        uses=words.uses(),
        synonyms=queries.synonym_groups(),
        could_begin=starter.missing(),
    )


@bp.post("/admin/vocabularies/begin")
@requires(Permission.ADMIN_VOCABULARIES)
def begin_words() -> ResponseReturnValue:
    """Fill the vocabularies that have no term yet with the usual words."""
    count = starter.add(by=actor())
    done = ngettext("%(num)s term added", "%(num)s terms added", count)
    return _done(_vocabulary(request.form.get("vocabulary", "type")), done)


@bp.post("/admin/vocabularies/terms")
@requires(Permission.ADMIN_VOCABULARIES)
def add_term() -> ResponseReturnValue:
    """A new term: `vocabulary`, `label`."""
    vocabulary = _vocabulary(request.form.get("vocabulary", ""))
    term = words.add_term(vocabulary, request.form.get("label", ""), by=actor())
    return _done(vocabulary, _("Added “%(label)s”", label=term.label))


@bp.post("/admin/vocabularies/terms/<int:term_id>")
@requires(Permission.ADMIN_VOCABULARIES)
def change_term(term_id: int) -> ResponseReturnValue:
    """`act`: rename (`label`), merge (`into`), remove."""
    term = words.get(term_id)
    vocabulary, act = term.vocabulary, request.form.get("act", "rename")
    if act == "merge":
        into = words.get(request.form.get("into", 0, type=int))
        was = term.label
        count = words.merge(term, into, by=actor())
        if "synonym" in request.form and was.lower() != into.label.lower():
            words.join_synonyms(into.label, was, by=actor())
        done = ngettext(
            "%(num)s asset now carries “%(label)s”",
            "%(num)s assets now carry “%(label)s”",
            count,
            label=into.label,
        )
    elif act == "remove":
        words.remove(term, by=actor())
        done = _("Removed “%(label)s”", label=term.label)
    elif act == "rename":
        words.rename(term, request.form.get("label", ""), by=actor())
        done = _("Renamed to “%(label)s”", label=term.label)
    else:
        raise Invalid(_("Choose what to do with the term."))
    return _done(vocabulary, done)


@bp.post("/admin/vocabularies/synonyms")
@requires(Permission.ADMIN_VOCABULARIES)
def change_synonyms() -> ResponseReturnValue:
    """`words`, separated by commas; with `id` those of a group that is there."""
    given = request.form.get("words", "").split(",")
    group_id = request.form.get("id", type=int)
    if group_id is None:
        words.add_synonyms(given, by=actor())
    else:
        words.change_synonyms(group_id, given, by=actor())
    return _done(_vocabulary(request.form.get("vocabulary", "product")), _("Synonyms saved"))


def _done(vocabulary: Vocabulary, sentence: str) -> ResponseReturnValue:
    db.session.commit()
    flash(sentence)
    return redirect(url_for("assets.vocabularies", vocabulary=vocabulary.value), 303)


def _vocabulary(name: str) -> Vocabulary:
    try:
        return Vocabulary(name)
    except ValueError as error:
        raise Invalid(_("There is no such vocabulary.")) from error

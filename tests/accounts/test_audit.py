"""The audit trail: nothing in it changes, and it shows when something did."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

import collateral
from collateral.accounts import audit
from collateral.accounts.models import AuditEntry, Role
from collateral.accounts.views import actions as words
from collateral.clock import hold, now
from collateral.db import db, is_sqlite
from tests.factories import make_person
from tests.support import Visitor, at_once


def write_entries(count: int = 3) -> list[AuditEntry]:
    person = make_person(Role.ADMIN)
    entries = [
        audit.record("asset.retired", by=person, kind="asset", id=n, reason="täglich “alt”")
        for n in range(1, count + 1)
    ]
    db.session.commit()
    return entries


def without_protection(statement: str) -> None:
    """What somebody with the database's own password can do."""
    with db.engine.begin() as connection:
        if is_sqlite():
            for verb in ("update", "delete", "replace"):
                connection.execute(text(f"drop trigger audit_entry_no_{verb}"))
        else:
            connection.execute(text("alter table audit_entry disable trigger user"))
        connection.execute(text(statement))
    db.session.expire_all()


def test_t29_entries_form_a_chain(app: Flask) -> None:
    first, second, third = write_entries()
    assert first.previous_hash == audit.FIRST
    assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)
    db.session.expire_all()
    found = audit.verify()
    assert (found.entries, found.broken, found.head) == (3, None, third.hash)


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_entry set action = 'asset.published'",
        "update audit_entry set detail = '{}' where id = 2",
        "delete from audit_entry",
        "delete from audit_entry where id = 3",
    ],
)
def test_t29_entries_cannot_be_changed_or_removed(app: Flask, statement: str) -> None:
    write_entries()
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert audit.verify().entries == 3


def test_t29_entries_cannot_be_written_over(app: Flask) -> None:
    write_entries()
    if is_sqlite():
        statement = (
            "insert or replace into audit_entry (id, at, action, object_kind, detail,"
            " previous_hash, hash) select id, at, 'x', object_kind, detail, previous_hash, hash"
            " from audit_entry where id = 2"
        )
    else:
        statement = "truncate audit_entry"
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("update audit_entry set action = 'asset.published' where id = 2", 2),
        ("update audit_entry set actor_id = null where id = 1", 1),
        ("update audit_entry set object_id = 7 where id = 3", 3),
        ("delete from audit_entry where id = 1", 2),
        ("delete from audit_entry where id = 2", 3),
    ],
)
def test_t29_tampering_is_found(app: Flask, statement: str, broken: int) -> None:
    write_entries()
    without_protection(statement)
    assert audit.verify().broken == broken


def test_t29_a_trail_cut_short_is_found_by_a_head_kept_elsewhere(app: Flask) -> None:
    write_entries()
    head = audit.verify().head
    assert audit.verify(head).found
    without_protection("delete from audit_entry where id = 3")
    found = audit.verify(head)
    assert found.broken is None
    assert not found.found


def test_t29_an_entry_stands_and_falls_with_what_it_tells_of(app: Flask) -> None:
    write_entries(1)
    audit.record("asset.deleted", by=None, kind="asset", id=9)
    db.session.rollback()
    assert db.session.query(AuditEntry).count() == 1


def test_t33_many_at_once_write_one_chain(bare_app: Flask) -> None:
    def write(_number: int, together: Callable[[], object]) -> None:
        with bare_app.app_context():
            together()
            for number in range(10):
                audit.record("asset.published", by=None, kind="asset", id=number)
                db.session.commit()

    at_once(6, write)
    with bare_app.app_context():
        found = audit.verify()
        assert (found.entries, found.broken) == (60, None)


def test_the_page_shows_who_did_what_the_newest_first(visitor: Visitor) -> None:
    admin = make_person(Role.ADMIN, name="Karim Aziz")
    audit.record("asset.published", by=admin, kind="asset", id=4)
    audit.record("asset.retired", by=admin, kind="asset", id=5, reason="<b>old</b>")
    db.session.commit()
    page = visitor.as_(admin).get("/admin/audit").text.partition("<tbody>")[2]
    assert page.index("Asset retired") < page.index("Asset published")
    assert "Karim Aziz" in page
    assert "&lt;b&gt;old&lt;/b&gt;" in page


def test_every_action_kind_and_detail_has_its_words() -> None:
    """Read from the code, since some are written once a year."""
    actions, kinds, details = set(), set(), set()
    for path in Path(collateral.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                if isinstance(node.args[0], ast.Constant):
                    actions.add(node.args[0].value)
                named = {one.arg: one.value for one in node.keywords}
                kinds |= {one.value for one in [named.pop("kind", None)] if one is not None}
                details |= set(named) - {"by", "id"}
    assert len(actions) > 40
    assert actions - set(words.ACTIONS) == set()
    assert kinds - set(words.KINDS) == set()
    assert details - set(words.DETAILS) == set()


def test_the_trail_is_told_in_german(visitor: Visitor) -> None:
    admin = make_person(Role.ADMIN, name="Karim Aziz")
    admin.locale = "de"
    audit.record("asset.retired", by=admin, kind="asset", id=5, was="in_review", replacement=None)
    audit.record("person.signed_in", by=admin, kind="person", id=admin.id, how="set-up")
    audit.record("asset.reviewed", by=admin, kind="asset", id=5, next="2027-10-12")
    audit.record("person.roles_changed", by=admin, kind="person", id=1, before=[], after=["rep"])
    db.session.commit()
    page = visitor.as_(admin).get("/admin/audit").text.partition("<tbody>")[2]
    for said in ("Material 5", "bisher: in Prüfung", "wie: ", "12. Okt. 2027", "Vertrieb"):
        assert said in page
    for english in ("was:", "in_review", "set-up", "asset 5", "replacement", "before"):
        assert english not in page


def test_the_page_can_be_narrowed(visitor: Visitor) -> None:
    admin, other = make_person(Role.ADMIN), make_person(Role.MARKETER)
    start = now() - timedelta(days=3)
    with hold(start):
        audit.record("asset.published", by=other, kind="asset", id=4)
    audit.record("asset.retired", by=admin, kind="asset", id=5)
    db.session.commit()
    client = visitor.as_(admin)

    def found(query: str) -> set[int]:
        page = client.get(f"/admin/audit?{query}").text
        return {number for number in (4, 5) if f'href="/assets/{number}"' in page}

    assert found("") == {4, 5}
    assert found("action=asset.retired") == {5}
    assert found(f"person={other.id}") == {4}
    assert found("kind=asset&id=4") == {4}
    assert found("kind=person") == set()
    assert found(f"from={now().date()}") == {5}
    assert found(f"to={start.date()}") == {4}
    assert found("from=nonsense&to=0001-01-01&person=abc&before=999999999999") == {4, 5}
    assert found("action=%00") == {4, 5}


def test_older_entries_are_one_step_away(visitor: Visitor) -> None:
    admin = make_person(Role.ADMIN)
    for number in range(1, 61):
        audit.record("asset.published", by=admin, kind="asset", id=number)
    db.session.commit()
    client = visitor.as_(admin)
    first = client.get("/admin/audit").text
    assert 'href="/assets/60"' in first
    assert 'href="/assets/10"' not in first
    before = db.session.query(AuditEntry).filter_by(object_id=11).one().id
    assert f"before={before}" in first
    assert 'href="/assets/10"' in client.get(f"/admin/audit?before={before}").text

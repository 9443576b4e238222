"""The pages by which a file of deals is mapped, tried and brought in."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from collateral import underway
from collateral.accounts.models import Role
from collateral.assets.models import Vocabulary
from collateral.db import db
from collateral.deals import importing, jobs, mapping, operations
from collateral.deals.models import Deal, ImportRun, ImportState, Outcome
from tests.factories import make_person, make_term
from tests.support import Visitor

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
CSV = "Key,Title,Phase,Value,Since\n1,One,Angebot,100,03/04/2026\n2,Two,Gewonnen?,200,05/06/2026\n"


def test_a_file_from_elsewhere_is_mapped_tried_and_brought_in(app: Flask, visitor: Visitor) -> None:
    make_term(Vocabulary.STAGE, "proposal")
    client = visitor.as_(make_person(Role.MANAGER))
    answer = client.post(
        "/deals/import",
        data={"file": (io.BytesIO(CSV.encode()), "ours.csv")},
        follow_redirects=True,
    )
    assert answer.status_code == 200
    run = db.session.scalars(select(ImportRun)).one()
    columns = {
        "column-external_id": "Key",
        "column-name": "Title",
        "column-stage": "Phase",
        "column-amount": "Value",
        "column-opened_on": "Since",
        "stage-word": ["Angebot", "Gewonnen?"],
        "stage-means": ["proposal", ""],
        "currency": "EUR",
    }
    address = f"/deals/import/{run.id}"
    unclear = client.post(address, data=columns | {"act": "try"}, follow_redirects=True)
    assert "03/04/2026" in unclear.text
    tried = client.post(
        address, data=columns | {"act": "try", "day_order": "dmy"}, follow_redirects=True
    )
    assert "What would happen" in tried.text
    assert db.session.scalars(select(Deal)).all() == []
    done = client.post(
        address, data=columns | {"act": "import", "day_order": "dmy"}, follow_redirects=True
    )
    assert "What came in" in done.text
    one = db.session.scalars(select(Deal).where(Deal.external_id == "1")).one()
    assert (one.stage, one.opened_on, one.currency) == ("proposal", date(2026, 4, 3), "EUR")
    db.session.expire_all()
    assert db.session.get_one(ImportRun, run.id).sha256 is None
    again = client.post(address, data=columns | {"act": "import", "day_order": "dmy"})
    assert again.status_code == 409
    report = client.get(f"{address}.csv")
    assert report.data.startswith(b"\xef\xbb\xbf")
    assert "Gewonnen?" in report.text


def test_a_large_file_is_read_by_a_job(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from collateral.deals.views import importing

    monkeypatch.setattr(importing, "AT_ONCE", 10)
    client = visitor.as_(make_person(Role.MANAGER))
    text = "id,name,stage\n1,One,Discovery\n"
    client.post("/deals/import", data={"file": (io.BytesIO(text.encode()), "a.csv")})
    run = db.session.scalars(select(ImportRun)).one()
    data = {
        "column-external_id": "id",
        "column-name": "name",
        "column-stage": "stage",
        "act": "import",
    }
    client.post(f"/deals/import/{run.id}", data=data)
    db.session.expire_all()
    assert db.session.get_one(ImportRun, run.id).state is ImportState.DONE
    assert db.session.scalars(select(Deal)).one().outcome is Outcome.OPEN


def test_the_page_says_how_far_a_large_file_is(app: Flask, visitor: Visitor) -> None:
    client = visitor.as_(make_person(Role.MANAGER))
    run = ImportRun(filename="a.csv", state=ImportState.WAITING, started_at=AT)
    db.session.add(run)
    db.session.commit()
    what = jobs.progress_of(run.id)
    assert "It begins." in client.get(f"/deals/import/{run.id}").text
    underway.tell(what, 42_000, 100_000)
    page = client.get(f"/deals/import/{run.id}").text
    assert "42,000 of about 100,000 lines" in page
    assert 'role="progressbar" aria-valuemin="0" aria-valuenow="42000"' in page
    assert 'data-poll="2"' in page
    assert f'<noscript><p class="above-4"><a class="button" href="/deals/import/{run.id}"' in page
    underway.over(what)
    assert underway.told(what) is None


def test_an_import_tells_its_lines_as_they_are_read(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    text = "id,name,stage\n" + "".join(f"{n},Deal {n},Discovery\n" for n in range(5))
    run = operations.receive(io.BytesIO(text.encode()), "a.csv", by=None, at=AT)
    operations.choose_mapping(run, mapping.from_json(run.mapping), dry_run=False)
    told: list[tuple[int, int]] = []
    operations.carry_out(run, at=AT, progress=lambda *parts: told.append(parts))
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_each_reads_the_report_in_her_language(app: Flask, visitor: Visitor) -> None:
    text = "id,name,stage,amount\n1,One,Elsewhere,12 stones\n2,Two,Elsewhere,\n3,,Won,\n"
    run = operations.receive(io.BytesIO(text.encode()), "a.csv", by=None, at=AT)
    operations.choose_mapping(run, mapping.from_json(run.mapping), dry_run=True)
    operations.carry_out(run, at=AT)
    db.session.commit()
    german = make_person(Role.MANAGER)
    german.locale = "de"
    db.session.commit()
    page = visitor.as_(german).get(f"/deals/import/{run.id}").text
    assert "„12 stones“ ist kein Betrag." in page
    assert "Die Phase „Elsewhere“ gehört nicht zu unseren" in page
    assert "Es fehlt der Name." in page
    page = visitor.as_(make_person(Role.MANAGER)).get(f"/deals/import/{run.id}").text
    assert "“12 stones” is no amount." in page


def test_what_is_no_table_is_told_on_the_page(app: Flask, visitor: Visitor) -> None:
    client = visitor.as_(make_person(Role.MANAGER))
    answer = client.post("/deals/import", data={"file": (io.BytesIO(b"\x00\x01"), "x.csv")})
    assert answer.status_code == 400
    assert "NUL" in answer.text
    assert client.post("/deals/import", data={}).status_code == 400


def test_reps_import_nothing(app: Flask, visitor: Visitor) -> None:
    client = visitor.as_(make_person())
    assert client.get("/deals/import").status_code == 403
    assert client.post("/deals/import").status_code == 403


@pytest.mark.parametrize(("length", "status"), [(200 << 20, 400), (300 << 20, 413)])
def test_a_file_as_large_as_the_page_promises_is_taken(
    visitor: Visitor, length: int, status: int
) -> None:
    """Of so many bytes none follow here: a request that breaks off, or one refused at its head."""
    client = visitor.as_(make_person(Role.MANAGER))
    answer = client.post(
        "/deals/import",
        data={"note": "x"},
        content_type="multipart/form-data",
        environ_overrides={"CONTENT_LENGTH": str(length)},
    )
    assert answer.status_code == status

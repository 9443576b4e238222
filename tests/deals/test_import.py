"""Files of deals: what goes in, what is refused, and that nothing happens twice."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from collateral.accounts.models import Role
from collateral.assets.models import Vocabulary
from collateral.db import db
from collateral.deals import operations
from collateral.deals.models import Deal, ImportRow, ImportRun, Outcome, RowResult, StageChange
from collateral.deals.one_deal import upsert_deal
from collateral.deals.reporting import ImportReport
from collateral.errors import Invalid
from tests.factories import make_person, make_term

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)

SALESFORCE = """Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,Amount Currency,Created Date,Close Date
006Qx00000ABCdE,Line monitoring,Hollis Foods,Ana Costa,Negotiation/Review,"48,000.00",EUR,2/13/2026,12/31/2026
006Qx00000ABCdF,Predict roll-out,Vantor,Ana Costa,Closed Won,"120,500.50",USD,1/5/2026,6/30/2026
006Qx00000ABCdG,Edge pilot,"Steel, Sons & Co",Nobody Known,Closed Lost,,,3/1/2026,5/2/2026

Grand Totals (3 Records)
Confidential Information - Do Not Distribute
"""
HUBSPOT = """Record ID;Deal Name;Deal Stage;Close Date;Deal owner;Amount;Currency;Create Date;Associated Company
9001;Trace für Molkereien;Presentation Scheduled;2026-12-01 14:00;ana@example.com;12.500,00;EUR;2026-09-03 08:12;Käserei Süd
9002;Edge;Closed Won (Sales Pipeline);2026-10-02 10:00;;7000;EUR;2026-08-01 09:00;Vantor
"""


def bring(text: str | bytes, **more: object) -> ImportReport:
    data = text.encode() if isinstance(text, str) else text
    report = operations.import_deals(io.BytesIO(data), "deals.csv", by=None, at=AT, **more)  # type: ignore[arg-type]
    db.session.commit()
    return report


def deal(external_id: str) -> Deal:
    return db.session.scalars(select(Deal).where(Deal.external_id == external_id)).one()


def test_a_salesforce_report_goes_in_without_being_told_anything(app: Flask) -> None:
    ana = make_person(name="Ana Costa")
    make_term(Vocabulary.STAGE, "negotiation")
    report = bring(SALESFORCE)
    assert (report.new, report.refused) == (3, 0)
    # The long form of the id: the same deal in a report and in a data export is one deal.
    opened = deal("006Qx00000ABCdEIAX")
    assert opened.source == "salesforce"
    assert (opened.stage, opened.outcome, opened.owner_id) == ("negotiation", Outcome.OPEN, ana.id)
    assert (opened.opened_on, opened.expected_on) == (date(2026, 2, 13), date(2026, 12, 31))
    assert opened.closed_on is None
    won, lost = (
        db.session.scalars(select(Deal).where(Deal.name == name)).one()
        for name in ("Predict roll-out", "Edge pilot")
    )
    assert (won.outcome, won.amount, won.currency) == (Outcome.WON, Decimal("120500.50"), "USD")
    assert won.closed_on == date(2026, 6, 30)
    assert (lost.outcome, lost.account, lost.amount) == (Outcome.LOST, "Steel, Sons & Co", None)
    assert "Nobody Known is nobody here" in report.rows[2].notes[0]


def test_a_hubspot_export_with_semicolons_and_decimal_commas_goes_in(app: Flask) -> None:
    ana = make_person(email="ana@example.com")
    make_term(Vocabulary.STAGE, "evaluation")
    report = bring(HUBSPOT)
    assert (report.new, report.refused) == (2, 0)
    first = deal("9001")
    assert (first.source, first.amount, first.owner_id) == ("hubspot", Decimal(12500), ana.id)
    assert (first.stage, first.account) == ("evaluation", "Käserei Süd")
    assert deal("9002").outcome is Outcome.WON


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_the_encoding_is_found_out(app: Flask, encoding: str) -> None:
    bring(HUBSPOT.encode(encoding))
    assert deal("9001").name == "Trace für Molkereien"


def test_the_same_file_twice_changes_nothing(app: Flask) -> None:
    make_person(name="Ana Costa")
    bring(SALESFORCE)
    before = [
        (d.id, d.updated_at, len(d.stages))
        for d in db.session.scalars(select(Deal).order_by(Deal.id))
    ]
    report = bring(SALESFORCE)
    db.session.expire_all()
    after = [
        (d.id, d.updated_at, len(d.stages))
        for d in db.session.scalars(select(Deal).order_by(Deal.id))
    ]
    assert (report.new, report.changed, report.unchanged, report.refused) == (0, 0, 3, 0)
    assert before == after


def test_a_changed_line_changes_its_deal_and_writes_its_stage_history(app: Flask) -> None:
    bring(HUBSPOT)
    report = bring(HUBSPOT.replace("Presentation Scheduled", "Contract Sent"))
    assert (report.changed, report.unchanged) == (1, 1)
    assert [move.label for move in deal("9001").stages] == [
        "Presentation Scheduled",
        "Contract Sent",
    ]
    assert deal("9001").stages[-1].at == AT


def test_a_bad_line_is_refused_with_its_reason_and_the_others_go_in(app: Flask) -> None:
    text = (
        "id,name,stage,amount,currency,closed on\n"
        "1,Good,Discovery,100,EUR,2026-12-01\n"
        ",No id,Discovery,100,EUR,2026-12-01\n"
        "3,Bad amount,Discovery,plenty,EUR,2026-12-01\n"
        "4,Bad day,Discovery,1,EUR,2026-13-40\n"
        '5,"Quoted\nover two lines",Discovery,1,EUR,2026-12-01\n'
        "6,Too many,Discovery,1,EUR,2026-12-01,more\n"
        '7,"Broken "quotes,Discovery,1,EUR,2026-12-01\n'
        "8,Won when,Won,1,EUR,\n"
        "1,Again,Discovery,1,EUR,2026-12-01\n"
        "9,No money,Discovery,1,,2026-12-01\n"
        "10,Debt,Discovery,-5,EUR,2026-12-01\n"
        "11,Last,Discovery,1,EUR,2026-12-01\n"
    )
    report = bring(text)
    refused = {row.line: row.notes[0] for row in report.rows if row.result is RowResult.REFUSED}
    assert refused == {
        3: "It has no id.",
        4: "“plenty” is no amount.",
        5: "“2026-13-40” is no date.",
        8: "The line has 7 cells where the head has 6.",
        9: "Its quotation marks do not add up.",
        10: "It is won but does not say when it was closed.",
        11: "The deal 1 stands on line 2 already.",
        12: "“1” has no currency.",
        13: "“-5” is negative.",
    }
    assert [row.name for row in report.rows if row.result is RowResult.NEW] == [
        "Good",
        "Quoted\nover two lines",
        "Last",
    ]


def test_a_dry_run_says_the_same_and_leaves_the_deals_alone(app: Flask) -> None:
    dry = bring(SALESFORCE, dry_run=True)
    assert db.session.scalar(select(func.count(Deal.id))) == 0
    wet = bring(SALESFORCE)
    assert (dry.new, dry.rows) == (wet.new, wet.rows)


def test_dates_that_read_both_ways_are_refused_until_the_order_is_said(app: Flask) -> None:
    text = "id,name,stage,opened on\n1,A,Discovery,03/04/2026\n"
    with pytest.raises(Invalid, match="03/04/2026"):
        bring(text)
    db.session.rollback()
    assert db.session.scalar(select(func.count(Deal.id))) == 0
    bring(text, mapping={"day_order": "mdy"})
    assert deal("1").opened_on == date(2026, 3, 4)


def test_one_clear_date_settles_the_order_for_the_file(app: Flask) -> None:
    bring("id,name,stage,opened on\n1,A,Discovery,03/04/2026\n2,B,Discovery,25/04/2026\n")
    assert deal("1").opened_on == date(2026, 4, 3)


def test_dates_that_contradict_each_other_are_refused(app: Flask) -> None:
    with pytest.raises(Invalid, match="mix two orders"):
        bring("id,name,stage,opened on\n1,A,Discovery,13/04/2026\n2,B,Discovery,04/13/2026\n")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"id,name\x00,stage\n1,a,b\n", "NUL"),
        (b"id,name,name\n1,a,b\n", "more than once"),
        (b"\n\n", "no head"),
        (b"name,value\na,1\n", "which column holds"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(app: Flask, data: bytes, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        bring(data)


def test_formulas_go_in_as_the_words_they_are(app: Flask) -> None:
    bring('id,name,stage\n1,"=HYPERLINK(""http://evil"",""x"")",Discovery\n')
    assert deal("1").name == '=HYPERLINK("http://evil","x")'


def test_an_import_that_fails_in_the_middle_leaves_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The third batch meets bytes that are not of the file's encoding any more.
    good = "".join(f"{n},Deal {n},Discovery\n" for n in range(2500))
    data = ("id,name,stage\n" + good).encode("utf-16") + b"\x00"
    with pytest.raises(Invalid, match="utf-16"):
        bring(data)
    db.session.rollback()
    for model in (Deal, StageChange, ImportRun, ImportRow):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_a_thousand_lines_cost_no_query_each(app: Flask) -> None:
    from tests.support import counted_queries

    text = "id,name,stage,owner\n" + "".join(
        f"{n},Deal {n},Discovery,a@b.example\n" for n in range(3000)
    )
    with counted_queries(app) as first:
        bring(text)
    with counted_queries(app) as second:
        report = bring(text)
    assert report.unchanged == 3000
    assert len(first) < 80
    assert len(second) < 25


def test_one_deal_is_made_and_changed_by_its_id(app: Flask) -> None:
    ana = make_person(Role.REP, email="ana@example.com")
    made, result = upsert_deal(
        "X-1",
        {
            "name": "Line",
            "stage": "Evaluation",
            "owner": "ana@example.com",
            "amount": "1200.00",
            "currency": "EUR",
        },
        at=AT,
    )
    assert (result, made.owner_id, made.amount) == (RowResult.NEW, ana.id, Decimal(1200))
    same, result = upsert_deal("X-1", {"amount": "1200", "currency": "EUR"}, at=AT)
    assert (same.id, result) == (made.id, RowResult.UNCHANGED)
    won, result = upsert_deal("X-1", {"stage": "Won", "closed_on": "2026-11-02"}, at=AT)
    assert (won.outcome, won.closed_on, won.amount) == (
        Outcome.WON,
        date(2026, 11, 2),
        Decimal(1200),
    )
    assert [move.label for move in won.stages] == ["Evaluation", "Won"]
    with pytest.raises(Invalid):
        upsert_deal("X-2", {"name": "No stage"}, at=AT)


def test_a_closed_deal_stays_closed_when_something_else_of_it_changes(app: Flask) -> None:
    signed = {"name": "Line", "stage": "Signed", "closed_on": "2026-05-01"}
    upsert_deal("W-1", {**signed, "won": "yes"}, at=AT)
    upsert_deal("L-1", {**signed, "closed": "yes"}, at=AT)
    for external_id, outcome in (("W-1", Outcome.WON), ("L-1", Outcome.LOST)):
        deal, result = upsert_deal(external_id, {"amount": "7", "currency": "EUR"}, at=AT)
        assert (deal.outcome, deal.closed_on) == (outcome, date(2026, 5, 1))
        assert (deal.amount, result) == (Decimal(7), RowResult.CHANGED)
    again, _ = upsert_deal("W-1", {"stage": "Negotiation"}, at=AT)
    assert again.outcome is Outcome.OPEN


def test_a_deal_stays_at_the_stage_that_its_file_was_told_to_mean(app: Flask) -> None:
    make_term(Vocabulary.STAGE, "evaluation", "Evaluation")
    text = "Id,Name,Stage\n1,Line,Phase 2\n"
    bring(text, mapping={"stages": {"Phase 2": "evaluation"}}, source="crm")
    deal, _ = upsert_deal("1", {"region": "Nordics"}, source="crm", at=AT)
    assert (deal.stage, deal.region) == ("evaluation", "nordics")


def test_amounts_with_hard_spaces_are_read_in_an_older_encoding(app: Flask) -> None:
    text = "Id,Name,Stage,Amount\n1,Line,Offen,1\xa0000 EUR\n"
    bring(text.encode("cp1252"))
    assert db.session.scalars(select(Deal.amount)).all() == [Decimal(1000)]

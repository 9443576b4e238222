"""Taking files in: streamed, judged, described, found again."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from collateral.accounts.models import Role
from collateral.assets.models import Asset, AssetVersion, ReadingState, Status, Vocabulary
from collateral.db import db
from collateral.storage import storage
from tests.assets.files import incoming, make_deck, send
from tests.factories import make_asset, make_person, make_team, make_term
from tests.support import SignedInClient, Visitor


def test_a_file_becomes_a_draft_that_is_read(marketer: SignedInClient) -> None:
    deck = make_deck("Downtime\nAn hour costs 12,000", "Payback\nIn eleven months", notes="Slowly")
    answer = send(marketer, deck, "Cost_of_downtime.pptx")
    assert answer.status_code == 201
    assert answer.json["title"] == "Cost of downtime"
    version = db.session.get_one(AssetVersion, answer.json["id"])
    assert version.state is ReadingState.READY
    assert [page.title for page in version.pages] == ["Downtime", "Payback"]
    assert "12,000" in version.pages[0].text
    assert version.pages[0].notes == "Slowly"
    assert all(page.preview_320 and page.preview_1280 for page in version.pages)
    assert version.asset.status is Status.DRAFT
    with storage().open(version.sha256) as kept:
        assert kept.read() == deck
    assert incoming() == []


def test_the_title_is_the_files_own_when_nobody_gives_one(marketer: SignedInClient) -> None:
    deck = make_deck("First\n", title="What an hour of stop costs")
    answer = send(marketer, deck, "v7 final FINAL.pptx")
    assert db.session.get_one(Asset, answer.json["asset"]).title == "What an hour of stop costs"
    named = send(marketer, make_deck("Second\n", title="Wrong"), "x.pptx", title="Mine")
    assert db.session.get_one(Asset, named.json["asset"]).title == "Mine"


def test_a_file_comes_with_what_describes_it(marketer: SignedInClient) -> None:
    make_term(Vocabulary.TYPE, "deck")
    make_term(Vocabulary.STAGE, "evaluation")
    north = make_team("North")
    answer = send(
        marketer,
        b"Some words",
        "words.txt",
        summary="What it is for",
        type="deck",
        terms="stage:evaluation",
        tags="ROI, board",
        teams=str(north.id),
        cost="1200",
        review_on="2027-01-31",
        publish="1",
    )
    asset = db.session.get_one(Asset, answer.json["asset"])
    assert asset.summary == "What it is for"
    assert sorted(term.key for term in asset.terms) == ["stage:evaluation", "type:deck"]
    assert asset.tags == ["board", "roi"]
    assert [team.name for team in asset.teams] == ["North"]
    assert (str(asset.cost_amount), asset.cost_currency) == ("1200.00", "EUR")
    assert asset.status is Status.PUBLISHED


def test_a_wrong_field_is_told_and_nothing_is_made(marketer: SignedInClient) -> None:
    answer = send(marketer, b"Some words", "words.txt", type="nonsense", cost="much")
    assert answer.status_code == 400
    assert set(answer.json["errors"]) == {"type", "cost"}
    assert db.session.query(Asset).count() == 0
    assert incoming() == []


def test_the_very_same_file_names_the_asset_that_has_it(marketer: SignedInClient) -> None:
    first = send(marketer, b"The same bytes", "a.txt").json
    again = send(marketer, b"The same bytes", "b.txt")
    assert again.status_code == 409
    assert [each["asset"] for each in again.json["duplicate"]] == [first["asset"]]
    assert "“a”" in again.json["detail"]
    assert "New version" in again.json["row"]
    assert db.session.query(Asset).count() == 1
    assert send(marketer, b"The same bytes", "b.txt", duplicate="allow").status_code == 201


def test_a_receipt_takes_the_file_without_sending_it_again(
    marketer: SignedInClient, visitor: Visitor
) -> None:
    send(marketer, b"The same bytes", "a.txt")
    other = send(marketer, b"Other bytes", "c.txt").json
    receipt = send(marketer, b"The same bytes", "b.txt").json["receipt"]
    headers = {"Accept": "application/json"}
    stranger = visitor.as_(make_person(Role.MARKETER))
    refused = stranger.post("/upload/kept", data={"receipt": receipt}, headers=headers)
    assert refused.status_code == 400
    as_version = marketer.post(
        "/upload/kept", data={"receipt": receipt, "asset": other["asset"]}, headers=headers
    )
    assert (as_version.status_code, as_version.json["version"]) == (201, 2)
    apart = marketer.post("/upload/kept", data={"receipt": receipt}, headers=headers)
    assert apart.status_code == 201
    forged = marketer.post("/upload/kept", data={"receipt": receipt[:-2]}, headers=headers)
    assert forged.status_code == 400


def test_an_asset_that_one_may_not_see_is_not_named(visitor: Visitor, app: Flask) -> None:
    """A rep who may create for once does not learn of a colleague's draft."""
    from collateral.assets.queries import same_file

    hidden = make_asset(status=Status.DRAFT)
    sha256 = hidden.versions[0].sha256
    assert same_file(make_person(Role.REP), sha256) == []
    assert [asset.id for asset in same_file(make_person(Role.MARKETER), sha256)] == [hidden.id]


def test_reps_cannot_upload(rep: SignedInClient) -> None:
    assert send(rep, b"Some words", "a.txt").status_code == 403
    assert incoming() == []
    assert rep.get("/upload").status_code == 403


def test_a_form_without_a_token_lets_no_bytes_in(app: Flask, visitor: Visitor) -> None:
    client = visitor.as_(make_person(Role.MARKETER))
    client.csrf = ""  # type: ignore[attr-defined]
    assert send(client, b"Some words", "a.txt").status_code == 403
    assert incoming() == []
    assert list(storage().names()) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("picture.png", b"<!doctype html><html><script>alert(1)</script></html>"),
        ("deck.pptx", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF"),
        ("photo.jpg", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40),
    ],
)
def test_t03_content_that_contradicts_its_name_is_refused(
    marketer: SignedInClient, name: str, content: bytes
) -> None:
    """Threat 3: what a file is, its content says."""
    answer = send(marketer, content, name)
    assert answer.status_code == 400
    assert answer.json["detail"].startswith(f"The name ends in .{name.rsplit('.')[-1]}")
    assert list(storage().names()) == []
    assert incoming() == []


def test_an_empty_file_is_refused(marketer: SignedInClient) -> None:
    assert send(marketer, b"", "a.txt").json["detail"] == "The file is empty."


def test_many_files_come_without_scripts(marketer: SignedInClient) -> None:
    answer = marketer.post(
        "/upload",
        data={
            "file": [
                (io.BytesIO(b"One"), "one.txt"),
                (io.BytesIO(b"Two"), "two.txt"),
                (io.BytesIO(b"<html><body>x</body></html>"), "three.png"),
            ]
        },
        follow_redirects=True,
    )
    assert answer.status_code == 200
    assert {asset.title for asset in db.session.query(Asset)} == {"one", "two"}
    assert "three.png: The name ends in .png" in answer.text
    assert "one.txt" in answer.text


def test_the_page_shows_how_far_each_has_come(marketer: SignedInClient) -> None:
    made = send(marketer, make_deck("One\nword"), "deck.pptx").json
    state = marketer.get(f"/upload/state?ids={made['id']},999,x").json["items"]
    assert [each["state"] for each in state] == ["ready"]
    page = marketer.get("/upload")
    assert page.status_code == 200
    assert f'data-upload-row="{made["id"]}"' in page.text

"""From a search to a use in a deal to a report, by machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from collateral.accounts.models import Role
from collateral.assets.models import Asset, Status, Vocabulary
from collateral.clock import later, now
from collateral.db import db
from collateral.search.models import Search
from tests.api.conftest import Caller
from tests.factories import make_asset, make_person, make_team, make_term

Make = Callable[..., Caller]
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


def test_a_word_finds_the_asset_and_its_page(caller: Make) -> None:
    stage = make_term(Vocabulary.STAGE, "evaluation")
    deck = make_term(Vocabulary.TYPE, "deck")
    found = make_asset("The cost of downtime", terms=[stage, deck], pages=["One", "Bearings wear"])
    make_asset("Something else")
    calls = caller(make_person())
    answer = calls.get("/assets?q=bearings").json
    assert [item["id"] for item in answer["items"]] == [found.id]
    item = answer["items"][0]
    assert item["page"]["number"] == 2
    assert "Bearings" in item["snippet"]
    assert item["type"] == "deck"
    assert answer["facets"]["stage:evaluation"] == 1
    assert calls.get("/assets?term=stage:evaluation&type=deck").json["total"] == 1
    assert calls.get("/assets?term=stage:proposal").json["total"] == 0


def test_t07_results_and_facets_tell_of_nothing_hidden(caller: Make) -> None:
    stage = make_term(Vocabulary.STAGE, "evaluation")
    team = make_team()
    make_asset("Bearings for one team", teams=[team], terms=[stage])
    make_asset("Bearings in a draft", status=Status.DRAFT, terms=[stage])
    answer = caller(make_person()).get("/assets?q=bearings").json
    assert (answer["items"], answer["total"], answer["facets"]) == ([], 0, {})
    assert caller(make_person(teams=[team])).get("/assets?q=bearings").json["total"] == 1


def test_results_come_a_cursor_at_a_time_each_once(caller: Make) -> None:
    made = {make_asset(f"Asset number {n}").id for n in range(7)}
    calls = caller(make_person())
    seen: list[int] = []
    path = "/assets?sort=title&limit=3"
    cursor = ""
    while True:
        page = calls.get(path + cursor).json
        assert page["total"] == 7
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == 7
    assert set(seen) == made


def test_a_search_by_machine_is_logged_as_any_other(caller: Make) -> None:
    make_asset()
    person = make_person()
    caller(person).get("/assets?q=zebra")
    row = db.session.query(Search).one()
    assert (row.query, row.total, row.person_id) == ("zebra", 0, person.id)


def test_a_download_has_its_name_honours_ranges_and_is_counted(caller: Make) -> None:
    asset = make_asset(filename="Die Kosten – Übersicht.pptx")
    marketer = caller(make_person(Role.MARKETER))
    rep = caller(make_person())
    whole = rep.get(f"/assets/{asset.id}/file", headers=BROWSER)
    assert whole.status_code == 200
    assert "filename*=UTF-8''Die%20Kosten%20" in whole.headers["Content-Disposition"]
    part = rep.get(f"/assets/{asset.id}/file", headers={**BROWSER, "Range": "bytes=4-9"})
    assert (part.status_code, part.data) == (206, whole.data[4:10])
    counts = marketer.get(f"/assets/{asset.id}").json["counts"]
    assert (counts["downloads"], counts["views"], counts["unique_views"]) == (1, 1, 1)
    assert rep.get(f"/assets/{asset.id}/file?version=9").status_code == 404
    assert rep.get(f"/assets/{asset.id}/file?deal=9").status_code == 404


def test_looking_at_what_describes_an_asset_is_no_view(caller: Make) -> None:
    asset = make_asset()
    calls = caller(make_person(Role.MARKETER))
    calls.get(f"/assets/{asset.id}", headers=BROWSER)
    assert calls.get(f"/assets/{asset.id}").json["counts"]["views"] == 0
    calls.get(f"/assets/{asset.id}/versions/1/pages", headers=BROWSER)
    assert calls.get(f"/assets/{asset.id}").json["counts"]["views"] == 1


def test_deals_come_from_a_csv_and_the_same_file_twice_changes_nothing(caller: Make) -> None:
    make_term(Vocabulary.STAGE, "evaluation")
    rep = make_person(name="Rosa")
    manager = caller(make_person(Role.MANAGER))
    csv = (
        "Id,Name,Stage,Owner,Amount,Currency\n"
        f"1,Alpha,Evaluation,{rep.email},1200.00,EUR\n"
        "2,,Evaluation,,5,EUR\n"
        f"3,Gamma,Evaluation,{rep.email},7.50,EUR\n"
    )
    columns = {
        "external_id": "Id",
        "name": "Name",
        "stage": "Stage",
        "owner": "Owner",
        "amount": "Amount",
        "currency": "Currency",
    }
    mapping = json.dumps({"columns": columns})

    def send(**fields: str) -> dict[str, object]:
        answer = manager.upload(
            "/deals/import", csv.encode(), "deals.csv", mapping=mapping, **fields
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    dry = send(dry_run="true")
    assert (dry["dry_run"], dry["new"], dry["refused"]) == (True, 2, 1)
    assert manager.get("/deals").json["total"] == 0
    first = send()
    assert (first["new"], first["refused"]) == (2, 1)
    again = send()
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 2)
    deals = caller(rep).get("/deals").json
    assert {deal["name"] for deal in deals["items"]} == {"Alpha", "Gamma"}
    assert deals["items"][1]["amount"] == {"amount": "1200.00", "currency": "EUR"}
    assert caller(make_person()).get("/deals").json["total"] == 0
    assert caller(rep).upload("/deals/import", csv.encode()).status_code == 403


def test_one_deal_is_made_changed_and_guarded_by_its_tag(caller: Make) -> None:
    make_term(Vocabulary.STAGE, "evaluation")
    manager = caller(make_person(Role.MANAGER))
    body = {
        "name": "Acme",
        "stage": "Evaluation",
        "amount": {"amount": "1200.00", "currency": "EUR"},
        "opened_on": "2026-01-05",
        "stages": [{"stage": "Evaluation", "at": "2026-01-05T09:00:00Z"}],
    }
    made = manager.put("/deals/EXT-1", json=body)
    assert made.status_code == 201, made.text
    deal = made.json
    assert (deal["stage"], deal["outcome"], deal["external_id"]) == ("evaluation", "open", "EXT-1")
    assert manager.put("/deals/EXT-1", json=body).status_code == 200
    assert manager.get("/deals/EXT-1").json["id"] == deal["id"]
    tag = manager.get(f"/deals/{deal['id']}").headers["ETag"]
    with later(timedelta(minutes=1)):
        won = manager.put(
            "/deals/EXT-1",
            json={"outcome": "won", "closed_on": "2026-03-01"},
            headers={"If-Match": tag},
        )
    assert won.json["outcome"] == "won"
    lost = manager.put("/deals/EXT-1", json={"name": "Other"}, headers={"If-Match": tag})
    assert lost.status_code == 412
    assert manager.get("/deals/EXT-1").json["name"] == "Acme"
    absent = manager.put("/deals/EXT-2", json=body, headers={"If-Match": tag})
    assert absent.status_code == 412
    unknown = manager.put("/deals/EXT-3", json={**body, "owner_id": 1})
    assert set(unknown.json["errors"]) == {"owner_id"}
    assert manager.get("/deals/import").status_code == 405


def test_a_use_is_declared_once_and_counts_in_the_report(caller: Make) -> None:
    make_term(Vocabulary.STAGE, "evaluation")
    asset_id = make_asset("The cost of downtime").id
    rep = make_person(name="Rosa")
    manager = caller(make_person(Role.MANAGER))
    body = {
        "name": "Acme",
        "stage": "Evaluation",
        "owner": rep.email,
        "amount": {"amount": "1200.00", "currency": "EUR"},
    }
    deal = manager.put("/deals/EXT-1", json=body).json
    calls = caller(rep)
    use = calls.post(f"/deals/{deal['id']}/uses", json={"asset": asset_id, "stage": "evaluation"})
    assert use.status_code == 201, use.text
    assert use.json["evidence"] == "declared"
    assert use.json["person"]["name"] == "Rosa"
    again = calls.post(f"/deals/{deal['id']}/uses", json={"asset": asset_id, "stage": "evaluation"})
    assert again.json["id"] == use.json["id"]
    assert [u["id"] for u in calls.get(f"/deals/{deal['id']}").json["used"]] == [use.json["id"]]
    row = manager.get("/reports/assets").json["items"][0]
    assert row["asset"] == {"id": asset_id, "title": "The cost of downtime"}
    assert (row["uses"], row["deals"]) == (1, 1)
    assert row["open_amount"] == {"amount": "1200.00", "currency": "EUR"}
    assert row["won_amount"]["amount"] == "0.00"
    explained = manager.get(f"/explain/deals?asset={asset_id}").json
    assert explained["counted"] == 1
    assert explained["items"][0]["deal"]["title"] == "Acme"
    table = manager.get("/reports/assets?format=csv")
    assert table.mimetype == "text/csv"
    assert '"The cost of downtime"' in table.text
    hidden = make_asset(status=Status.DRAFT)
    assert calls.post(f"/deals/{deal['id']}/uses", json={"asset": hidden.id}).status_code == 404
    stranger = caller(make_person())
    assert stranger.post(f"/deals/{deal['id']}/uses", json={"asset": asset_id}).status_code == 404


def test_every_report_answers_as_json_and_as_a_table(caller: Make) -> None:
    make_asset()
    calls = caller(make_person(Role.MANAGER))
    calls.get("/assets?q=zebra")
    for name in ("overview", "assets", "search", "ignored"):
        assert calls.get(f"/reports/{name}?from=2026-01-01&to=2026-12-31").status_code == 200
        assert calls.get(f"/reports/{name}?format=csv").mimetype == "text/csv"
        assert calls.get(f"/reports/{name}?format=xml").status_code == 400
    assert calls.get("/reports/search").json["without_result"][0]["words"] == "zebra"
    assert calls.get("/reports/nothing").status_code == 404
    assert calls.get("/reports/assets?from=2026-12-31&to=2026-01-01").status_code == 422


def test_events_from_elsewhere_are_counted_by_the_rules_and_once(caller: Make) -> None:
    asset = make_asset()
    rep, admin = make_person(), make_person(Role.ADMIN)
    begin = now() - timedelta(days=3)
    lines = []
    for n in range(30):
        # Fifteen pairs within thirty seconds of each other, fifteen pairs further apart.
        at = begin + timedelta(hours=n)
        gap = timedelta(seconds=20 if n < 15 else 40)
        lines += [
            {"at": at.isoformat(), "kind": "viewed", "asset": asset.id, "person": rep.email},
            {
                "at": (at + gap).isoformat(),
                "kind": "viewed",
                "asset": asset.id,
                "person": rep.email,
            },
        ]
    body = "\n".join(json.dumps(line | {"session": f"s{n // 2}"}) for n, line in enumerate(lines))
    calls = caller(admin)
    kind = "application/x-ndjson"
    first = calls.post("/events/import", data=body, content_type=kind)
    assert first.status_code == 200, first.text
    assert first.json == {"new": 60, "known": 0, "refused": 0, "rows": []}
    again = calls.post("/events/import", data=body, content_type=kind)
    assert again.json["known"] == 60
    row = calls.get("/reports/assets").json["items"][0]
    assert (row["views"], row["unique_views"]) == (45, 30)
    explained = calls.get(f"/explain/views?asset={asset.id}&limit=50").json
    assert (explained["found"], explained["counted"]) == (60, 45)
    assert explained["left_out"]["double_click"] == 15
    rest = calls.get(f"/explain/views?asset={asset.id}&limit=50&cursor={explained['next']}").json
    assert len(explained["items"]) + len(rest["items"]) == 60
    assert rest["next"] is None


def test_only_an_admin_token_brings_events_in(caller: Make) -> None:
    data = {"data": "{}", "content_type": "application/x-ndjson"}
    assert caller(make_person(Role.MANAGER)).post("/events/import", **data).status_code == 403
    assert (
        caller(make_person(Role.ADMIN), "write").post("/events/import", **data).status_code == 403
    )


def test_an_asset_is_retired_with_a_dry_run_first_and_restored(app: Flask, caller: Make) -> None:
    owner = make_person(Role.MARKETER)
    asset, other = make_asset("Bearings", owner=owner), make_asset("Bearings anew", owner=owner)
    calls = caller(owner)
    plan = calls.post(f"/assets/{asset.id}/retire?dry_run=1", json={"replacement": other.id})
    assert plan.status_code == 200, plan.text
    assert plan.json["replacement"] == {"id": other.id, "title": "Bearings anew"}
    assert db.session.get_one(Asset, asset.id).status is Status.PUBLISHED
    without = calls.post(f"/assets/{asset.id}/retire", json={"replacement": other.id})
    assert (without.status_code, set(without.json["errors"])) == (422, {"reason"})
    done = calls.post(
        f"/assets/{asset.id}/retire", json={"reason": "Out of date", "replacement": other.id}
    )
    assert (done.json["status"], done.json["replacement"]["id"]) == ("retired", other.id)
    found = calls.get("/assets?q=bearings").json
    assert [item["id"] for item in found["items"]] == [other.id]
    assert calls.post(f"/assets/{asset.id}/retire", json={"reason": "x"}).status_code == 409
    back = calls.post(f"/assets/{asset.id}/restore")
    assert (back.json["status"], back.json["replacement"]) == ("published", None)
    assert calls.post(f"/assets/{asset.id}/restore").status_code == 409
    rep = caller(make_person())
    assert rep.post(f"/assets/{asset.id}/retire", json={"reason": "x"}).status_code == 403


def test_a_file_streams_in_whatever_its_size(caller: Make) -> None:
    data = b"A line of words.\n" * 20_000
    answer = caller(make_person(Role.MARKETER)).upload("/assets", data, "long.txt")
    assert answer.status_code == 201
    assert answer.json["version"]["bytes"] == len(data)

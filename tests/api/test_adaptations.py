"""Adaptations and "is it current?" by API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from collateral.adaptations.models import Adaptation
from collateral.db import db
from collateral.deals.models import Deal
from collateral.storage import storage
from tests.adaptations import decks
from tests.adaptations.arranged import Scene
from tests.adaptations.conftest import arranged, database_url, scene
from tests.api.conftest import Caller

pytestmark = pytest.mark.either
Make = Callable[..., Caller]
__all__ = ["arranged", "database_url", "scene"]  # fixtures that the tests below ask for


def test_an_adaptation_is_handed_in_traced_and_merged(scene: Scene, caller: Make) -> None:
    db.session.add(Deal(external_id="D-77", name="Severn Vale", owner_id=scene.rep.id))
    db.session.commit()
    rep, marketer = caller(scene.rep), caller(scene.marketer)

    sent = rep.upload(
        "/adaptations",
        decks.adapted(),
        "final_v7_ACME.pptx",
        source=str(scene.master.id),
        deal="D-77",
        reasons='["pricing", "too_long"]',
        minutes="130",
        submit="true",
    )

    assert sent.status_code == 201, sent.text
    url = f"/adaptations/{sent.json['id']}"
    answer = rep.get(url)
    found = answer.json
    assert found["status"] == "submitted"
    assert found["source"]["asset"]["id"] == scene.master.id
    assert found["source"]["version"] == 1
    assert [page["change"] for page in found["pages"]] == [
        "same", "edited", "edited", "same", "same", "new",
    ]  # fmt: skip
    assert [page["source_page"] for page in found["pages"]] == [1, 2, 3, 5, 6, None]
    assert found["dropped"] == [4]
    assert (found["deal"], found["minutes"]) == ("D-77", 130)
    late = marketer.post(f"{url}/decline", json={"reason": "No"}, headers={"If-Match": 'W/"1"'})
    assert late.status_code == 412
    merged = marketer.post(
        f"{url}/merge", json={"pages": [3]}, headers={"If-Match": answer.headers["ETag"]}
    )
    assert merged.status_code == 200, merged.text
    assert rep.get(url).json["merging"] == "done"
    assert rep.get(url).json["merged_version"] == 2
    assert caller(scene.second).post(f"{url}/accept").status_code == 409
    used = rep.post("/deals/D-77/uses", json={"adaptation": found["id"]})
    assert used.status_code == 201, used.text
    assert used.json["asset"]["id"] == scene.master.id


def test_what_makes_no_sense_is_refused_and_keeps_nothing(scene: Scene, caller: Make) -> None:
    rep = caller(scene.rep)

    data, name = decks.adapted(), "final.pptx"
    assert rep.upload("/adaptations", data, name, reasons='["because"]').status_code == 400
    assert rep.upload("/adaptations", data, name, source="999999").status_code == 404
    assert rep.upload("/adaptations", b"").status_code == 422
    assert db.session.query(Adaptation).count() == 1  # the one that was arranged


def test_a_declined_one_says_why(scene: Scene, caller: Make) -> None:
    adaptation = scene.submit()
    url = f"/adaptations/{adaptation.id}"

    assert caller(scene.rep).post(f"{url}/decline", json={"reason": "x"}).status_code == 403
    caller(scene.marketer).post(f"{url}/decline", json={"reason": "Too special"})

    found = caller(scene.rep).get(url).json
    assert (found["status"], found["decision"]) == ("declined", "Too special")
    assert found["decided_by"]["name"] == "Ines Duarte"


def test_identify_says_what_a_changed_file_came_from(scene: Scene, caller: Make) -> None:
    found = caller(scene.rep).upload("/identify", decks.adapted(), "laptop.pptx").json

    assert found["match"] == "derived"
    assert found["asset"]["id"] == scene.master.id
    assert (found["version"], found["current"]) == (1, 1)
    assert found["confidence"] > 0.9
    assert [page["change"] for page in found["pages"]][:3] == ["same", "edited", "edited"]
    assert found["dropped"] == [4]
    assert found["use"]["id"] == scene.master.id


def test_identify_answers_a_broken_file_with_a_sentence(scene: Scene, caller: Make) -> None:
    answer = caller(scene.rep).upload("/identify", decks.adapted()[:4000], "broken.pptx")

    assert answer.status_code == 422
    assert "damaged" in answer.json["detail"]


def test_hostile_and_broken_files_end_in_a_sentence_and_are_kept(
    scene: Scene, caller: Make, real_files: Path
) -> None:
    rep = caller(scene.rep)
    for suffix in ("pptx", "pdf", "zip"):
        path = min((real_files / "hostile").glob(f"*.{suffix}"))

        sent = rep.upload("/adaptations", path.read_bytes(), path.name, submit="true")

        assert sent.status_code == 201, sent.text
        found = rep.get(f"/adaptations/{sent.json['id']}").json
        assert found["status"] == "private"
        assert found["state"] == "ready" or found["error"].endswith("."), found
        with storage().local(found["sha256"]) as kept:
            assert kept.read_bytes() == path.read_bytes()

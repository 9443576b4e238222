"""German is complete, and a person reads the pages in the language that she chose."""

from __future__ import annotations

import importlib.util
import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from flask import Flask
from flask.testing import FlaskClient

from collateral.accounts import audit
from collateral.accounts.models import Person, Role
from collateral.assets.models import Vocabulary
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal, StageChange
from tests.accounts.routes import address_of
from tests.factories import make_asset, make_person, make_term
from tests.support import Visitor

_spec = importlib.util.spec_from_file_location(
    "translations", Path(__file__).parents[1] / "tools" / "translations.py"
)
assert _spec
assert _spec.loader
translations = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(translations)

# Words that no German sentence has; names of assets and deals in these tests are German too.
ENGLISH = re.compile(
    r"\b(the|and|for|with|your|you|this|these|that|is|are|has|have|not|no|yet|from|"
    r"search|library|reports|home|page|pages|asset|assets|deals? with|used|uses|views|share|"
    r"published|retired|draft|version of|share of|edit|save|cancel|close|open|next|all|"
    r"filters|sort|newest|upload|team is|stage|industry|owner|summary|language|today|ago|days)\b",
    re.IGNORECASE,
)


class Words(HTMLParser):
    """What a page says: its text and the attributes that are read aloud or shown."""

    SAID = ("aria-label", "placeholder", "title", "alt", "data-busy", "data-undo", "data-nothing")

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.language = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "html":
            self.language = values.get("lang") or ""
        if tag in ("script", "style"):
            self._silent += 1
        self.said += [value for name, value in attrs if name in self.SAID and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.said.append(" ".join(data.split()))


def words_of(client: FlaskClient, address: str) -> Words:
    response = client.get(address, follow_redirects=True)
    assert response.status_code == 200, address
    words = Words()
    words.feed(response.get_data(as_text=True))
    return words


@pytest.fixture
def german(app: Flask) -> Person:
    person = make_person(Role.REP, Role.MARKETER, Role.MANAGER, Role.ADMIN, name="Anna Weiß")
    person.locale = "de"
    db.session.commit()
    return person


@pytest.fixture
def library(german: Person) -> int:
    """A small library whose titles and terms are German. The id of one asset."""
    type_ = make_term(Vocabulary.TYPE, "deck", "Vortrag")
    make_term(Vocabulary.STAGE, "evaluation", "Bewertung")
    asset = make_asset(
        "Kosten ungeplanter Stillstände", owner=german, terms=[type_], pages=["Seite eins"]
    )
    make_asset("Zwölf Wochen bis zum Start", owner=german, pages=["Seite eins"])
    deal = Deal(
        external_id="1",
        name="Brauwerk Lindau",
        account="Brauwerk Lindau",
        owner_id=german.id,
        owner_email=german.email,
        stage="evaluation",
        stage_label="Bewertung",
        opened_on=now().date() - timedelta(days=30),
        next_call_at=now() + timedelta(hours=3),
    )
    deal.stages = [StageChange(stage="evaluation", label="Bewertung", at=now())]
    db.session.add(deal)
    audit.record("asset.retired", by=german, kind="asset", id=asset.id)
    db.session.commit()
    return asset.id


def test_german_is_complete() -> None:
    assert translations.check() == []


class TestWhatIsWrong:
    """`check` names each fault."""

    def faults(self, **said: object) -> list[str]:
        wanted, kept = Catalog(), Catalog(locale="de")
        wanted.add("%(num)s by {time}, #")
        if said:
            kept.add("%(num)s by {time}, #", **said)
        return translations.problems(wanted, kept)

    def test_a_missing_text(self) -> None:
        assert "is missing" in self.faults()[0]

    def test_a_text_without_translation(self) -> None:
        assert "is not translated" in self.faults(string="")[0]

    def test_a_fuzzy_text(self) -> None:
        assert "is fuzzy" in self.faults(string="%(num)s bis {time}, #", flags=["fuzzy"])[0]

    @pytest.mark.parametrize(
        "string", ["%(number)s bis {time}, #", "%(num)s bis {zeit}, #", "%(num)s bis {time}"]
    )
    def test_another_placeholder(self, string: str) -> None:
        assert "has other placeholders" in self.faults(string=string)[0]

    def test_nothing_wrong(self) -> None:
        assert self.faults(string="Bis {time}: %(num)s, #") == []

    def test_a_plural_without_its_second_form(self) -> None:
        wanted, kept = Catalog(), Catalog(locale="de")
        wanted.add(("%(num)s page", "%(num)s pages"))
        kept.add(("%(num)s page", "%(num)s pages"), ("%(num)s Seite", ""))
        assert "is not translated" in translations.problems(wanted, kept)[0]

    def test_an_old_mo(self, tmp_path: Path) -> None:
        translations.update(tmp_path)
        po = tmp_path / translations.PO
        po.write_text(translations.HEAD + 'msgid "Deck"\nmsgstr "Deck"\n', encoding="utf-8")
        assert any("messages.mo is not" in sentence for sentence in translations.check(tmp_path))
        translations.compile_(tmp_path)
        assert not any("messages.mo" in sentence for sentence in translations.check(tmp_path))


@pytest.mark.either
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", ["Start", "Ihre nächsten Gespräche", "Materialien, Sammlungen, Deals suchen"]),
        ("/library", ["2 Materialien", "Filter", "Relevanz"]),
        ("/library?q=nirgends", ["Nichts zu „nirgends“"]),
        ("/assets/{asset}", ["In einem Deal verwenden", "Noch in keinem Deal verwendet."]),
        ("/assets/{asset}/edit", ["Dieses Material beschreiben", "Schlagwörter"]),
        ("/assets/{asset}/retire", ["Probelauf, noch nichts geändert", "Wird zurückgezogen"]),
        ("/upload", ["Dateien oder einen Ordner hier ablegen"]),
        ("/deals", ["Nächstes Gespräch", "Betrag"]),
        ("/deals/1", ["Was verwendet wurde", "Aus dem CRM"]),
        ("/deals/import", ["Die CSV-Datei hier ablegen"]),
        ("/reports/overview", ["Letzte 12 Monate", "Einsätze"]),
        ("/reports/assets", ["Eindeutig", "Gewonnen, offen, verloren"]),
        ("/reports/search", ["Gesucht und nicht gefunden"]),
        ("/reports/ignored", ["Wo es stehen blieb"]),
        ("/reports/definitions", ["Doppelklicks, Robots nach der Liste von COUNTER"]),
        ("/admin/people", ["Jemanden einladen", "Zuletzt angemeldet"]),
        ("/admin/people/1", ["Anmeldelink senden"]),
        ("/admin/teams", ["Noch keine Teams"]),
        ("/admin/vocabularies?vocabulary=type", ["Umbenennen", "Synonyme"]),
        ("/admin/jobs", ["In der Warteschlange"]),
        ("/admin/audit", ["Material zurückgezogen"]),
        ("/collections", ["Noch keine Sammlungen"]),
        ("/explain/views?asset={asset}", ["Wie die Zahl zustande kam"]),
        ("/profile", ["Zeitzone", "Passwort ändern"]),
    ],
)
def test_a_page_in_german(
    visitor: Visitor, german: Person, library: int, address: str, expected: list[str]
) -> None:
    words = words_of(visitor.as_(german), address.format(asset=library))
    page = "\n".join(words.said)
    assert words.language == "de"
    assert [text for text in expected if text not in page] == []
    assert [said for said in words.said if ENGLISH.search(said)] == []


@pytest.mark.either
def test_no_page_has_english_left(
    app: Flask, visitor: Visitor, german: Person, library: int
) -> None:
    """Every page whose address can be made from what there is; the style guide is in English."""
    known = {"asset_id": library, "deal_id": 1, "person_id": 1, "number": 1, "page": 1}
    known |= {"kind": "salesforce", "name": "overview", "metric": "views"}
    asked = {"asset": library, "choice": "retire", "query": "q=nirgends", "back": "/"}
    client, left, seen = visitor.as_(german), [], 0
    for rule in sorted(app.url_map.iter_rules(), key=str):
        mine = known | ({"metric": "hours"} if "/explain/report" in rule.rule else {})
        if "GET" not in (rule.methods or ()) or not set(rule.arguments) <= set(known):
            continue
        if rule.rule.startswith(("/api/", "/static", "/styleguide")):
            continue
        words = Words()
        with client.get(address_of(app, rule, **mine), query_string=asked) as answer:
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            words.feed(answer.get_data(as_text=True))
        seen += 1
        left += [(rule.rule, said) for said in words.said if ENGLISH.search(said)]
    assert left == []
    assert seen > 60


def test_each_person_reads_her_own_language(visitor: Visitor, german: Person) -> None:
    english = make_person(Role.REP)
    assert words_of(visitor.as_(english), "/library").language == "en"
    assert words_of(visitor.as_(german), "/library").language == "de"


def test_the_language_is_chosen_in_the_profile(visitor: Visitor) -> None:
    client = visitor.as_(make_person(Role.REP, name="Anna Weiß"))
    sent = client.post(
        "/profile",
        data={"name": "Anna Weiß", "locale": "de", "time_zone": "Europe/Berlin", "theme": "system"},
    )
    assert sent.status_code == 303
    assert "Gespeichert." in "\n".join(words_of(client, "/profile").said)


class TestBeforeSigningIn:
    """The browser says which language."""

    def page(self, client: FlaskClient, accepts: str, address: str = "/sign-in") -> Words:
        words = Words()
        words.feed(client.get(address, headers={"Accept-Language": accepts}).get_data(as_text=True))
        return words

    def test_german(self, client: FlaskClient) -> None:
        make_person(Role.ADMIN)
        words = self.page(client, "de-DE,de;q=0.9,en;q=0.5")
        assert words.language == "de"
        assert "Anmelden" in words.said
        assert [said for said in words.said if ENGLISH.search(said)] == []

    def test_a_language_that_we_do_not_have(self, client: FlaskClient) -> None:
        make_person(Role.ADMIN)
        words = self.page(client, "fr")
        assert words.language == "en"
        assert "Sign in" in words.said

    def test_an_error_page(self, client: FlaskClient) -> None:
        make_person(Role.ADMIN)
        words = self.page(client, "de", "/nothing/here")
        assert words.language == "de"

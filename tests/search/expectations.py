"""What every engine must answer: one suite of questions and the assets that are right.

`test_engines.py` runs it on each engine. An engine is filled with documents alone, so
that the suite knows nothing of how it keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from collateral.search.engines.protocol import (
    Ask,
    Changes,
    Document,
    Engine,
    Found,
    Freshness,
    Scope,
    Sort,
)
from collateral.search.language import parse, with_synonyms

TODAY = date(2026, 11, 20)
ALL = Scope(1, frozenset(), sees_all=True)


def document(number: int, title: str = "", pages: Iterable[str] = (), **facts: Any) -> Document:
    """A published document for everybody, newest last."""
    given: dict[str, Any] = {
        "id": number,
        "revision": 1,
        "title": title,
        "summary": "",
        "tags": (),
        "labels": (),
        "terms": (),
        "filename": "",
        "owner": "Ann Lindqvist",
        "owner_id": 1,
        "status": "published",
        "teams": (),
        "pages": tuple(pages),
        "published": 1_700_000_000.0 + number,
        "deals": 0,
        "last_used": None,
        "review_on": None,
        "expires_on": None,
    }
    return Document(**given | facts)


def filled(engine: Engine, *documents: Document) -> Engine:
    assert engine.rebuild(iter(documents), lambda: Changes((), ()))
    return engine


def found(engine: Engine, text: str = "", *, scope: Scope = ALL, **ask: Any) -> Found:
    synonyms = ask.pop("synonyms", [])
    limit, offset = ask.pop("limit", 20), ask.pop("offset", 0)
    query = with_synonyms(parse(text), synonyms)
    return engine.search(
        Ask(query=query, scope=scope, today=TODAY, **ask), offset=offset, limit=limit, seconds=10
    )


def exact(engine: Engine, text: str = "", **ask: Any) -> list[int]:
    """The assets that hold what was asked, in order; near misses left out."""
    return [match.id for match in found(engine, text, **ask).matches if not match.near]


def near(engine: Engine, text: str = "", **ask: Any) -> list[int]:
    return [match.id for match in found(engine, text, **ask).matches if match.near]


class Expectations:
    """Mixed into a test class that has a fixture `engine`: an empty one."""

    # Words

    def test_words_are_found_wherever_they_stand(self, engine: Engine) -> None:
        filled(
            engine,
            document(1, "Turbine outlook"),
            document(2, summary="About the turbine"),
            document(3, tags=("turbine",)),
            document(4, labels=("Turbine",), terms=("product:turbine",)),
            document(5, filename="turbine_final-v2"),
            document(6, pages=["Welcome", "The turbine stops"]),
            document(7, "Something else"),
        )
        assert sorted(exact(engine, "turbine")) == [1, 2, 3, 4, 5, 6]

    def test_all_words_must_be_there_though_not_in_one_place(self, engine: Engine) -> None:
        filled(
            engine,
            document(1, "Turbine", ["costs of a stop"]),
            document(2, "Turbine", ["something else"]),
            document(3, "Costs"),
        )
        assert exact(engine, "turbine costs") == [1]

    def test_near_misses_come_after_and_only_when_few_were_found(self, engine: Engine) -> None:
        many = [document(n, f"Turbine costs {n}") for n in range(1, 13)]
        filled(engine, *many, document(20, "Turbine"), document(21, "Costs"))
        answer = found(engine, "turbine costs", limit=50)
        assert answer.near == 0
        assert answer.total == 12
        answer = found(engine, "turbine 7", limit=50)
        assert [match.near for match in answer.matches] == sorted(m.near for m in answer.matches)
        assert answer.matches[0].id == 7
        assert answer.near == answer.total - 1

    def test_titles_count_more_than_pages(self, engine: Engine) -> None:
        filled(
            engine,
            document(1, "Outlook", ["turbine and more words of all kinds"]),
            document(2, "Turbine outlook"),
            document(3, "Outlook", ["nothing"]),
        )
        assert exact(engine, "turbine") == [2, 1]

    def test_case_and_accents_do_not_matter(self, engine: Engine) -> None:
        filled(engine, document(1, "Größe für Łódź"), document(2, "Résumé naïve"))
        assert exact(engine, "GROSSE fur lodz") == [1]
        assert exact(engine, "größe") == [1]
        assert exact(engine, "resume NAÏVE") == [2]

    def test_singular_and_plural_find_each_other(self, engine: Engine) -> None:
        filled(engine, document(1, "Case study"), document(2, "Batteries"), document(3, "Decks"))
        assert exact(engine, "studies") == [1]
        assert exact(engine, "battery") == [2]
        assert exact(engine, "deck") == [3]

    def test_scripts_without_spaces_are_found_by_a_part(self, engine: Engine) -> None:
        filled(engine, document(1, "計画外の停止のコスト"), document(2, "製品紹介"))
        assert exact(engine, "停止") == [1]
        assert exact(engine, "製品紹介") == [2]
        assert exact(engine, "介製") == []

    def test_other_scripts_are_words_like_any(self, engine: Engine) -> None:
        filled(engine, document(1, "Стоимость простоя"), document(2, "تكلفة التوقف"))
        assert exact(engine, "простоя") == [1]
        assert exact(engine, "التوقف") == [2]

    # Slips and parts

    def test_part_words_find_by_their_beginning(self, engine: Engine) -> None:
        filled(engine, document(1, "Unplanned downtime"), document(2, "Other", tags=("unplanned",)))
        assert sorted(near(engine, "unpla")) == [1, 2]
        assert near(engine, "un") == []

    def test_one_typing_mistake_is_forgiven(self, engine: Engine) -> None:
        filled(engine, document(1, "Unplanned downtime"), document(2, "X", ["the turbine hall"]))
        for typed in ("downtme", "downntime", "dowmtime", "dwontime"):
            assert near(engine, typed) == [1], typed
        assert near(engine, "turbnie") == [2]
        assert near(engine, "drwntmie") == []

    def test_what_was_typed_stands_before_what_was_meant(self, engine: Engine) -> None:
        filled(engine, document(1, "Planter"), document(2, "Plant"), document(3, "Planted"))
        answer = found(engine, "plant")
        assert (answer.matches[0].id, answer.matches[0].near) == (2, False)
        assert {m.id for m in answer.matches if m.near} == {1, 3}

    def test_only_these_words_leaves_near_misses_out(self, engine: Engine) -> None:
        from dataclasses import replace

        filled(engine, document(1, "Planter"), document(2, "Plant"))
        ask = Ask(query=replace(parse("plant"), exact=True), scope=ALL, today=TODAY)
        assert engine.search(ask, offset=0, limit=20, seconds=10).total == 1

    # The language

    def test_a_phrase_stands_together(self, engine: Engine) -> None:
        filled(
            engine,
            document(1, "A", ["the unplanned downtime of pumps"]),
            document(2, "B", ["downtime that was unplanned"]),
            document(3, "C", ["all unplanned", "downtime is elsewhere"]),
            document(4, "Unplanned downtime"),
        )
        assert sorted(exact(engine, '"unplanned downtime"')) == [1, 4]

    def test_a_phrase_that_nobody_wrote_offers_its_words(self, engine: Engine) -> None:
        filled(engine, document(1, "Downtime that was unplanned"))
        assert exact(engine, '"unplanned downtime"') == []
        assert near(engine, '"unplanned downtime"') == [1]

    def test_words_joined_by_a_hyphen_stand_together(self, engine: Engine) -> None:
        filled(engine, document(1, "E-mail templates"), document(2, "Mail E"))
        assert exact(engine, "e-mail") == [1]

    def test_a_minus_leaves_out(self, engine: Engine) -> None:
        filled(engine, document(1, "Turbine costs"), document(2, "Turbine outlook"))
        assert exact(engine, "turbine -outlook") == [1]
        assert exact(engine, '-"turbine costs"') == [2]
        assert found(engine, "turbine -turbine").total == 0

    def test_fields_narrow(self, engine: Engine) -> None:
        filled(
            engine,
            document(1, "Turbine", summary="pump", tags=("price",), filename="deck"),
            document(2, "Pump", ["turbine"], owner="Maria Bell"),
        )
        assert exact(engine, "title:turbine") == [1]
        assert exact(engine, "summary:pump") == [1]
        assert exact(engine, "tag:price") == [1]
        assert exact(engine, "file:deck") == [1]
        assert exact(engine, "owner:bell") == [2]
        assert exact(engine, 'owner:"maria bell" turbine') == [2]

    def test_terms_narrow_by_name(self, engine: Engine) -> None:
        filled(
            engine,
            document(1, "A", terms=("stage:evaluation", "type:case-study")),
            document(2, "B", terms=("stage:proposal",), status="draft"),
        )
        assert exact(engine, "stage:evaluation") == [1]
        assert exact(engine, 'type:"case study"') == [1]
        assert exact(engine, "-stage:evaluation") == [2]
        assert exact(engine, "status:draft") == [2]
        assert exact(engine, "stage:nowhere") == []

    def test_synonyms_find_each_other(self, engine: Engine) -> None:
        groups = [["unplanned downtime", "outage", "unscheduled stop"]]
        filled(
            engine,
            document(1, "Outage report"),
            document(2, "Downtime that was unplanned"),
            document(3, "An unscheduled stop"),
            document(4, "A stop, unscheduled"),
            document(5, "Something else"),
        )
        assert sorted(exact(engine, "outage", synonyms=groups)) == [1, 3]
        assert sorted(exact(engine, "unplanned downtime", synonyms=groups)) == [1, 2, 3]
        assert exact(engine, '"outage"', synonyms=groups) == [1]

    # Who may see what

    def test_what_is_for_other_teams_is_nowhere(self, engine: Engine) -> None:
        filled(
            engine,
            document(1, "Turbine one", teams=(7,), owner_id=5, terms=("stage:proposal",)),
            document(2, "Turbine two", teams=(7, 8)),
            document(3, "Turbine three"),
            document(4, "Turbine draft", status="draft", owner_id=5),
            document(5, "Turbine review", status="in_review", owner_id=6),
        )
        nobody = Scope(9, frozenset(), sees_all=False)
        answer = found(engine, "turbine", scope=nobody)
        assert [match.id for match in answer.matches] == [3]
        assert answer.total == 1
        assert "stage:proposal" not in answer.facets
        assert sorted(exact(engine, "turbine", scope=Scope(9, frozenset({8}), False))) == [2, 3]
        assert sorted(exact(engine, "turbine", scope=Scope(5, frozenset(), False))) == [1, 3, 4]
        assert found(engine, "turbine", scope=ALL).total == 5
        assert engine.suggest(("turb",), nobody, frozenset(), 10) == [3]
        assert [c.total for c in engine.complete(("turb",), nobody, frozenset(), 10)] == [1]

    def test_hidden_assets_are_nowhere(self, engine: Engine) -> None:
        filled(engine, document(1, "Turbine", terms=("stage:proposal",)), document(2, "Turbine"))
        hidden = frozenset({1})
        answer = found(engine, "turbine", hidden=hidden)
        assert ([m.id for m in answer.matches], answer.total) == ([2], 1)
        assert "stage:proposal" not in answer.facets
        assert engine.suggest(("turb",), ALL, hidden, 10) == [2]
        assert engine.complete(("turb",), ALL, hidden, 10)[0].total == 1

    def test_the_retired_show_only_when_they_are_asked_for(self, engine: Engine) -> None:
        filled(engine, document(1, "Turbine"), document(2, "Turbine", status="retired"))
        assert exact(engine, "turbine") == [1]
        assert exact(engine, "turbine", statuses=frozenset({"retired"})) == [2]
        assert exact(engine, "turbine status:retired") == [2]
        assert engine.suggest(("turb",), ALL, frozenset(), 10) == [1]

    # Filters, facets, order

    def test_terms_of_a_vocabulary_are_either_or_vocabularies_are_both(
        self, engine: Engine
    ) -> None:
        filled(
            engine,
            document(1, terms=("stage:a", "type:x")),
            document(2, terms=("stage:b", "type:x")),
            document(3, terms=("stage:b", "type:y")),
            document(4),
        )
        assert sorted(exact(engine, terms=frozenset({"stage:a", "stage:b"}))) == [1, 2, 3]
        assert sorted(exact(engine, terms=frozenset({"stage:b", "type:x"}))) == [2]
        assert exact(engine, terms=frozenset({"stage:none"})) == []

    def test_facets_count_what_a_choice_would_leave(self, engine: Engine) -> None:
        filled(
            engine,
            document(1, "T", terms=("stage:a", "type:x")),
            document(2, "T", terms=("stage:b", "type:x")),
            document(3, "T", terms=("stage:b", "type:y")),
            document(4, "Else", terms=("stage:a",)),
        )
        counts = found(engine, "t").facets
        assert (counts["stage:a"], counts["stage:b"], counts["type:x"]) == (1, 2, 2)
        counts = found(engine, "t", terms=frozenset({"stage:b"})).facets
        assert (counts["stage:a"], counts["stage:b"]) == (1, 2)
        assert (counts["type:x"], counts["type:y"]) == (1, 1)

    def test_other_filters(self, engine: Engine) -> None:
        filled(
            engine,
            document(1, tags=("Price list",), owner_id=4, last_used=date(2026, 11, 1)),
            document(2, review_on=date(2026, 11, 20), last_used=date(2026, 10, 1)),
            document(3, expires_on=date(2026, 11, 21)),
            document(4, status="draft"),
        )
        assert exact(engine, tags=frozenset({"price list"})) == [1]
        assert exact(engine, owner_id=4) == [1]
        assert exact(engine, used_since=date(2026, 11, 1)) == [1]
        assert exact(engine, freshness=Freshness.REVIEW_DUE) == [2]
        assert sorted(exact(engine, freshness=Freshness.CURRENT)) == [1, 3, 4]
        assert exact(engine, statuses=frozenset({"draft"})) == [4]
        counts = found(engine).facets
        assert (counts["freshness:review_due"], counts["freshness:current"]) == (1, 3)
        assert (counts["status:published"], counts["status:draft"]) == (3, 1)

    def test_orders(self, engine: Engine) -> None:
        filled(
            engine,
            document(1, "Ärger", published=3.0, deals=1),
            document(2, "Zebra", published=1.0, deals=9),
            document(3, "apple", published=2.0, deals=0),
        )
        assert exact(engine, sort=Sort.NEWEST) == [1, 3, 2]
        assert exact(engine, sort=Sort.PROVEN) == [2, 1, 3]
        assert exact(engine, sort=Sort.TITLE) == [3, 1, 2]

    def test_pages_of_results_neither_repeat_nor_leave_out(self, engine: Engine) -> None:
        filled(engine, *(document(n, "Turbine", ["x"] * (n % 3)) for n in range(1, 48)))
        seen: list[int] = []
        for offset in range(0, 60, 10):
            seen += exact(engine, "turbine", offset=offset, limit=10)
        assert sorted(seen) == list(range(1, 48))

    # Suggestions

    def test_a_short_beginning_leads_to_the_commonest_word_however_many_there_are(
        self, engine: Engine
    ) -> None:
        letters = "abcdefghijklmnopqrstuvwxyz"
        rare = [f"pr{a}{b}" for a in letters[:9] for b in letters[:9]]
        filled(
            engine,
            *(document(n, word) for n, word in enumerate(rare, start=10)),
            document(1, "Product overview"),
            document(2, "Product tour"),
        )
        assert {1, 2} <= set(engine.suggest(("pr",), ALL, frozenset(), 100))
        best = engine.complete(("pr",), ALL, frozenset(), 1)[0]
        assert (best.text, best.total) == ("product", 2)

    def test_a_misspelt_word_is_put_right_by_words_that_are_seen(self, engine: Engine) -> None:
        filled(
            engine,
            document(1, "Turbine outlook"),
            document(2, "Turbine report", ["the gearbox hums"]),
            document(3, "Turbins hidden", teams=(7,)),
        )

        def right(*words: str, scope: Scope = ALL) -> dict[str, tuple[str, ...]]:
            return engine.corrections(words, scope, frozenset(), 2, 5.0)

        assert right("turbnie", "outlook") == {"turbnie": ("turbine",)}
        assert right("turbina") == {"turbina": ("turbine", "turbins")}
        nobody = Scope(9, frozenset(), sees_all=False)
        assert right("turbina", scope=nobody) == {"turbina": ("turbine",)}
        assert right("turbins", scope=nobody) == {"turbins": ("turbine",)}
        assert right("turbins") == {}
        assert right("gaerbox") == {"gaerbox": ("gearbox",)}
        assert engine.corrections(("turbina",), ALL, frozenset({1, 2}), 2, 5.0) == {
            "turbina": ("turbins",)
        }

    def test_suggestions_follow_the_beginning_of_the_last_word(self, engine: Engine) -> None:
        filled(
            engine,
            document(1, "Unplanned downtime", deals=1),
            document(2, "Downtown", deals=5),
            document(3, "Uptime"),
        )
        assert engine.suggest(("down",), ALL, frozenset(), 10) == [2, 1]
        assert engine.suggest(("unplanned", "dow"), ALL, frozenset(), 10) == [1]
        assert engine.suggest(("downtmie",), ALL, frozenset(), 10) == [1]
        texts = {c.text: c.total for c in engine.complete(("down",), ALL, frozenset(), 10)}
        assert texts == {"downtime": 1, "downtown": 1}
        assert engine.suggest((), ALL, frozenset(), 10) == []

    # Changes

    def test_a_changed_document_takes_the_place_of_the_old_one(self, engine: Engine) -> None:
        filled(engine, document(1, "Turbine"), document(2, "Pump"))
        before = engine.generation()
        assert engine.write([document(1, "Compressor")], ())
        assert engine.generation() != before
        assert exact(engine, "turbine") == []
        assert exact(engine, "compressor") == [1]
        assert engine.write((), [2])
        assert engine.ids() == {1}
        assert engine.count() == 1

    def test_many_small_changes_are_tidied_without_loss(self, engine: Engine) -> None:
        filled(engine, document(1, "Turbine 1"))
        for number in range(2, 20):
            assert engine.write([document(number, f"Turbine {number}")], [number - 1])
        engine.tidy()
        assert engine.ids() == {19}
        assert exact(engine, '"turbine 19"') == [19]
        assert engine.write([document(20, "Turbine 20", ["a b c"])], ())
        assert exact(engine, '"b c"') == [20]

    def test_a_new_index_holds_what_changed_while_it_was_made(self, engine: Engine) -> None:
        filled(engine, document(1, "Old"))

        def taken() -> Any:
            yield document(1, "Turbine")
            yield document(2, "Turbine")
            # While the new one is made, the old one answers and follows.
            assert exact(engine, "old") == [1]

        late = Changes([document(1, "Compressor"), document(3, "Turbine")], [2])
        assert engine.rebuild(taken(), lambda: late)
        assert exact(engine, "compressor") == [1]
        assert exact(engine, "turbine") == [3]
        assert engine.ids() == {1, 3}

    def test_an_empty_index_answers(self, engine: Engine) -> None:
        assert not engine.healthy()
        filled(engine)
        assert engine.healthy()
        assert found(engine, "turbine").total == 0
        assert found(engine, "").total == 0

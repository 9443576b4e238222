"""What every engine must answer: one suite of questions and the assets that are right.

`test_engines.py` runs it on each engine. An engine is filled with documents alone, so
that the suite knows nothing of how it keeps them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from collateral.search.engines.protocol import (
    Changes,
    Engine,
    Freshness,
    Scope,
    Sort,
)
from tests.search.documents import ALL, document, exact, filled, found
from tests.search.expected_words import Words


class Expectations(Words):
    """Mixed into a test class that has a fixture `engine`: an empty one."""

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

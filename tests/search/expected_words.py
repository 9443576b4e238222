"""Which assets are right for the words that were asked: the first half of the expectations."""

from __future__ import annotations

from collateral.search.engines.protocol import (
    Ask,
    Engine,
)
from collateral.search.language import parse
from tests.search.documents import ALL, TODAY, document, exact, filled, found, near


class Words:
    """Of an engine, which is the fixture `engine`: an empty one."""

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

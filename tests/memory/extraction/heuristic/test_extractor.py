from datetime import UTC, datetime, timedelta, timezone

from server.memory.extraction.diff import Correction, Entity, EntityRef, Relation
from server.memory.extraction.extractor import Role
from tests.memory.extraction.heuristic.reading import Reader, facts

USER = EntityRef("Person", "user")


async def test_first_person_is_the_user_of_the_scope(reader: Reader) -> None:
    assert facts(await reader.read("I live in Oslo.")) == {"user location Oslo"}
    assert facts(await reader.read("I live in Oslo.", speaker="alice")) == {"alice location Oslo"}


async def test_first_person_of_anybody_else_is_nobody(reader: Reader) -> None:
    roles: tuple[Role, ...] = ("assistant", "system", "tool")
    for role in roles:
        extraction = await reader.read("I live in Oslo. My sister is a nurse.", role=role)
        assert extraction.attributes == ()
        assert extraction.relations == ()


async def test_what_an_assistant_says_of_the_world_counts_less(reader: Reader) -> None:
    said = "Marie Curie was born in Warsaw."
    (by_user,) = (await reader.read(said)).attributes
    (by_assistant,) = (await reader.read(said, role="assistant")).attributes
    assert by_assistant.value == by_user.value == "Warsaw"
    assert by_assistant.confidence < by_user.confidence


async def test_pronouns_mean_whoever_fits_in_earlier_turns(reader: Reader) -> None:
    previous = ["I met Harriet and Bob yesterday."]
    assert facts(await reader.read("She works at Apple.", previous=previous)) == {"Harriet employer Apple"}
    assert facts(await reader.read("He works at Apple.", previous=previous)) == {"Bob employer Apple"}


async def test_earlier_turns_are_not_extracted_again(reader: Reader) -> None:
    extraction = await reader.read("ok", previous=["I live in Oslo.", "My sister Anna is a nurse."])
    assert extraction.empty


async def test_a_pronoun_nobody_fits_is_an_uncertainty(reader: Reader) -> None:
    extraction = await reader.read("She works at Apple.")
    assert extraction.attributes == ()
    assert [(u.about, u.reason) for u in extraction.uncertainties] == [
        ("She works at Apple", "it is not said who 'she' is")
    ]


async def test_known_names_are_read_in_small_letters_as_they_were_stored(reader: Reader) -> None:
    known = [EntityRef("Person", "Thandiwe Zulu"), EntityRef("Organization", "globex")]
    extraction = await reader.read("thandiwe zulu works at globex", known=known)
    assert facts(extraction) == {"Thandiwe Zulu employer globex"}
    assert {entity.ref for entity in extraction.entities} == set(known)


async def test_a_tie_and_a_name_are_one_person_from_then_on(reader: Reader) -> None:
    extraction = await reader.read("My sister Anna is a pilot. My sister lives in Rotterdam.")
    assert facts(extraction) == {"Anna role pilot", "Anna location Rotterdam"}
    assert Entity("Person", "Anna", ("user's sister",), "identity") in extraction.entities
    assert [(r.subject, r.label, r.object.name) for r in extraction.relations if r.label == "sister"] == [
        (USER, "sister", "Anna")
    ]


async def test_values_that_name_something_imply_a_relation(reader: Reader) -> None:
    relations = (await reader.read("I work at Siemens since 2019.")).relations
    assert relations == (
        Relation(
            USER,
            "works_at",
            EntityRef("Organization", "Siemens"),
            "identity",
            0.9,
            datetime(2019, 1, 1, tzinfo=UTC),
            None,
            "since 2019",
        ),
    )


async def test_just_kidding_takes_back_the_sentence_before_it(reader: Reader) -> None:
    extraction = await reader.read("I live in Oslo. I'm a billionaire pilot. Just kidding!")
    assert facts(extraction) == {"user location Oslo"}


async def test_a_correction_pairs_old_and_new_within_a_sentence(reader: Reader) -> None:
    extraction = await reader.read("I no longer work at Acme, I'm at Siemens now.")
    assert extraction.corrections == (Correction(USER, "employer", "Acme", "Siemens"),)
    assert facts(extraction) == {"not user employer Acme", "user employer Siemens"}


async def test_times_are_read_from_the_day_in_utc_on_which_the_turn_was_said(reader: Reader) -> None:
    late = datetime(2026, 3, 18, 22, tzinfo=timezone(timedelta(hours=-5)))
    (attribute,) = (await reader.read("I moved to Oslo yesterday.", at=late)).attributes
    assert attribute.valid_from == datetime(2026, 3, 18, tzinfo=UTC)
    assert attribute.period == "yesterday"


async def test_the_same_turn_gives_the_same_diff(reader: Reader) -> None:
    text = "My wife Sarah is a doctor at Mount Sinai Hospital and we live in Queens with two cats, Luna and Milo."
    assert await reader.read(text) == await reader.read(text)


async def test_code_logs_and_quoted_mail_are_not_what_anybody_says(reader: Reader) -> None:
    text = (
        "I live in Oslo.\n"
        "```\nprint('I live in Rome')\nname is Bob\n```\n"
        "> My name is Carla\n"
        "2026-03-18 10:00:00 My name is Dana\n"
        "if (x) { return y; } // My name is Emil\n"
    )
    assert facts(await reader.read(text)) == {"user location Oslo"}


async def test_a_name_in_quotes_is_a_name_and_a_quotation_is_nobodys_word(reader: Reader) -> None:
    assert "user pet Rex" in facts(await reader.read('I have a dog named "Rex".'))
    assert facts(await reader.read('She said "I live in Rome" and laughed.')) == set()

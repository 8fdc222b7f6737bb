"""Cases each family of rules once got wrong, or must not begin to."""

import pytest

from tests.memory.extraction.heuristic.reading import Reader, facts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Neither Ana nor Luis works for Siemens.", {"not Ana employer Siemens", "not Luis employer Siemens"}),
        ("Nobody calls me Jonathan.", set()),
        ("I almost moved to Canada.", set()),
        ("I never said I live in Paris.", set()),
        ("I'll never move to Texas.", set()),
        ("One of my brothers lives in Perth.", set()),
        ("We moved the office from Leeds to York.", set()),
        ("I'm a dad of three.", {"user children 3"}),
        ("I'm half Japanese, half Irish.", {"user nationality Japanese", "user nationality Irish"}),
        ("I live in a two-bedroom flat in Brooklyn.", {"user location Brooklyn"}),
        ("I'm a 29-year-old nurse from Manila.", {"user age 29", "user role nurse", "user hometown Manila"}),
        ("My sister's a vet in Cork.", {"user's sister role vet"}),
        ("I'm the CTO of a startup called Nimbus.", {"user role CTO", "user employer Nimbus"}),
        ("As a developer at SAP, I travel a lot.", {"user role developer", "user employer SAP"}),
        ("My old address was 5 Oak Lane.", {"not user address 5 Oak Lane"}),
        ("I love my job at Spotify.", {"user employer Spotify"}),
        ("I joined Maersk as a planner.", {"user employer Maersk", "user role planner"}),
        ("Bettina stopped liking ska years ago.", {"not Bettina likes ska"}),
        ("I stopped working at Acme in May.", {"not user employer Acme"}),
        ("I quit smoking.", {"not user habit smoking"}),
        ("I took up pottery.", {"user hobby pottery"}),
        ("He took up residence there.", set()),
        ("My allergy to peanuts is serious.", {"user allergy peanuts"}),
        ("My favourite author used to be Orwell.", {"not user favourite_author Orwell"}),
        ("Did you know I'm a baker?", {"user role baker"}),
        ("Did you know that?", set()),
        ("Ask Alice whether Bob still works at Orange.", set()),
        ("Whoever said that I work for Orange is wrong.", set()),
        ("Rosalind and her brother both live in Oslo.", {"Rosalind location Oslo", "Rosalind's brother location Oslo"}),
        ("I live in The Hague.", {"user location The Hague"}),
        ("I've been a widow since 2020.", {"user marital_status widowed"}),
        ("Don't call me sir.", set()),
        ("Our CTO, Raj Patel, lives in Pune.", {"Raj Patel role CTO", "Raj Patel location Pune"}),
    ],
)
async def test_sentences_that_once_went_wrong(reader: Reader, text: str, expected: set[str]) -> None:
    assert facts(await reader.read(text)) == expected


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("The wife of my brother is called Nadia.", "user's brother wife Nadia"),
        ("Sarah, my sister, called.", "user sister Sarah"),
        ("My kids, Leo and Mia, love Lego.", "user child Mia"),
        ("Aunt May visited us.", "user aunt May"),
        ("Jorge and Pilar are my neighbours.", "user neighbour Pilar"),
        ("My boss's boss is Angela.", "user's manager manager Angela"),
        ("Anna is married to Peter.", "Anna spouse Peter"),
        ("Lucy works with me.", "user colleague Lucy"),
    ],
)
async def test_ties_are_told_whoever_they_belong_to(reader: Reader, text: str, relation: str) -> None:
    found = {f"{r.subject.name} {r.label} {r.object.name}" for r in (await reader.read(text)).relations}
    assert relation in found


async def test_a_state_that_ended_lasts_until_it_did(reader: Reader) -> None:
    (attribute,) = (await reader.read("I haven't worked at Dell since 2015.")).attributes
    assert attribute.negated
    assert attribute.valid_from is None
    assert attribute.valid_until is not None
    assert attribute.valid_until.year == 2015


async def test_a_plan_is_one_until_its_day_is_over(reader: Reader) -> None:
    (attribute,) = (await reader.read("I'm flying to Tokyo next Friday.")).attributes
    assert (attribute.key, attribute.value) == ("plan", "flying to Tokyo 2026-03-27")
    assert attribute.valid_until is not None
    assert attribute.valid_until.date().isoformat() == "2026-03-28"

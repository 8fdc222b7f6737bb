from server.memory.extraction.diff import Attribute, Entity, EntityRef, Extraction, Relation

BOB = EntityRef("Person", "Bob")


def _employer(value: str) -> Extraction:
    return Extraction(attributes=(Attribute(BOB, "employer", value, "identity"),)).completed()


def test_a_name_implies_a_relation_and_a_plain_word_does_not() -> None:
    assert _employer("Acme Corp").relations == (
        Relation(BOB, "works_at", EntityRef("Organization", "Acme Corp"), "identity"),
    )
    assert _employer("bank").relations == ()
    assert _employer("self-employed").relations == ()


def test_a_listed_name_implies_a_relation_in_small_letters_too() -> None:
    diff = Extraction((Entity("Organization", "globex"),), (Attribute(BOB, "employer", "globex", "identity"),))
    assert [relation.object.name for relation in diff.completed().relations] == ["globex"]


def test_a_wider_place_is_no_part_of_the_name() -> None:
    diff = Extraction(attributes=(Attribute(BOB, "hometown", "Accra, Ghana", "identity"),)).completed()
    assert [relation.object for relation in diff.relations] == [EntityRef("Place", "Accra")]


def test_what_no_longer_holds_implies_a_relation_that_no_longer_holds() -> None:
    gone = Attribute(BOB, "employer", "Acme", "identity", negated=True)
    assert [relation.negated for relation in Extraction(attributes=(gone,)).completed().relations] == [True]


def test_everybody_a_fact_speaks_of_is_listed_once() -> None:
    completed = _employer("Acme").completed()
    assert completed.entities == (
        Entity("Person", "Bob", memory_category="identity"),
        Entity("Organization", "Acme", memory_category="knowledge"),
    )


def test_an_empty_diff_is_empty() -> None:
    assert Extraction().completed().empty
    assert not _employer("Acme").empty

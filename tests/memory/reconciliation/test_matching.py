"""Which mention means which entity."""

import pytest
from surrealdb import RecordID

from server.memory.reconciliation.matching import Candidate, fuller, match


def known(type_name: str, *names: str, certain_only: bool = False) -> list[Candidate]:
    return [
        Candidate(RecordID("entity", [type_name, name]), type_name, name, certain_only=certain_only) for name in names
    ]


@pytest.mark.parametrize(
    ("type_name", "mention", "name"),
    [
        ("Person", "alice", "Alice"),
        ("Person", "Alice", "Alice Johnson"),
        ("Person", "Johnson", "Alice Johnson"),
        ("Person", "Alice Johnson", "Alice"),
        ("Person", "Dr. Johnson", "Alice Johnson"),
        ("Person", "Alice Johnson", "Alice Mary Johnson"),
        ("Person", "Jose", "Jos\u00e9"),
        ("Person", "Alison Grey", "Allison Grey"),
        ("Organization", "Acme", "Acme Corp."),
        ("Organization", "the Acme Corporation", "Acme"),
        ("Organization", "Microsotf", "Microsoft"),
        ("Place", "Helsinky", "Helsinki"),
        ("Place", "Copenhagn", "Copenhagen"),
    ],
)
def test_a_mention_means_the_entity_that_is_alike(type_name: str, mention: str, name: str) -> None:
    found = match(type_name, mention, (), known(type_name, name, "Somebody Else Entirely"))
    assert found.meant is not None
    assert found.meant.name == name


@pytest.mark.parametrize(
    ("type_name", "mention", "name"),
    [
        ("Person", "Alice", "Alan"),
        ("Person", "Maria Garcia", "Mario Garcia"),
        ("Person", "Alice Smith", "Alice Johnson"),
        ("Person", "Mary", "Alice Mary Johnson"),
        ("Person", "Alice", "Alicia"),
        ("Organization", "Acme Bank", "Acme"),
        ("Thing", "release 12", "release 13"),
        ("Thing", "Project Alpha 1", "Project Alpha 2"),
        ("Place", "Rome", "Roma"),
    ],
)
def test_a_mention_does_not_mean_what_only_looks_alike(type_name: str, mention: str, name: str) -> None:
    assert match(type_name, mention, (), known(type_name, name)).meant is None


def test_types_tell_names_apart_unless_one_is_vague() -> None:
    assert match("Animal", "Paris", (), known("Place", "Paris")).meant is None
    assert match("Thing", "Paris", (), known("Place", "Paris")).by == "name"
    assert match("Place", "Paris", (), known("Thing", "Paris")).by == "name"


def test_an_alias_on_either_side_is_as_good_as_a_name() -> None:
    (bob,) = known("Person", "Robert")
    assert match("Person", "Bob", (), [bob.with_alias("bob")]).by == "alias"
    assert match("Person", "Bobby", ("Robert",), [bob]).by == "alias"


def test_a_mention_that_could_mean_two_means_none() -> None:
    found = match("Person", "Alice", (), known("Person", "Alice Johnson", "Alice Smith"))
    assert found.meant is None
    assert [one.name for one in found.torn_between] == ["Alice Johnson", "Alice Smith"]
    assert match("Person", "Alice", (), known("Person", "Alice Johnson", "Alice")).by == "name"


def test_some_are_only_meant_by_name() -> None:
    assert match("Person", "Alice Johnson", (), known("Person", "alice", certain_only=True)).meant is None
    assert match("Person", "Alice", (), known("Person", "alice", certain_only=True)).by == "name"


def test_a_name_grows_and_never_shrinks() -> None:
    assert fuller("Alice", "Alice Johnson") == "Alice Johnson"
    assert fuller("Alice Johnson", "Alice") == "Alice Johnson"
    assert fuller("Alice", "ALICE") == "Alice"
    assert fuller("Acme", "Globex Inc") == "Acme"

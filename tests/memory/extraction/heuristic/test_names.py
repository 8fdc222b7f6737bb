import pytest

from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.names import NameFinder, is_caseless
from server.memory.extraction.heuristic.tokens import tokenise
from tests.memory.extraction.heuristic.reading import Reader


def names(reader: Reader, text: str, *known: EntityRef) -> list[tuple[str, str | None]]:
    tokens = tuple(tokenise(text))
    finder = NameFinder(reader.lexicon, known)
    return [(mention.name, mention.type) for mention in finder.find(text, tokens, caseless=is_caseless(tokens))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yesterday Anna Schmidt flew to Rio de Janeiro.", [("Anna Schmidt", "Person"), ("Rio de Janeiro", "Place")]),
        ("We met at the University of Ibadan.", [("University of Ibadan", "Organization")]),
        ("Dr. Chen saw Dr. Amara Okafor.", [("Dr. Chen", "Person"), ("Amara Okafor", "Person")]),
        ("She works at Baker & Finch LLP.", [("Baker & Finch LLP", "Organization")]),
        ("We are at St. Mary's Hospital.", [("St. Mary's Hospital", "Organization")]),
        ("Will Smith met May Chen in May.", [("Will Smith", "Person"), ("May Chen", "Person")]),
        ("Paris Hilton is in Paris.", [("Paris Hilton", "Person"), ("Paris", "Place")]),
        ("I met Ludwig van Beethoven.", [("Ludwig van Beethoven", "Person")]),
        ("I met Quillon van Beethoven.", [("Quillon van Beethoven", None)]),
        ("We use Windows 11 and Postgres.", [("Windows 11", "Thing"), ("Postgres", "Thing")]),
        ("On Monday I speak French.", []),
        ("Creating things is fun. Money is not.", []),
        ("i live in s\u00e3o paulo", [("s\u00e3o paulo", "Place")]),
        ("MY FRIEND ANNA IS IN OSLO", [("ANNA", "Person"), ("OSLO", "Place")]),
        ("have a nice day, it will split us", []),
    ],
)
def test_names_and_their_kinds(reader: Reader, text: str, expected: list[tuple[str, str | None]]) -> None:
    assert names(reader, text) == expected


def test_remembered_names_are_found_in_any_case(reader: Reader) -> None:
    zulu, globex = EntityRef("Person", "Zola Zulu"), EntityRef("Organization", "Globex")
    assert names(reader, "zola zulu left globex", zulu, globex) == [("Zola Zulu", "Person"), ("Globex", "Organization")]
    assert names(reader, "Globex Bank is another", globex) == [("Globex Bank", "Organization")]

"""The animals people keep, and what they are called."""

from collections.abc import Mapping, Sequence

from server.memory.extraction.heuristic.findings import Period
from server.memory.extraction.heuristic.line import Span
from server.memory.extraction.heuristic.reading import Reading, species_of
from server.memory.extraction.heuristic.rules.rule import Rule
from server.memory.extraction.heuristic.words import words

NAMED = words("named called name")
COMPOUNDS = words(
    "allergy person food bite phobia video videos walker park shelter meat show house lover lovers rescue"
)
PLURALS = {"mice": "mouse", "geese": "goose", "puppies": "puppy", "ponies": "pony", "bunnies": "bunny"}
FARTHEST_ADJECTIVE = 4


def keeps_animals(reading: Reading, *, begun: bool) -> bool:
    """I have a dog named Pepper; we have two rabbits: true when the object names animals."""
    period = reading.beginning() if begun else reading.lasting()
    told = False
    for item in reading.line.items(reading.object):
        found = _animal_in(reading, item)
        if found is not None and (begun or not reading.predicate.over):
            _keeps(reading, item[0], found, period)
            told = True
    return told


def _keeps(reading: Reading, start: int, found: tuple[int, str], period: Period) -> None:
    end, species = found
    names = _names_behind(reading, end)
    for person in reading.persons():
        for name in names:
            reading.pet(person, name, species, period)
        if not names:
            value = reading.value((start, end)).removeprefix("any ").removeprefix("this ").removeprefix("my ")
            reading.state(person, "pet", value, period=period)


def _animal_in(reading: Reading, item: Span) -> tuple[int, str] | None:
    """Where the animal's word ends, and the animal."""
    line = reading.line
    for at in range(item[0], min(item[0] + FARTHEST_ADJECTIVE, item[1])):
        if line.word(at) in NAMED:
            return None
        for length in range(min(2, item[1] - at), 0, -1):
            said = " ".join(line.words((at, at + length)))
            kinds = (said, said.removesuffix("s"), said.removesuffix("es"), PLURALS.get(said, said))
            kind = next((kind for kind in kinds if kind in reading.lexicon.animals), None)
            if kind is not None:
                return None if line.word(at + length) in COMPOUNDS else (at + length, kind)
    return None


def _names_behind(reading: Reading, end: int) -> Sequence[str]:
    line = reading.line
    i = end + (line.word(end) in NAMED | {",", "("})
    if line.words((end, end + 2)) == ("whose", "name"):
        i = end + 3
    names: list[str] = []
    while (mention := line.mention_from(i)) is not None:
        names.append(mention.name)
        i = mention.end + (line.word(mention.end) in {",", "and", "&"})
    small = line.word(end) in NAMED and i < len(line) and line.tokens[i].kind == "word"
    return names or ([line.tokens[i].text] if small else [])


def adopting(reading: Reading) -> None:
    """We adopted a kitten called Nimbus on Saturday; I got a puppy."""
    predicate = reading.predicate
    if not predicate.negated and (predicate.past or predicate.perfect) and not predicate.passive:
        keeps_animals(reading, begun=True)


def naming(reading: Reading) -> None:
    """My dog is called Biscuit; our cat's name is Miso."""
    span = reading.head(reading.object)
    for referent in reading.subjects:
        species = species_of(referent, reading.lexicon)
        if species is None or referent.owner is None or referent.mention is not None or reading.negated:
            continue
        mention = reading.line.mention_from(span[0]) if span[0] < span[1] else None
        if mention is not None:
            reading.pet(referent.owner, mention.name, species)
        elif reading.predicate.lemma in {"call", "name"} and span[0] < span[1]:
            reading.pet(referent.owner, reading.value(span), species)


RULES: Mapping[str, tuple[Rule, ...]] = {
    "adopt": (adopting,),
    "get": (adopting,),
    "rescue": (adopting,),
    "foster": (adopting,),
    "keep": (adopting,),
    "be": (naming,),
    "call": (naming,),
    "name": (naming,),
}

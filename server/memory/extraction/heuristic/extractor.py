"""The extractor `local/heuristic`."""

import asyncio
from collections.abc import Sequence

from server.memory.extraction.diff import EntityRef, Extraction
from server.memory.extraction.extractor import TurnInput
from server.memory.extraction.heuristic.findings import ASSISTANT_CONFIDENCE, Findings
from server.memory.extraction.heuristic.lexicon import Lexicon
from server.memory.extraction.heuristic.moods import takes_back
from server.memory.extraction.heuristic.people import People
from server.memory.extraction.heuristic.revision import merged
from server.memory.extraction.heuristic.sentences import sentences
from server.memory.extraction.heuristic.speech import SentenceReader

REMEMBERED_TURNS = 3
REMEMBERED_LENGTH = 4000
SENTENCES_AT_A_TIME = 32


class HeuristicExtractor:
    """Finds what a turn states by rules alone: the same text always gives the same diff."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon if lexicon is not None else Lexicon.load()

    async def extract(self, turn: TurnInput, known: Sequence[EntityRef] = ()) -> Extraction:
        """The diff of a turn; long ones give way to other work between sentences."""
        people = People(turn.user)
        reader = SentenceReader(self._lexicon, people, turn, known)
        for text in turn.previous[-REMEMBERED_TURNS:]:
            for sentence in sentences(text[-REMEMBERED_LENGTH:]):
                reader.read(sentence, Findings())
        found: list[Findings] = []
        for i, sentence in enumerate(sentences(turn.text)):
            if i % SENTENCES_AT_A_TIME == SENTENCES_AT_A_TIME - 1:
                await asyncio.sleep(0)
            if takes_back(sentence.text) and found:
                found.pop()
                continue
            findings = Findings(confidence=1.0 if turn.role == "user" else ASSISTANT_CONFIDENCE)
            reader.read(sentence, findings)
            found.append(findings)
        return merged(found).completed()

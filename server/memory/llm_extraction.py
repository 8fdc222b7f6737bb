"""Extraction by language models: a fast one, a strong one where that is not sure, and rules where both fail."""

import json
from collections.abc import Sequence

import structlog

from server.core.errors import ProviderError, ValidationError
from server.core.vocabulary.keys import KEYS
from server.memory.extraction.diff import EntityRef, Extraction
from server.memory.extraction.extractor import Extractor, TurnInput
from server.memory.extraction.parsing import parse
from server.memory.extraction.schema import SCHEMA
from server.models.language import LanguageModel, Message

MAX_ANSWER_TOKENS = 4096
PREVIOUS_LENGTH = 2000
TASK = """You take in what a turn of a conversation states, for an agent's long-term memory. Answer with JSON only.

- entities: who and what is named. Types: Person, Organization, Place, Animal, Thing.
- attributes: values of entities. Prefer these keys: {keys}; favourite_<thing> for favourites; else a word of yours.
- relations: labelled edges between entities, such as sister, manager, met.
- instructions: standing orders to the agent; label is a short handle for what is ordered, such as language.
- uncertainties: what is only guessed, hoped or asked. Never put those into attributes.
- corrections: what replaces something that was said before, with the old and the new value where they are said.

State only what the turn itself says. "I" is {speaker}. Set negated for what is no longer true. The turn was said at
{at}; give times as RFC 3339 with an offset, or null. confidence is how sure the speaker and you are, from 0 to 1."""
REPAIR = "That answer cannot be used: {problem} Answer again with corrected JSON only."

log = structlog.get_logger(__name__)


class ModelExtractor:
    """Asks language models; whatever they do, a turn is understood at least as well as by the rules."""

    def __init__(
        self, fast: LanguageModel, strong: LanguageModel | None, rules: Extractor, *, threshold: float
    ) -> None:
        """Below `threshold` the strong model is asked as well."""
        self._fast = fast
        self._strong = strong
        self._rules = rules
        self._threshold = threshold

    async def extract(self, turn: TurnInput, known: Sequence[EntityRef] = ()) -> Extraction:
        found = await self._asked(self._fast, turn, known)
        if self._strong is not None and (found is None or certainty(found) < self._threshold):
            found = await self._asked(self._strong, turn, known) or found
        return found.completed() if found is not None else await self._rules.extract(turn, known)

    async def _asked(self, model: LanguageModel, turn: TurnInput, known: Sequence[EntityRef]) -> Extraction | None:
        """What a model makes of the turn; None if it fails, or gives no usable answer even when told what is wrong."""
        messages = conversation(turn, known)
        try:
            answer = await model.complete(messages, schema=SCHEMA, max_tokens=MAX_ANSWER_TOKENS)
            try:
                return parse(answer.json())
            except ValidationError as error:
                messages += [
                    Message("assistant", answer.text),
                    Message("user", REPAIR.format(problem=error.detail)),
                ]
            repaired = await model.complete(messages, schema=SCHEMA, max_tokens=MAX_ANSWER_TOKENS)
            return parse(repaired.json())
        except (ProviderError, ValidationError) as error:
            log.warning("extraction.model_failed", model=model.name, reason=error.detail)
            return None


def certainty(extraction: Extraction) -> float:
    """How sure a model is on average; of nothing it is sure."""
    facts = [one.confidence for one in extraction.attributes] + [one.confidence for one in extraction.relations]
    return sum(facts) / len(facts) if facts else 1.0


def conversation(turn: TurnInput, known: Sequence[EntityRef]) -> list[Message]:
    """What a model is shown: the task, what came before, who is known, and the turn, each marked for what it is."""
    task = TASK.format(keys=", ".join(KEYS), speaker=f"{turn.user.type} {turn.user.name!r}", at=turn.at.isoformat())
    shown = {
        "role": turn.role,
        "previous": [text[-PREVIOUS_LENGTH:] for text in turn.previous],
        "known_entities": [{"type": ref.type, "name": ref.name} for ref in known],
        "turn": turn.text,
    }
    return [Message("system", task), Message("user", json.dumps(shown, ensure_ascii=False))]

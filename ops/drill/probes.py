"""What is looked at in a deployment that was just restored."""

import random
from collections.abc import Iterator
from itertools import islice

from blake3 import blake3

from ops.drill.report import Check
from ops.repository.manifest import Dump
from spectron.errors import SpectronError
from spectron.sync.client import SpectronManagement

SAMPLES = 5
SEARCHED = 10
LOOKED_THROUGH = 200
WORDS = 12
ORIGINALS = "original."


class Probes:
    """Links, recall and originals of one Context; each answers a check, whatever happens."""

    def __init__(self, admin: SpectronManagement, dump: Dump, chance: random.Random, *, with_objects: bool) -> None:
        self._context = admin.contexts(str(dump.context))
        self._name = dump.name
        self._chance = chance
        self._with_objects = with_objects

    def checks(self) -> Iterator[Check]:
        probes = [("links", self._links), ("recall", self._recall)]
        if self._with_objects:
            probes.append(("originals", self._originals))
        for name, probe in probes:
            label = f"{self._name}: {name}"
            try:
                problems, detail = probe()
            except SpectronError as error:
                yield Check(name=label, passed=False, detail=str(error))
            else:
                yield Check(name=label, passed=not problems, detail="; ".join(problems) or detail)

    def _links(self) -> tuple[list[str], str]:
        """Every record, object and index entry fits the others, as far as the server can tell."""
        found = self._context.memory.fsck(check="integrity")
        # Without copies of the originals they are missing here, and only here.
        problems = [one for one in found.problems if self._with_objects or not one.kind.startswith(ORIGINALS)]
        return [
            f"{one.kind}: {one.id} {one.detail}" for one in problems[:SAMPLES]
        ], f"{sum(found.checked.values())} records looked at"

    def _recall(self) -> tuple[list[str], str]:
        """What was said is found again by its own words."""
        turns = [
            turn
            for session in islice(self._context.sessions.iterate(), LOOKED_THROUGH)
            for turn in islice(self._context.sessions.iterate_turns(session.id), LOOKED_THROUGH)
        ][:LOOKED_THROUGH]
        asked = self._chance.sample(turns, min(SAMPLES, len(turns)))
        lost = []
        for turn in asked:
            question = " ".join(turn.content.split()[:WORDS])
            hits = self._context.memory.recall(question, k=SEARCHED, bypass_cache=True).hits
            if not any(hit.turn_id == turn.id or turn.content in hit.text or hit.text in turn.content for hit in hits):
                lost.append(f"turn {turn.id} is not found by its own words")
        return lost, f"{len(asked)} of {len(turns)} turns asked for"

    def _originals(self) -> tuple[list[str], str]:
        """Documents come back byte for byte."""
        documents = [*islice(self._context.documents.iterate(), LOOKED_THROUGH)]
        asked = self._chance.sample(documents, min(SAMPLES, len(documents)))
        wrong = []
        for document in asked:
            digest = blake3()
            for piece in self._context.documents.raw(document.id):
                digest.update(piece)
            if digest.hexdigest() != document.content_hash:
                wrong.append(f"the original of {document.id} is another")
        return wrong, f"{len(asked)} of {len(documents)} documents read"

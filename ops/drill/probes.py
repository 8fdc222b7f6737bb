"""What is looked at in a deployment that was just restored."""

import random
from collections.abc import Callable, Iterator, Mapping

from blake3 import blake3

from ops.backup.inventory import Entry
from ops.drill.integrity import Integrity
from ops.drill.remembering import Recalling
from ops.drill.report import Check, Finding
from ops.drill.sampling import sample
from ops.repository.manifest import Dump
from spectron.errors import SpectronError
from spectron.sync.client import SpectronManagement
from spectron.sync.context import ContextHandle


class Probes:
    """Links, recall and originals of one Context; each answers a check, whatever happens."""

    def __init__(
        self, admin: SpectronManagement, dump: Dump, chance: random.Random, originals: Mapping[str, Entry] | None
    ) -> None:
        """`originals` by their documents, as the set has copied them; None if it has no copies."""
        self._context = admin.contexts(str(dump.context))
        self._name = dump.name
        self._chance = chance
        self._integrity = Integrity(dump, originals)
        self._originals = originals

    def checks(self) -> Iterator[Check]:
        probes: list[tuple[str, Callable[[ContextHandle], Finding]]] = [
            ("links", self._integrity.check),
            ("recall", Recalling(self._chance).check),
        ]
        if self._originals is not None:
            probes.append(("originals", self._read_originals))
        for name, probe in probes:
            label = f"{self._name}: {name}"
            try:
                found = probe(self._context)
            except SpectronError as error:
                yield Check(name=label, passed=False, detail=str(error))
            else:
                yield Check(name=label, passed=not found.problems, detail="; ".join(found.problems) or found.detail)

    def _read_originals(self, context: ContextHandle) -> Finding:
        """Documents come back byte for byte, those that were still there when their originals were copied."""
        copied = (one for one in context.documents.iterate() if one.id in (self._originals or {}))
        asked, documents = sample(copied, self._chance)
        wrong = []
        for document in asked:
            digest = blake3()
            for piece in context.documents.raw(document.id):
                digest.update(piece)
            if digest.hexdigest() != document.content_hash:
                wrong.append(f"the original of {document.id} is another")
        return Finding(wrong, f"{len(asked)} of {documents} documents read")

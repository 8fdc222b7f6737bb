"""Indexes on disk: saved on a clean stop, with a seal that tells whether the store has been touched since."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from server.core.scope import Attribute
from server.index.analysis import Analyzer
from server.index.chunk import TABLES, Table
from server.index.codes import Codes
from server.index.columns import ROW, Columns
from server.index.interned import Interned
from server.index.postings import Postings, Segment
from server.index.shelf import Shelf
from server.index.texts import Texts
from server.store.binding import Binding

FORMAT = 2
SEAL = "seal.json"
OTHER = ".texts.new"
PARTS = ("terms", "starts", "rows", "counts")


class Saved:
    """The folder of saved indexes; `store` is the folder whose content they follow."""

    def __init__(self, folder: Path, store: Path) -> None:
        self._folder = folder
        self._store = store
        self._vouched: frozenset[str] = frozenset()

    def unseal(self) -> None:
        """Read the seal before the store is opened, and break it: from now on the store may run ahead."""
        path = self._folder / SEAL
        try:
            seal = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            seal = None
        path.unlink(missing_ok=True)
        if isinstance(seal, dict) and seal.get("format") == FORMAT and seal.get("store") == fingerprint(self._store):
            self._vouched = frozenset(seal.get("current") or ())

    def seal(self, current: Iterable[Binding], seen: Iterable[Binding]) -> None:
        """Vouch for the indexes that are current, and for those that nobody has looked at, once the store is closed."""
        untouched = self._vouched - {str(binding) for binding in seen}
        content = {
            "format": FORMAT,
            "store": fingerprint(self._store),
            "current": sorted({str(binding) for binding in current} | untouched),
        }
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(self._folder / SEAL, json.dumps(content).encode())

    def is_current(self, binding: Binding) -> bool:
        """Whether a saved index has everything that the database had when the process began."""
        return str(binding) in self._vouched

    def exists(self, binding: Binding) -> bool:
        """Whether there ought to be something that could be loaded."""
        return self.is_current(binding) or any(
            self._place(binding, table).with_suffix(".npz").exists() for table in TABLES
        )

    def texts(self, binding: Binding, table: Table) -> Texts:
        """The live file of texts of a table."""
        return Texts.at(self._place(binding, table).with_suffix(".texts"))

    def other_texts(self, binding: Binding, table: Table) -> Texts:
        """An empty file of texts, for a shelf that is to take the place of the one that is there."""
        texts = Texts.at(self._place(binding, table).with_suffix(OTHER))
        texts.cut(0)
        return texts

    def replace_texts(self, binding: Binding) -> None:
        """Put the other texts in the place of those that are there, of which nothing saved before can be used."""
        for table in TABLES:
            place = self._place(binding, table)
            place.with_suffix(".npz").unlink(missing_ok=True)
            place.with_suffix(OTHER).replace(place.with_suffix(".texts"))

    def load(self, binding: Binding, table: Table, analyzer: Analyzer) -> Shelf | None:
        """The shelf as it was saved; None if there is none that can be used."""
        path = self._place(binding, table).with_suffix(".npz")
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
                arrays = {name: held[name] for name in held.files}
            names = json.loads(arrays.pop("names").tobytes())
        except (OSError, EOFError, ValueError, KeyError, NotImplementedError, BadZipFile):
            return None
        texts = self.texts(binding, table)
        if names["format"] != FORMAT or arrays["rows"].dtype != ROW or not self._fits(binding, texts, names):
            texts.close()
            return None
        shelf = Shelf(table, analyzer, texts)
        _fill(shelf, arrays, names)
        return shelf

    def save(self, binding: Binding, shelf: Shelf) -> None:
        """Write a shelf, whole or not at all."""
        shelf.texts.flush()
        names = {
            "format": FORMAT,
            "texts_end": shelf.texts.end,
            "texts_checksum": shelf.texts.checksum(shelf.texts.end),
            "terms": list(shelf.terms),
            "scopes": [sorted(scope) for scope in shelf.scopes],
            "labels": [sorted(labels) for labels in shelf.labels],
            "groups": list(shelf.groups),
            "roles": list(shelf.roles),
            "named": list(zip(shelf.ids, shelf.turns, shelf.sections, strict=True)),
        }
        arrays: dict[str, npt.NDArray[Any]] = {
            "names": np.frombuffer(json.dumps(names).encode(), dtype=np.uint8),
            "rows": shelf.rows.packed(shelf.filled),
            "vectors": shelf.vectors[: shelf.filled],
        }
        for number, segment in enumerate(shelf.postings.segments()):
            arrays |= {f"{part}_{number}": getattr(segment, part) for part in PARTS}
        path = self._place(binding, shelf.table).with_suffix(".npz")
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    def drop(self, binding: Binding) -> None:
        """Remove what is saved of a database."""
        folder = self._folder / binding.namespace / binding.database
        for path in folder.glob("*") if folder.is_dir() else ():
            path.unlink()
        self._vouched -= {str(binding)}

    def _fits(self, binding: Binding, texts: Texts, names: dict[str, Any]) -> bool:
        """Whether the texts are those that the shelf was saved with; after a crash some may have been erased."""
        if texts.end < names["texts_end"]:
            return False
        return not self.is_current(binding) or texts.checksum(names["texts_end"]) == names["texts_checksum"]

    def _place(self, binding: Binding, table: Table) -> Path:
        return self._folder / binding.namespace / binding.database / table


def fingerprint(folder: Path) -> list[list[Any]]:
    """Tells whether files were written: their names, sizes and times."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            stat = path.stat()
            found.append([str(path.relative_to(folder)), stat.st_size, stat.st_mtime_ns])
    return found


def _fill(shelf: Shelf, arrays: dict[str, npt.NDArray[Any]], names: dict[str, Any]) -> None:
    shelf.rows = Columns.unpacked(arrays["rows"])
    shelf.vectors, shelf.filled = arrays["vectors"], len(shelf.rows)
    shelf.codes = Codes.of(shelf.vectors, shelf.filled)
    shelf.texts.cut(names["texts_end"])
    shelf.terms = Interned(names["terms"])
    shelf.scopes = Interned(frozenset(Attribute(*one) for one in scope) for scope in names["scopes"])
    shelf.labels = Interned(frozenset(labels) for labels in names["labels"])
    shelf.groups = Interned(names["groups"])
    shelf.roles = Interned(names["roles"])
    count = sum(name.startswith("starts_") for name in arrays)
    shelf.postings = Postings(Segment(*(arrays[f"{part}_{number}"] for part in PARTS)) for number in range(count))
    shelf.name((tuple(one) if isinstance(one, list) else one, turn, section) for one, turn, section in names["named"])


def _write(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)

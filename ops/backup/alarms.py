"""What is suspicious about a dump that came in without an error."""

from collections.abc import Iterable, Iterator

from ops.repository.manifest import Dump, Manifest

ANYTHING = "*"


class Alarms:
    """Compares a dump with the last one that was above suspicion."""

    def __init__(self, earlier: Iterable[Manifest], *, max_drop: float, declared_empty: Iterable[str]) -> None:
        self._earlier = tuple(earlier)
        self._max_drop = max_drop
        self._declared_empty = frozenset(declared_empty)

    def about(self, dump: Dump) -> Iterator[str]:
        """A sentence for each thing that is wrong with it."""
        before = self._before(dump)
        if self._is_oddly_empty(dump) and not self._was_never_filled(dump):
            yield f"it holds no row at all; if that is right, say so with --allow-empty {dump.name}"
        if before is None:
            return
        yield from self._fallen("rows", before.trailer.rows_of_users, dump.trailer.rows_of_users, dump)
        yield from self._fallen("bytes", before.file.plain_size, dump.file.plain_size, dump)

    def remarks(self, dump: Dump) -> Iterator[str]:
        """A sentence for what is worth knowing and no cause for alarm."""
        if self._is_oddly_empty(dump):
            yield "it holds no row at all, and never did in any set that is here: a Context that was not used yet"

    def about_contexts(self, found: Iterable[str]) -> Iterator[str]:
        """What is wrong with which Contexts there are, compared with the last complete set."""
        found = frozenset(found)
        if not found and not self._allows_empty(ANYTHING):
            yield f"The server has no Context; if that is right, say so with --allow-empty '{ANYTHING}'."
        last = next((one for one in self._earlier if one.complete and one.good), None)
        if last is None:
            return
        before = {dump.name for dump in last.contexts}
        if before and len(before - found) > len(before) * self._max_drop:
            missing = ", ".join(sorted(before - found))
            yield (
                f"{len(before - found)} of {len(before)} Contexts have gone since {last.id}: {missing}. "
                "If they were deleted on purpose, say so with --max-drop 100%."
            )

    def _allows_empty(self, context: str) -> bool:
        return context in self._declared_empty or ANYTHING in self._declared_empty

    def _is_oddly_empty(self, dump: Dump) -> bool:
        empty = dump.context is not None and not dump.trailer.rows_of_users
        return empty and not self._allows_empty(dump.name)

    def _was_never_filled(self, dump: Dump) -> bool:
        """No set knows a row of it, nor failed to save it; what was declared empty begins anew."""
        before = self._before(dump)
        if before is not None:
            return not before.trailer.rows_of_users
        failed = {failure.part for manifest in self._earlier for failure in manifest.failures}
        return dump.name not in failed

    def _before(self, dump: Dump) -> Dump | None:
        for manifest in self._earlier:
            found = manifest.of_context(dump.context) if dump.context else manifest.control
            if found is not None and not found.warnings:
                return found
        return None

    def _fallen(self, what: str, before: int, now: int, dump: Dump) -> Iterator[str]:
        if before and (before - now) / before > self._max_drop:
            yield (
                f"it has {now:,} {what} and had {before:,} in the last backup ({1 - now / before:.0%} fewer); look at "
                f"what happened to {dump.name}, and if that is right, run once with --max-drop 100%"
            )

# Generated from spectron/aio by `python spectron/generate.py`; change it there.
"""What one Context remembers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from spectron import endpoint
from spectron.endpoint import Scope
from spectron.models.belief import Inspection, Profile, State, StateDiff
from spectron.models.insight import Consolidation, Elaboration
from spectron.models.memory import Forgotten, Reinstated, Remembered, RememberedMany
from spectron.models.record import read
from spectron.models.trace import FsckReport
from spectron.sync.recalling import Recalling
from spectron.sync.sessions import THINKING_SECONDS, Role

Moment = datetime | str
ScopeView = Literal["strict", "merged"]
Check = Literal["all", "integrity", "contradictions", "duplicates", "injection"]


class Memory(Recalling):
    """Remembers, recalls, tells what is believed, and forgets."""

    def remember(
        self,
        text: str | None = None,
        *,
        infer: Literal["full", "triples", "preview", "none"] | None = None,
        scope: Scope | None = None,
        session_id: str | None = None,
        role: Role | None = None,
        ts: Moment | None = None,
        labels: Sequence[str] | None = None,
        memory_category: str | None = None,
        triples: Iterable[Mapping[str, Any]] | None = None,
    ) -> Remembered:
        """Remember one thing; with `infer="preview"`, see what remembering it would change."""
        body = endpoint.given(
            text=text,
            infer=infer,
            scope=scope,
            session_id=session_id,
            role=role,
            ts=ts,
            labels=labels,
            memory_category=memory_category,
            triples=None if triples is None else list(triples),
        )
        return read(Remembered, self._connection.post(self._path("facts"), body, patience=THINKING_SECONDS))

    def remember_many(
        self,
        messages: Iterable[Mapping[str, Any]],
        *,
        scope: Scope | None = None,
        session_id: str | None = None,
        extract: Literal["per_message", "whole_conversation"] | None = None,
        infer: Literal["full", "none"] | None = None,
        labels: Sequence[str] | None = None,
    ) -> RememberedMany:
        """Remember a conversation of messages with `role`, `content` and perhaps `ts`."""
        body = endpoint.given(
            messages=list(messages),
            scope=scope,
            session_id=session_id,
            extract=extract,
            infer=infer,
            labels=labels,
        )
        answer = self._connection.post(self._path("facts", "batch"), body, patience=THINKING_SECONDS)
        return read(RememberedMany, answer)

    def forget(
        self, query: str, *, purge: bool = False, dry_run: bool = False, scope: Scope | None = None
    ) -> Forgotten:
        """Forget what words, a question or a reference such as `entity:Person/alice` names; `purge` erases it.

        With `dry_run` it only counts.
        """
        body = endpoint.given(query=query, purge=purge or None, dry_run=dry_run or None, scope=scope)
        return read(Forgotten, self._connection.post(self._path("forget"), body))

    def reinstate(self, audit_id: str) -> Reinstated:
        """Bring back all that one act of forgetting took; takes a management key."""
        path = endpoint.path("contexts", self._context_id, "audit", audit_id, "reinstate")
        return read(Reinstated, self._connection.post(path))

    def state(
        self,
        *,
        scope: Scope | None = None,
        scope_view: ScopeView | None = None,
        as_of: Moment | None = None,
        at_instant: Moment | None = None,
        limit: int | None = None,
    ) -> State:
        """All that is believed, by category: as it was true at `as_of`, as it was known at `at_instant`."""
        params = _times(scope, as_of, at_instant) | {"scope_view": scope_view, "limit": limit}
        return read(State, self._connection.get(self._path("state"), params))

    def state_diff(self, since: Moment, *, scope: Scope | None = None, limit: int | None = None) -> StateDiff:
        """What is believed now and was not, or no longer, since a moment."""
        params = {"since": endpoint.timestamp(since), "scope": endpoint.scope_values(scope), "limit": limit}
        return read(StateDiff, self._connection.get(self._path("state", "diff"), params))

    def profile(
        self, *, scope: Scope | None = None, as_of: Moment | None = None, at_instant: Moment | None = None
    ) -> Profile:
        """What is known of the scope's user."""
        return read(Profile, self._connection.get(self._path("profile"), _times(scope, as_of, at_instant)))

    def inspect(
        self,
        ref: str,
        *,
        scope: Scope | None = None,
        as_of: Moment | None = None,
        at_instant: Moment | None = None,
    ) -> Inspection:
        """One entity, attribute, relation or trace in full, such as `attribute:Person/alice/location`."""
        params = _times(scope, as_of, at_instant) | {"ref": ref}
        return read(Inspection, self._connection.get(self._path("inspect"), params))

    def fsck(
        self,
        *,
        repair: bool = False,
        check: Check | None = None,
        duplicate_threshold: float | None = None,
        max_results: int | None = None,
    ) -> FsckReport:
        """What does not fit together in the Context; `repair` puts right what can be without losing anything."""
        body = endpoint.given(
            repair=repair or None,
            check=check,
            duplicate_threshold=duplicate_threshold,
            max_results=max_results,
        )
        return read(FsckReport, self._connection.post(self._path("fsck"), body, patience=THINKING_SECONDS))

    def consolidate(
        self, *, dry_run: bool = False, fact_limit: int | None = None, observation_limit: int | None = None
    ) -> Consolidation:
        """Bring observations, what several facts of an entity come to, in step with the facts."""
        body = endpoint.given(dry_run=dry_run or None, fact_limit=fact_limit, observation_limit=observation_limit)
        answer = self._connection.post(self._path("consolidate"), body, patience=THINKING_SECONDS)
        return read(Consolidation, answer)

    def elaborate(
        self, entity_ref: str | None = None, *, dry_run: bool = False, budget: int | None = None
    ) -> Elaboration:
        """Add the relations that follow from those that are known, of one entity such as `Person/alice` or of all."""
        body = endpoint.given(entity_ref=entity_ref, dry_run=dry_run or None, budget=budget)
        answer = self._connection.post(self._path("elaborate"), body, patience=THINKING_SECONDS)
        return read(Elaboration, answer)


def _times(scope: Scope | None, as_of: Moment | None, at_instant: Moment | None) -> dict[str, Any]:
    return {"scope": endpoint.scope_values(scope), "as_of": as_of, "at_instant": at_instant}

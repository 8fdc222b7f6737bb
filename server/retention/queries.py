"""The one place where retention becomes SurrealQL: which record is due under which rule.

Everything that plans, previews or deletes asks with these texts. A rule set is a variant; a preview has two. Rules go
by their number in `Rules.ordered`, and KEPT stands for a record that no rule may take.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from server.core.scope import Scope
from server.retention.rules import Rules
from server.retention.tables import BY_NAME, MemoryTable
from server.store.scoped import attribute_ids

KEPT = -1
# Before and after everything that is stored.
BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
NEVER = datetime(9999, 12, 31, tzinfo=UTC)

# The engine uses an index for a link to a record only inside a closure, and there only with the closure's own variable.
FOR_EACH = "array::map($ids, |$id| ({}))"


class Conditions:
    """The texts for some rule sets, with the variables that belong to them."""

    def __init__(self, variants: Sequence[Rules], until: datetime, within: Scope, *, described: bool = False) -> None:
        """What is due by `until`; records whose scope does not contain `within` are kept."""
        self.variants = variants
        self._described = described
        self._variables: dict[str, Any] = {
            "beginning": BEGINNING,
            "never": NEVER,
            "ended_by": _before(until, variants[0].grace),
            "within": attribute_ids(within),
        }
        for number, rules in enumerate(variants):
            self._variables[f"cuts_{number}"] = [
                BEGINNING if rule.ttl is None else _before(until, rule.ttl) for rule in rules.ordered
            ]
            for index, rule in enumerate(rules.ordered):
                self._variables[f"scope_{number}_{index}"] = attribute_ids(rule.scope)

    def variables(self, **more: Any) -> dict[str, Any]:
        return self._variables | more

    def aged_page(self, table: MemoryTable) -> str:
        """A page of the records of `$category` by age, and of those the ones that are too old."""
        source = "memory_category = $category AND " if table.indexed else ""
        return self._page(table, f"{source}created_at >= $from", "created_at", self.aged)

    def ended_page(self, table: MemoryTable) -> str:
        """A page of the ended records by their end, and of those the ones that are due for that alone."""
        ends = "valid_until > $beginning AND valid_until >= $from AND valid_until <= $ended_by"
        return self._page(table, ends, "valid_until", f"rule_0 > {KEPT} AND ended <= $ended_by AND !{self.aged}")

    def chains(self) -> str:
        """For each of `$keys` the values that its entity ever had for it."""
        return f"""array::map($keys, |$key| (SELECT {self._shown}, superseded_by FROM (
            {self._columns(BY_NAME["attribute"])} WHERE entity = $key.entity AND key = $key.key)))"""

    def held(self, table: MemoryTable) -> str:
        """Those of `$ids` that a record needs which is not due under any rule set."""
        return f"array::filter($ids, |$id| {self._any_needs(table, f'!{self.due}')})"

    def needs(self, source: str, table: MemoryTable) -> str:
        """For each of `$ids` the records that need it."""
        return FOR_EACH.format(f"SELECT {self._shown} FROM ({self._columns(table, source)})")

    def still_due(self, table: MemoryTable) -> str:
        """Those of `$ids` that may still be deleted, with what needed them gone and no later value in their chain."""
        chain = "AND (superseded_by = NONE OR superseded_by IN $ids OR !record::exists(superseded_by))"
        text = f"""(SELECT VALUE id FROM ({self._columns(table, "$ids")})
            WHERE {self.due} {chain if table.chained else ""})"""
        return f"array::filter({text}, |$id| !({self._any_needs(table)}))" if table.needs else text

    @property
    def aged(self) -> str:
        return _any(
            f"(rule_{number} > {KEPT} AND created_at <= $cuts_{number}[rule_{number}])"
            for number in range(len(self.variants))
        )

    @property
    def due(self) -> str:
        return f"(rule_0 > {KEPT} AND (ended <= $ended_by OR {self.aged}))"

    @property
    def _shown(self) -> str:
        rules = ", ".join(f"rule_{number}" for number in range(len(self.variants)))
        scope = "scope, " if self._described else ""
        return f"id, {scope}time::micros(created_at) AS created, time::micros(ended) AS ended, [{rules}] AS rules"

    def _page(self, table: MemoryTable, source: str, order: str, condition: str) -> str:
        heads = "AND (superseded_by = NONE OR !record::exists(superseded_by))" if table.chained else ""
        chain = ", entity, key" if table.chained else ""
        after = f"({order} > $from OR id > $after)"
        return f"""LET $page = (
            {self._columns(table)} WHERE {source} AND {after} ORDER BY {order}, id LIMIT $limit);
        SELECT {self._shown}{chain} FROM $page WHERE {condition} {heads};
        {{ read: array::len($page), from: array::last($page).{order}, after: array::last($page).id }}"""

    def _columns(self, table: MemoryTable, source: str = "") -> str:
        """What the conditions are about, of the rows of a table or of another source."""
        ends = f"array::max([{', '.join(table.ended)}, created_at])"
        chain = ", entity, key, superseded_by" if table.chained else ""
        rules = ", ".join(f"{self._rule(table, number)} AS rule_{number}" for number in range(len(self.variants)))
        return f"""SELECT id, created_at, valid_until, {table.scope} AS scope, {rules},
            IF valid_until = NONE {{ $never }} ELSE {{ {ends} }} AS ended {chain} FROM {source or table.name}"""

    def _rule(self, table: MemoryTable, number: int) -> str:
        ordered = self.variants[number].ordered
        choices = [f"IF {table.kept} OR !({table.scope} CONTAINSALL $within) {{ {KEPT} }}"]
        for index, rule in enumerate(ordered):
            if rule.category in table.categories:
                of_category = f"{table.category} = '{rule.category}'" if len(table.categories) > 1 else "true"
                choices.append(f"IF {of_category} AND {table.scope} CONTAINSALL $scope_{number}_{index} {{ {index} }}")
        return f"({' ELSE '.join(choices)} ELSE {{ {KEPT} }})"

    def _any_needs(self, table: MemoryTable, condition: str = "true") -> str:
        return _any(
            f"!array::is_empty(SELECT VALUE id FROM ({self._columns(BY_NAME[name], source)}) WHERE {condition} LIMIT 1)"
            for name, source in table.needs.items()
        )


def _any(conditions: Iterable[str]) -> str:
    return f"({' OR '.join(conditions)})"


def _before(moment: datetime, span: timedelta) -> datetime:
    return max(moment - span, BEGINNING)

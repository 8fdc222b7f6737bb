"""The one place where retention becomes SurrealQL: which record is due under which rule.

Everything that plans, previews or deletes asks with these texts. A rule set is a variant; a preview has two. Rules go
by their number in `Rules.ordered`, and KEPT stands for a record that no rule may take.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from surrealdb import Duration

from server.core.scope import Scope
from server.retention.rules import Rules
from server.retention.streams import BEGINNING, NEVER, Stream, second_after
from server.retention.tables import BY_NAME, MemoryTable
from server.store.scoped import attribute_ids

KEPT = -1

# The engine looks for IN in an index only for a few dozen values; for more it goes through the whole table.
FEW = 16
FEWS = f"array::clump($ids, {FEW})"

# Of a due record: whether it is so for its end alone, or sooner.
GRACED = "($ttls[rule_0] = NONE OR ended + $grace < created_at + $ttls[rule_0])"
HEAD = "(superseded_by = NONE OR !record::exists(superseded_by))"


class Conditions:
    """The texts for some rule sets, with the variables that belong to them.

    The engine uses an index for a link to a record only inside a closure, and there only with a variable of the
    closure's own; that is why so much stands in closures.
    """

    def __init__(self, variants: Sequence[Rules], until: datetime, within: Scope, *, described: bool = False) -> None:
        """What is due by `until`; records whose scope does not contain `within` are kept."""
        self.variants = variants
        self._described = described
        ended_by = _before(until, variants[0].grace)
        self._variables: dict[str, Any] = {
            "beginning": BEGINNING,
            "never": NEVER,
            "ended_by": ended_by,
            "ended_before": second_after(ended_by),
            "grace": _span(variants[0].grace),
            "ttls": [rule.ttl and _span(rule.ttl) for rule in variants[0].ordered],
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

    def page(self, stream: Stream) -> str:
        """A page of a stream, and of it the records that are due; of a chain, its head."""
        chain = ", entity, key" if stream.table.chained else ""
        return f"""{self._source(stream)}
        SELECT {self._shown}{chain} FROM $page WHERE {self._taken(stream)};
        {self._read(stream)}"""

    def deletion(self, stream: Stream) -> str:
        """Delete what is due of a page, but for chains of more than one value, whose heads are answered.

        What needed a record has to be gone before it is deleted.
        """
        table = stream.table
        heads = f"(SELECT {self._shown}, entity, key FROM $due WHERE id IN $others)" if table.chained else "[]"
        return f"""{self._source(stream)}
        LET $due = (SELECT * FROM $page WHERE {self._taken(stream)});
        LET $ids = (SELECT VALUE id FROM $due);
        LET $others = {self._not_alone(table)};
        LET $gone = (SELECT * FROM $due WHERE id NOT IN $others);
        LET $ids = (SELECT VALUE id FROM $gone);
        {self.unlinking(table)}
        DELETE $ids RETURN NONE;
        {{ page: {self._read(stream)}, ids: {"$ids" if table.searched else "[]"},
            counts: (SELECT rule_0 AS rule, {GRACED} AS graced, count() AS count FROM $gone GROUP BY rule, graced),
            heads: {heads} }}"""

    def unlinking(self, table: MemoryTable) -> str:
        """Take the links to `$ids` away where they are optional."""
        updates = [
            f"UPDATE {name} SET source_turn = NONE WHERE source_turn IN $few RETURN NONE" for name in table.linked
        ]
        return f"FOR $few IN {FEWS} {{ {'; '.join(updates)} }};" if updates else ""

    def successors(self) -> str:
        """Those of `$ids` that replaced another value, once for each such value."""
        return _of_few("SELECT VALUE superseded_by FROM attribute WHERE superseded_by IN $few")

    def values(self) -> str:
        """For each of `$keys` the values that its entity ever had for it."""
        return f"""array::map($keys, |$key| (SELECT {self._shown}, superseded_by FROM (
            {self._columns(BY_NAME["attribute"])} WHERE entity = $key.entity AND key = $key.key)))"""

    def replaced(self) -> str:
        """The values that those of `$ids` replaced."""
        return _of_few(f"""SELECT {self._shown}, superseded_by FROM (
            {self._columns(BY_NAME["attribute"])} WHERE superseded_by IN $few)""")

    def left_behind(self) -> str:
        """Values that one of `$ids` replaced and that are not among them."""
        return f"array::complement({_of_few('SELECT VALUE id FROM attribute WHERE superseded_by IN $few')}, $ids)"

    def still_due(self) -> str:
        """Those values among `$ids` that are due and have no successor but among themselves."""
        return f"""(SELECT VALUE id FROM ({self._columns(BY_NAME["attribute"], "$ids")})
            WHERE {self.due} AND (superseded_by IN $ids OR {HEAD}))"""

    def held(self, table: MemoryTable) -> str:
        """Those of `$ids` that a record needs which is not due under any rule set."""
        return f"array::filter($ids, |$id| {self._any_needs(table, f'!{self.due}')})"

    def needs(self, source: str, table: MemoryTable) -> str:
        """For each of `$ids` the records that need it."""
        return f"array::map($ids, |$id| (SELECT {self._shown} FROM ({self._columns(table, source)})))"

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
        moments = f"{_micros('created_at')} AS created, {_micros('ended')} AS ended"
        return f"id, {scope}{moments}, [{rules}] AS rules"

    def _source(self, stream: Stream) -> str:
        return f"""LET $page = ({self._columns(stream.table)}
            WHERE {stream.source} AND {stream.unread} ORDER BY {stream.order}, id LIMIT $limit);"""

    def _read(self, stream: Stream) -> str:
        last = "array::last($page)"
        return f"{{ read: array::len($page), from: {last}.{stream.order}, after: {last}.id }}"

    def _taken(self, stream: Stream) -> str:
        """Each due record stands in one stream: that of its age, or else that of its end."""
        ended = f"rule_0 > {KEPT} AND ended <= $ended_by AND !{self.aged}"
        condition = ended if stream.order == "valid_until" else self.aged
        return f"{condition} AND {HEAD}" if stream.table.chained else condition

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

    def _not_alone(self, table: MemoryTable) -> str:
        """Those of `$ids` that can't be deleted just by themselves: they replaced another, or something needs them."""
        if table.chained:
            return self.successors()
        return f"array::filter($ids, |$id| {self._any_needs(table)})" if table.needs else "[]"

    def _any_needs(self, table: MemoryTable, condition: str = "true") -> str:
        return _any(
            f"!array::is_empty(SELECT VALUE id FROM ({self._columns(BY_NAME[name], source)}) WHERE {condition} LIMIT 1)"
            for name, source in table.needs.items()
        )


def _of_few(question: str) -> str:
    """What a question finds for some of `$ids` at a time, as `$few`, taken together."""
    return f"array::flatten(array::map({FEWS}, |$few| ({question})))"


def _micros(column: str) -> str:
    """The first whole microsecond that is not before a moment, for the clock knows no smaller ones."""
    return f"time::micros({column} + 999ns)"


def _any(conditions: Iterable[str]) -> str:
    return f"({' OR '.join(conditions)})"


def _span(length: timedelta) -> Duration:
    return Duration(length // timedelta(microseconds=1) * 1000)


def _before(moment: datetime, span: timedelta) -> datetime:
    return max(moment - span, BEGINNING)

"""What was asked and written, how it was answered, and how fast."""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from spectron.models.trace import TraceStats
from spectron_tui.actions.action import Area
from spectron_tui.actions.bindings import bindings, of
from spectron_tui.dialogs.form import Field, Form
from spectron_tui.feed.tracing import Narrowing, Traced, Tracing, observe
from spectron_tui.screens.tabled import TabledScreen
from spectron_tui.screens.trace import TraceScreen
from spectron_tui.widgets.notice import Notice
from spectron_tui.widgets.plain import Plain
from spectron_tui.widgets.rows import Column, Row
from spectron_tui.widgets.spark import sparkline
from spectron_tui.widgets.table import Table
from spectron_tui.wording import age, milliseconds, short

COLUMNS = (
    Column("when", "When", 5, right=True),
    Column("context", "Context", 16, narrow=10),
    Column("kind", "Kind", 15),
    Column("tier", "Tier", 6),
    Column("took", "Took", 9, right=True),
    Column("query", "Query"),
)


class TracesScreen(TabledScreen[Tracing]):
    """The newest traces of one Context or of all."""

    AREA = Area.TRACES
    KINDS = ("trace",)
    BINDINGS: ClassVar[list[BindingType]] = bindings(of(Area.TRACES))
    DEFAULT_CSS = "TracesScreen #stats { height: auto; padding: 0 1; }"

    def __init__(self, *, filter: str = "") -> None:
        super().__init__(Tracing(), Table(COLUMNS, id="traces"), filter=filter)
        self.narrowing = Narrowing()
        self.follows = False

    def body(self) -> ComposeResult:
        yield Plain(id="stats")
        yield self.table
        yield Notice("the traces", empty="Nothing was asked or written, or nothing that matches. Press f to widen.")
        yield from self.filter_line()

    async def observe(self) -> Tracing:
        dashboard = self.dashboard
        context_id = self.narrowing.context_id or dashboard.target.context
        return await observe(dashboard.admin, self.snapshot, context_id, self.narrowing, dashboard.surroundings.now())

    def failed(self) -> bool:
        return self.snapshot.traces.error is not None

    def show(self) -> None:
        now = self.dashboard.surroundings.now()
        where = self.narrowing.context_id or self.dashboard.target.context or "all Contexts"
        following = " · following" if self.follows else ""
        lines = [f"{where}: {self.narrowing}{following}", *stats_lines(self.snapshot.stats.value)]
        self.query_one("#stats", Plain).say("\n".join(lines))
        self.table.apply(
            [
                Row(
                    traced.key,
                    (
                        age(traced.trace.created_at, now),
                        traced.context_id,
                        traced.trace.kind or "-",
                        short(traced.trace.tier or "-"),
                        milliseconds(traced.trace.duration_ms),
                        traced.trace.query,
                    ),
                    sort=(
                        -traced.trace.created_at.timestamp() if traced.trace.created_at else 0.0,
                        traced.context_id,
                        traced.trace.kind or "",
                        traced.trace.tier or "",
                        traced.trace.duration_ms,
                        traced.trace.query.casefold(),
                    ),
                    document=traced.trace,
                    words=traced.trace.tier or "",
                )
                for traced in self.snapshot.traces.value or ()
            ]
        )
        if self.follows:
            self.table.action_to(0)
        self.query_one(Notice).tell(self.snapshot.traces, now)

    @on(Table.Opened)
    def action_traces_open(self) -> None:
        traced = self._traced()
        if traced is not None:
            self.app.push_screen(TraceScreen(traced.context_id, traced.trace.id))

    def action_traces_follow(self) -> None:
        self.follows = not self.follows
        self.show()

    @work(exclusive=True, group="choose")
    async def action_traces_narrow(self) -> None:
        asked = self.narrowing
        fields = (
            Field("kind", "Kind: query, context, chat, remember …", "query", asked.kind or "", required=False),
            Field("tier", "Tier: direct, cache, hybrid, full_context", "hybrid", asked.tier or "", required=False),
            Field("context", "Context", "acme-prod", asked.context_id or "", required=False),
            Field("key", "Id of the key that asked", "k1smypu8uid1coi5", asked.key or "", required=False),
            Field("text", "Words of the query", "invoice", asked.text or "", required=False),
            Field(
                "slower",
                "Slower than so many milliseconds",
                "250",
                "" if asked.slower_than_ms is None else f"{asked.slower_than_ms:g}",
                required=False,
            ),
        )
        given = await self.app.push_screen_wait(Form("Which traces?", fields, "Show", not_a_number))
        if given is not None:
            slower = float(given["slower"]) if given["slower"] else None
            self.narrowing = Narrowing(
                tier=given["tier"] or None,
                kind=given["kind"] or None,
                text=given["text"] or None,
                slower_than_ms=slower,
                key=given["key"] or None,
                context_id=given["context"] or None,
            )
            self.snapshot = Tracing()
            self.show()
            self.ask()

    def _traced(self) -> Traced | None:
        key = self.table.row.key if self.table.row else None
        return next((traced for traced in self.snapshot.traces.value or () if traced.key == key), None)


def not_a_number(given: dict[str, str]) -> str | None:
    """What is wrong with the number of milliseconds."""
    try:
        return None if not given["slower"] or float(given["slower"]) >= 0 else "Slower than how many milliseconds?"
    except ValueError:
        return f"{given['slower']} is not a number of milliseconds."


def stats_lines(stats: Sequence[TraceStats] | None) -> list[str]:
    """The last hour: how often, by which tier, how fast; nothing before the server has told."""
    if stats is None:
        return []
    total = sum(one.total for one in stats)
    if not total:
        return ["No trace in the last hour."]
    tiers: Counter[str] = Counter()
    classes: Counter[float] = Counter()
    for one in stats:
        tiers.update(one.tier_counts)
        classes.update(
            {bar["up_to_ms"] or float("inf"): bar["count"] for bar in one.latency.get("histogram", ())},
        )
    questions, hits = sum(one.total_queries for one in stats), sum(one.cache_hits for one in stats)
    mix = ", ".join(f"{count} {short(tier)}" for tier, count in tiers.most_common() if count)
    rate = f"{hits / questions:.0%} from the cache" if questions else "no question"
    bars = [float(classes[bound]) for bound in sorted(classes)]
    slowest = max((one.latency.get("p95_ms") or 0.0 for one in stats), default=0.0)
    return [
        f"last hour: {total} traces; {mix or 'no tier'}; {rate}",
        f"latency, fast to slow {sparkline(bars, len(bars))}  p95 {milliseconds(slowest)}",
    ]

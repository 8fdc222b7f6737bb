"""Tokens spent on models: counted by month, limited by month and by minute."""

from collections import Counter
from collections.abc import Callable

from server.control.contexts import Open
from server.control.troubles import MINUTE, MONTH
from server.core.clock import Clock
from server.core.errors import RateLimitedError
from server.core.limits import RateLimiter
from server.store.engine import Database

ADD = """FOR $spent IN $all {
    UPSERT type::record('token_usage', [$spent.context_id, $spent.period])
        SET context_id = $spent.context_id, period = $spent.period, tokens += $spent.tokens RETURN NONE
};"""
SECONDS_A_DAY = 86_400


class TokenLedger:
    """Adds up what calls cost and writes it in batches; a limit is checked against what is written and what is not."""

    def __init__(
        self, metadata: Database, limiter: RateLimiter, clock: Clock, *, refused: Callable[[str], None]
    ) -> None:
        """`refused` learns which limit a call was refused for."""
        self._metadata = metadata
        self._limiter = limiter
        self._clock = clock
        self._refused = refused
        self._unwritten: Counter[tuple[str, str]] = Counter()
        self._this_minute: dict[str, int] = {}

    async def check(self, opened: Open) -> None:
        """Refuse a call to a model when the month's tokens are used up or this minute's are."""
        context_id, limit = opened.context.id, opened.config.token_limit
        if limit is not None and await self.used(context_id) >= limit:
            self._refused(MONTH)
            raise RateLimitedError(
                f"The Context {context_id!r} has used its {limit} tokens of this month; raise token_limit or use "
                "local models.",
                retry_after=self._seconds_left_of_month(),
            )
        per_minute = opened.config.rate_limit.tokens_per_minute
        if per_minute:
            self._this_minute[context_id] = per_minute
            wait = self._limiter.take(("tokens", context_id), per_minute, 0)
            if wait:
                self._refused(MINUTE)
                raise RateLimitedError(
                    f"The Context {context_id!r} is limited to {per_minute} tokens a minute; slow down, or raise "
                    "rate_limit.tokens_per_minute.",
                    retry_after=wait,
                )

    def spend(self, context_id: str, tokens: int) -> None:
        """Count tokens that a call has cost; a call that cost more than was left is owed."""
        self._unwritten[context_id, self._period()] += tokens
        per_minute = self._this_minute.get(context_id)
        if per_minute:
            self._limiter.charge(("tokens", context_id), per_minute, tokens)

    async def used(self, context_id: str) -> int:
        """Tokens of the running month."""
        period = self._period()
        rows = await self._metadata.rows(
            "SELECT VALUE tokens FROM type::record('token_usage', $id)", {"id": [context_id, period]}
        )
        return sum(int(str(tokens)) for tokens in rows) + self._unwritten[context_id, period]

    async def flush(self) -> None:
        """Write what was spent since the last time; it stays counted when that fails."""
        spent, self._unwritten = self._unwritten, Counter()
        if not spent:
            return
        rows = [{"context_id": one, "period": period, "tokens": tokens} for (one, period), tokens in spent.items()]
        try:
            await self._metadata.write(ADD, {"all": rows})
        except BaseException:
            self._unwritten.update(spent)
            raise

    def _period(self) -> str:
        return f"{self._clock.now():%Y-%m}"

    def _seconds_left_of_month(self) -> float:
        now = self._clock.now()
        following = now.replace(year=now.year + now.month // 12, month=now.month % 12 + 1, day=1)
        return min((following - now).total_seconds(), SECONDS_A_DAY)

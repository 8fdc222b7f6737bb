"""How often a server is asked: evenly while it answers, ever more rarely while it does not."""

from dataclasses import dataclass

LONGEST = 30.0


@dataclass(frozen=True)
class Pace:
    """Seconds between polls; each failure in a row doubles them."""

    every: float
    failures: int = 0

    def after(self, *, failed: bool) -> "Pace":
        return Pace(self.every, self.failures + 1 if failed else 0)

    @property
    def pause(self) -> float:
        # An exponent without bound would become a number too large for a float in a night without a server.
        return min(LONGEST, self.every * 2.0 ** min(self.failures, 10))

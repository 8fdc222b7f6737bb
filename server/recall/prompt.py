"""Evidence as one text for a system prompt, within a budget of tokens."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from server.recall.hits import Hit

TokensOf = Callable[[Sequence[str]], list[int]]

HEADINGS = {"fact": "What is known", "turn": "What was said", "document": "From documents"}
TOLD = "What you were told to do"
RECENT = "The conversation so far"


@dataclass
class Prompt:
    """Lines under headings; a line is taken as long as there is room for it, in the order of their worth."""

    budget: int
    tokens_of: TokensOf
    used: int = 0
    truncated: bool = False
    _lines: dict[str, list[str]] = field(default_factory=dict)

    def add(self, heading: str, lines: Iterable[str], *, up_to: int | None = None, newest_last: bool = False) -> None:
        """Add lines, the most important first, up to so many tokens; `newest_last` shows them the other way round."""
        limit = self.budget if up_to is None else min(self.budget, self.used + up_to)
        taken: list[str] = []
        for line in lines:
            cost = sum(self.tokens_of([line] if heading in self._lines or taken else [line, f"## {heading}"])) + 1
            if self.used + cost > limit:
                self.truncated = True
                break
            self.used += cost
            taken.append(line)
        if taken:
            self._lines.setdefault(heading, []).extend(reversed(taken) if newest_last else taken)

    def add_evidence(self, hits: Iterable[Hit]) -> list[Hit]:
        """Add hits, best first, until one has no room; those that were taken."""
        taken = []
        for hit in hits:
            before = self.used
            self.add(HEADINGS[hit.kind], [line(hit)])
            if self.used == before:
                break
            taken.append(hit)
        return taken

    def listed(self, heading: str) -> list[str]:
        """The lines under one heading."""
        return list(self._lines.get(heading, ()))

    @property
    def text(self) -> str:
        blocks = [
            "\n".join([f"## {heading}", *self._lines[heading]])
            for heading in (TOLD, *HEADINGS.values(), RECENT)
            if heading in self._lines
        ]
        return "\n\n".join(blocks)


def line(hit: Hit) -> str:
    """A hit in one line, with what tells where it is from."""
    text = " ".join(hit.text.split())
    day = f"{hit.said_at:%Y-%m-%d}"
    if hit.kind == "fact":
        return f"- {text} (since {day})"
    if hit.kind == "turn":
        return f"- [{day}] {hit.role or 'said'}: {text}"
    place = f"{hit.title} \u203a {hit.section}" if hit.section else hit.title
    return f"- {place}: {text}"

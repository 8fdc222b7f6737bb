"""What an examination of a Context finds: how much was looked at, and what does not fit together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from server.core.scope import Scope
from server.core.visibility import Visibility


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """Something that does not fit: what kind of thing, which one, and in what way."""

    kind: str
    id: str
    detail: str = field(compare=False)


class Findings:
    """Counts and problems for one caller: of what has no scope of its own only those with no floor are told."""

    def __init__(self, seen: Visibility) -> None:
        self._seen = seen
        self.checked: Counter[str] = Counter()
        self.problems: list[Problem] = []

    def admits(self, scope: Scope | None) -> bool:
        """Whether a row of that scope is the caller's business; None is what belongs to the Context as a whole."""
        return not self._seen.floor if scope is None else self._seen.floor <= scope

    def look(self, what: str, scope: Scope | None) -> None:
        """Count something that is looked at."""
        if self.admits(scope):
            self.checked[what] += 1

    def report(self, kind: str, id_: object, detail: str, scope: Scope | None) -> None:
        if self.admits(scope):
            self.problems.append(Problem(kind, str(id_), detail))

    def lasting(self, later: "Findings") -> Sequence[Problem]:
        """The problems that are still there at a later look: what is being worked on looks wrong for a moment."""
        return sorted(set(self.problems) & set(later.problems))


def of_kinds(problems: Iterable[Problem], *kinds: str) -> list[Problem]:
    return [problem for problem in problems if problem.kind in kinds]

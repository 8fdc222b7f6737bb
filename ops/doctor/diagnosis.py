"""What a look at one thing found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from ops.pages import Page
from spectron.errors import SpectronError

State = Literal["well", "doubtful", "ill"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How one thing is, what to do about it, and the runbook that says more."""

    what: str
    state: State
    words: str
    runbook: Page | None = None


def attempt(what: str, look: Callable[[], Iterator[Diagnosis]], runbook: Page) -> Iterator[Diagnosis]:
    """What can't even be looked at is ill, and hides nothing else."""
    try:
        yield from look()
    except SpectronError as error:
        yield Diagnosis(what, "ill", str(error), runbook)

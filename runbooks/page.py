"""One incident: how it shows, what to do, and how one sees that it is over."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

HEADINGS = (
    "How it shows",
    "What it means",
    "First look",
    "Decision",
    "Fix",
    "Proof that it is over",
    "What to note",
)
FENCE = "```"
READS, CHANGES, SEEN = "sh", "sh change", "text"
EXIT_CODE = re.compile(r"exit code (\d+)")
VARIABLE = re.compile(r"\$\{?([A-Z][A-Z0-9_]*)")


class PageError(ValueError):
    """A page is not written in the form that all pages have."""


@dataclass(frozen=True)
class Command:
    """What is typed, and what one sees then; `…` in a line of `seen` stands for anything."""

    text: str
    section: str
    changes: bool
    exit_code: int = 0
    seen: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """The names that the reader fills in, in the order of the command."""
        return tuple(dict.fromkeys(VARIABLE.findall(self.text)))


@dataclass(frozen=True)
class Section:
    """The Markdown below one heading."""

    heading: str
    text: str


@dataclass(frozen=True)
class Page:
    """A runbook; `alerts` are the names of what links to it."""

    slug: str
    title: str
    alerts: tuple[str, ...]
    sections: tuple[Section, ...]

    @classmethod
    def parse(cls, slug: str, text: str) -> Self:
        """Read a page; one that lacks a heading, or has another, is refused."""
        head, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
        title, *below = [line for line in head.splitlines() if line]
        if not title.startswith("# "):
            raise PageError(f"{slug}: the first line must be `# Title`.")
        if any(not line.startswith("Alert: ") for line in below):
            raise PageError(f"{slug}: only `Alert: name` lines stand between the title and the first heading.")
        sections = tuple(Section(*(part.strip() for part in one.split("\n", 1))) for one in parts if "\n" in one)
        if tuple(section.heading for section in sections) != HEADINGS:
            raise PageError(f"{slug}: the headings must be {', '.join(HEADINGS)}; in this order, and none empty.")
        alerts = tuple(line.removeprefix("Alert: ").strip() for line in below)
        return cls(slug, title.removeprefix("# ").strip(), alerts, sections)

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """Every command of the page, in order."""
        return tuple(command for section in self.sections for command in self._commands(section))

    @property
    def variables(self) -> tuple[str, ...]:
        """The names that the reader fills in, in the order of the page."""
        return tuple(dict.fromkeys(name for command in self.commands for name in command.variables))

    def section(self, heading: str) -> str:
        """The Markdown below a heading."""
        return next(section.text for section in self.sections if section.heading == heading)

    @property
    def text(self) -> str:
        """The page in the form that `parse` reads."""
        alerts = "".join(f"Alert: {name}\n" for name in self.alerts)
        sections = "\n\n".join(f"## {section.heading}\n\n{section.text}" for section in self.sections)
        return f"# {self.title}\n\n{alerts}{alerts and chr(10)}{sections}\n"

    def _commands(self, section: Section) -> Iterator[Command]:
        command: Command | None = None
        for info, block in self._blocks(section):
            if info == SEEN and command is not None:
                yield _expecting(command, block)
                command = None
                continue
            if command is not None:
                yield command
            if info not in {READS, CHANGES}:
                raise PageError(f"{self.slug}: a block is `{READS}`, `{CHANGES}`, or `{SEEN}` after one of these.")
            command = Command(block, section.heading, changes=info == CHANGES)
        if command is not None:
            yield command

    def _blocks(self, section: Section) -> Iterator[tuple[str, str]]:
        pieces = re.split(rf"^{FENCE}(.*)$", section.text, flags=re.MULTILINE)
        for info, block, closing in zip(pieces[1::4], pieces[2::4], pieces[3::4], strict=True):
            if closing:
                raise PageError(f"{self.slug}: a fence stays open under {section.heading!r}.")
            yield info.strip(), block.strip()


def _expecting(command: Command, block: str) -> Command:
    lines = block.splitlines()
    code = EXIT_CODE.fullmatch(lines[0]) if lines else None
    return Command(
        command.text,
        command.section,
        command.changes,
        int(code.group(1)) if code else 0,
        tuple(lines[1:] if code else lines),
    )

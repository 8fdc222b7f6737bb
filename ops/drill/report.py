"""What a drill found, for programs and for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ops.dump import Frozen


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at something found: problems, or else what was looked at."""

    problems: Sequence[str]
    detail: str


class Check(Frozen):
    """One thing that was looked at."""

    name: str
    passed: bool
    detail: str = ""


class Report(Frozen):
    """A drill of one set."""

    set_id: str
    repository: str
    begun_at: datetime
    seconds_to_recover: float | None = None
    control_plane: bool = False
    checks: tuple[Check, ...] = ()

    @property
    def passed(self) -> bool:
        return bool(self.checks) and all(check.passed for check in self.checks)

    def markdown(self) -> str:
        """A page for whoever has to show that backups work."""
        recovered = "not at all" if self.seconds_to_recover is None else f"{self.seconds_to_recover:.1f} s"
        lines = [
            f"# Drill of {self.set_id}: {'passed' if self.passed else 'FAILED'}",
            "",
            f"- Repository: {self.repository}",
            f"- Begun: {self.begun_at:%Y-%m-%d %H:%M:%S} UTC",
            f"- Time to recover: {recovered}",
            f"- Control plane: {'restored' if self.control_plane else 'not restored (no master key was given)'}",
            "",
            "| check | result | detail |",
            "| --- | --- | --- |",
        ]
        for check in self.checks:
            detail = check.detail.replace("|", "\\|").replace("\n", " ")
            lines.append(f"| {check.name} | {'passed' if check.passed else 'FAILED'} | {detail} |")
        return "\n".join(lines) + "\n"

"""The README's five minutes, as a reader would do them: its commands in one shell, and what it says that they print."""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.deployment import BIN, Deployment

README = Path(__file__).parents[2] / "README.md"
ADDRESS = "http://127.0.0.1:9090"
WIDTH = "200"
DONE = "=== that was step"


class Step(NamedTuple):
    """Commands, and lines that are among what they print."""

    commands: str
    prints: tuple[str, ...]


def steps() -> list[Step]:
    text = README.read_text(encoding="utf-8").partition("## Five minutes\n")[2].partition("\n## ")[0]
    found: list[Step] = []
    for kind, block in re.findall(r"^```(sh|text)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if kind == "sh":
            found.append(Step(block, ()))
        else:
            found[-1] = Step(found[-1].commands, tuple(block.splitlines()))
    return found


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_tour_prints_what_the_readme_says(tmp_path: Path) -> None:
    told = steps()
    assert len(told) > 3
    with Deployment(tmp_path / "data", tmp_path) as deployment:
        script = "".join(f"{step.commands}echo '{DONE}'\n" for step in told)
        script = f"set -euo pipefail\nexport PATH={str(BIN)!r}:$PATH\n" + script.replace(ADDRESS, deployment.url)
        done = subprocess.run(
            ["/bin/bash", "-c", script],
            cwd=tmp_path,
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "COLUMNS": WIDTH},
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    for step, printed in zip(told, done.stdout.split(f"{DONE}\n"), strict=False):
        missing = [line for line in step.prints if not re.search(pattern(line), " ".join(printed.split()))]
        assert not missing, printed


def pattern(line: str) -> str:
    """The line with any run of blanks for a blank, and anything for an ellipsis."""
    return r"\s*.*?\s*".join(re.escape(" ".join(part.split())) for part in line.split("…"))


def test_a_line_that_is_not_printed_is_missed() -> None:
    assert re.search(pattern("Porto    …   -"), "Porto 2026-11-21 09:15 -")
    assert not re.search(pattern("Porto    …   ready"), "Porto 2026-11-21 09:15 -")

"""The newcomer's path works: `make run` and `make test` in a fresh clone with an empty home."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
A_LITTLE = "tests/core tests/e2e/test_spectronctl.py"
"""Something for each of the two halves of `make test`; the whole is what runs this very test."""


@pytest.mark.slow
@pytest.mark.timeout(3000)
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is not a clone")
def test_a_fresh_clone_runs_and_tests_itself() -> None:
    done = subprocess.run(
        [str(ROOT / "tests" / "newcomer.sh"), A_LITTLE], capture_output=True, text=True, check=False, timeout=2900
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    assert "make run serves at http://127.0.0.1:" in done.stdout
    assert "make test passes in a fresh clone" in done.stdout

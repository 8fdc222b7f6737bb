"""What an import brings along, and that it does nothing else."""

import subprocess
import sys

import pytest

REPORT = "import sys; import {}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"


def brought_along(module: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", REPORT.format(module)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("module", "strangers"),
    [
        ("server.core.scope", {"surrealdb", "fastapi", "pydantic", "structlog", "httpx", "numpy"}),
        ("server.core.errors", {"surrealdb", "fastapi", "pydantic", "structlog", "httpx", "numpy"}),
        ("server.control.contexts", {"fastapi", "starlette", "uvicorn", "typer", "spectron"}),
        ("server.store.embedded", {"fastapi", "starlette", "uvicorn", "typer", "spectron"}),
        ("server.app", {"typer", "textual", "spectron", "spectron_tui", "ops"}),
        ("spectron", {"server", "surrealdb", "fastapi", "typer", "textual", "numpy"}),
    ],
)
def test_an_import_brings_no_strangers_along(module: str, strangers: set[str]) -> None:
    assert brought_along(module) & strangers == set()


def test_importing_the_server_writes_and_prints_nothing(tmp_path: object) -> None:
    program = f"import os; os.chdir({str(tmp_path)!r}); import server.cli; print(os.listdir('.'))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")

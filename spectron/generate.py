"""Writes the synchronous client from the asynchronous one: `python spectron/generate.py`."""

import re
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parent / "aio"
TARGET = Path(__file__).parent / "sync"
HEADER = "# Generated from spectron/aio by `python spectron/generate.py`; change it there.\n"

# Names defined in the source start with Async, and so do the types of httpx and collections.abc that go with them.
REWRITES = (
    (r"\basync (def|for|with)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bAwaitable, ", ""),
    (r"\bAwaitable\[((?:[^\[\]]|\[[^\[\]]*\])*)\]", r"\1"),
    (r"\bAsync([A-Z]\w*)", r"\1"),
    (r"\b__a(enter|exit)__", r"__\1__"),
    (r"\basynccontextmanager\b", "contextmanager"),
    (r"\ba(close|read|iter_bytes|iter_lines)\b", r"\1"),
    (r"\basyncio\b", "time"),
    (r"\bspectron\.aio\b", "spectron.sync"),
)


def synchronous(source: str) -> str:
    """The synchronous twin of a module of the asynchronous client."""
    for pattern, replacement in REWRITES:
        source = re.sub(pattern, replacement, source)
    return source


def generated() -> dict[str, str]:
    """Each file of the synchronous client by its name, with the text it should have."""
    modules = {
        path.name: HEADER + _formatted(synchronous(path.read_text("utf-8")), path.name)
        for path in sorted(SOURCE.glob("*.py"))
        if path.name != "__init__.py"
    }
    modules["__init__.py"] = HEADER + '"""The synchronous client."""\n'
    return modules


def write(folder: Path) -> None:
    """Write every file, and remove those that have no source any more."""
    files = generated()
    for path in folder.glob("*.py"):
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")


def _formatted(source: str, name: str) -> str:
    """Shorter lines are laid out otherwise, and other names sort otherwise."""
    for arguments in (["check", "--select", "I", "--fix", "--quiet"], ["format"]):
        source = subprocess.run(  # noqa: S603 - runs the project's own formatter on the project's own text
            [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", str(TARGET / name), "-"],
            input=source,
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout
    return source


if __name__ == "__main__":
    write(TARGET)

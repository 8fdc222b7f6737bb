"""Other versions of Spectron: this one, with fewer migrations or with more."""

import shutil
from pathlib import Path

import migrations

SHIPPED = Path(migrations.__file__).parent


def without_newest(folder: Path) -> dict[str, str]:
    """What a process needs to be the version before the newest migration of Contexts."""
    copied = _copied(folder)
    newest = max(copied.glob("context/V*__*.surql"), key=lambda file: int(file.name.split("__")[0][1:]))
    newest.unlink()
    return {"PYTHONPATH": str(folder)}


def with_one_more(folder: Path, text: str) -> dict[str, str]:
    """What a process needs to be a version whose newest migration of Contexts does this."""
    copied = _copied(folder)
    versions = {int(file.name.split("__")[0][1:]) for file in copied.glob("context/V*__*.surql")}
    (copied / "context" / f"V{max(versions) + 1}__newer.surql").write_text(text)
    return {"PYTHONPATH": str(folder)}


def _copied(folder: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__")))

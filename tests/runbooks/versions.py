"""Another version of Spectron: this one, with a migration more."""

import shutil
from pathlib import Path

import migrations

SHIPPED = Path(migrations.__file__).parent


def with_one_more(folder: Path, text: str) -> str:
    """Where Python finds a version whose newest migration of Contexts does this."""
    copied = Path(shutil.copytree(SHIPPED, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__")))
    versions = {int(file.name.split("__")[0][1:]) for file in copied.glob("context/V*__*.surql")}
    (copied / "context" / f"V{max(versions) + 1}__newer.surql").write_text(text)
    return str(folder)

"""What came of a Context that was restored or moved, told to whoever has to go on from there."""

from typing import Any

from spectron.models.dump import Restored
from spectron.terminal.session import Session
from spectron.terminal.tables import rows

SHOWN = 5


def outcome(session: Session, context: str, restored: Restored) -> dict[str, Any]:
    """The figures; the secrets of minted keys are shown here and never again, in a table or in the JSON."""
    if restored.keys_minted and not session.as_json:
        keys = ((key.name, key.principal, key.scope_floor, key.secret) for key in restored.keys_minted)
        session.out.show(rows(("KEY", "PRINCIPAL", "FLOOR", "SECRET, SHOWN THIS ONCE"), keys))
    if restored.providers_unreadable:
        session.out.note(
            f"Keys of {', '.join(restored.providers_unreadable)} were saved under another master key: set them with "
            f"`spectronctl contexts update {context} --provider NAME=env:VARIABLE`."
        )
    if restored.originals_missing:
        session.out.note(
            f"{len(restored.originals_missing)} of {restored.documents} documents lack their originals, "
            f"{', '.join(restored.originals_missing[:SHOWN])} among them; put them back from a set that was made with "
            "--with-objects, or upload the files again."
        )
    return {
        "tables": len(restored.tables),
        "migrated": list(restored.migrated),
        "providers": list(restored.providers),
        "providers_to_set_again": list(restored.providers_unreadable),
        "keys_kept": [key.name for key in restored.keys_kept],
        "keys_minted": _minted(session, restored),
        "originals_stored": restored.originals_stored,
        "originals_missing": list(restored.originals_missing),
    }


def _minted(session: Session, restored: Restored) -> list[Any]:
    if not session.as_json:
        return [key.name for key in restored.keys_minted]
    return [{"id": key.id, "name": key.name, "secret": key.secret} for key in restored.keys_minted]

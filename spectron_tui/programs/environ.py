"""Where a command finds the server, its key and the backups: in its environment, never among its words."""

from collections.abc import Mapping

from spectron.target import Target

OTHERS = frozenset({"SPECTRON_PROFILE", "SPECTRON_API_KEY", "SPECTRON_CONTEXT_ID", "SPECTRON_BACKUP_REPOSITORY"})
"""What was said of another server than the one that is looked at."""


def environ_of(given: Mapping[str, str], target: Target, repository: str | None) -> dict[str, str]:
    """The environment of commands about that server."""
    said = {
        "SPECTRON_URL": target.url,
        "SPECTRON_API_KEY": target.api_key,
        "SPECTRON_CONTEXT_ID": target.context,
        "SPECTRON_BACKUP_REPOSITORY": repository,
        "SPECTRON_PROGRESS": "lines",
    }
    kept = {name: value for name, value in given.items() if name not in OTHERS}
    return kept | {name: value for name, value in said.items() if value}

"""The reports of past drills, which stay in the repository."""

from ops.drill.report import Report
from ops.errors import OpsError
from ops.repository.sets import Repository

DRILLS = "drills/"


def history(repository: Repository) -> list[Report]:
    """Past drills, the newest first."""
    names = [stored.name for stored in repository.storage.list(DRILLS) if stored.name.endswith(".json")]
    found = []
    for name in sorted(names, reverse=True):
        tagged = repository.storage.read(name)
        if tagged is not None:
            try:
                found.append(Report.model_validate_json(tagged.data))
            except ValueError as error:
                raise OpsError(f"The report {name} in {repository} can't be read: {error}. Delete it.") from error
    return found

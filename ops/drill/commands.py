"""`spectron-ops drill run` and `spectron-ops drill list`."""

import json
import random
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ops.drill.drilling import Drill
from ops.drill.history import history
from ops.drill.report import Report
from ops.errors import FAILED, NothingToDoError
from ops.progress import shown
from ops.repository.sets import Repository
from ops.restore.fresh import Fresh
from ops.terminal import IdentityOptions, RepositoryOptions, SetId, action, now
from spectron.errors import ArgumentError
from spectron.terminal.session import Session
from spectron.terminal.tables import rows

# What was under way goes on in a throwaway server, too, and must neither reach a provider nor be paid for twice.
NOWHERE = "http://127.0.0.1:9"
ALONE = {"SPECTRON_PROVIDER_URLS": json.dumps(dict.fromkeys(("anthropic", "ollama", "openai"), NOWHERE))}

app = typer.Typer(help="Drills, which prove that backups can be restored: run, list.", no_args_is_help=True)


@action(app, example="spectron-ops drill run latest --master-key /var/lib/spectron/master.key")
def run(
    session: Session,
    repository: RepositoryOptions,
    identities: IdentityOptions,
    set_id: SetId = "latest",
    at_random: Annotated[bool, typer.Option("--random", help="Drill any one set.")] = False,
    master_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The deployment's master key: drills the control plane, too.")
    ] = None,
    report_to: Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write the report, too.")] = None,
) -> None:
    """Restore a set into a throwaway server and try all of it; exit code 1 if anything fails."""
    keys = identities.read(session)
    with repository.open(session) as opened:
        name = _any(opened) if at_random else set_id
        manifest = opened.get(name)
        opened.require_key(manifest, keys)
        with (
            opened.marks.reading(manifest.id, "a drill"),
            shown(session.terminal) as reporter,
            tempfile.TemporaryDirectory(prefix="spectron-drill-") as folder,
        ):
            fresh = Fresh(
                opened, manifest, keys, reporter,
                environ=session.terminal.environ, master_key=_read(master_key), settings=ALONE,
            )  # fmt: skip
            report = Drill(opened, manifest, fresh, random.Random()).run(Path(folder) / "data")  # noqa: S311 - samples
    if report_to is not None:
        (session.terminal.directory / report_to).write_text(report.markdown(), "utf-8")
    if session.as_json:
        session.out.json(report.model_dump(mode="json") | {"passed": report.passed})
    else:
        session.out.line(report.markdown())
    if not report.passed:
        session.out.error(f"{manifest.id} did not pass: do not rely on it. Make a new set, and drill that.")
        raise typer.Exit(FAILED)


@action(app, name="list", example="spectron-ops drill list --json")
def list_drills(session: Session, repository: RepositoryOptions) -> None:
    """List past drills, and say how long ago the newest that passed was."""
    with repository.open(session) as opened:
        found = history(opened)
    passed = next((one for one in found if one.passed), None)
    if session.as_json:
        session.out.json({"drills": [_view(one) for one in found], "seconds_since_passed": _age(passed, now())})
    elif found:
        lines = ((one.begun_at, one.set_id, one.passed, one.seconds_to_recover) for one in found)
        session.out.show(rows(("BEGUN", "SET", "PASSED", "SECONDS TO RECOVER"), lines))
    if passed is None:
        raise NothingToDoError("No drill has passed yet. Run one with `spectron-ops drill run`.")


def _any(repository: Repository) -> str:
    sets = repository.listing().sets
    if not sets:
        raise NothingToDoError(f"There is no set in {repository}. Make one with `spectron-ops backup run`.")
    return random.choice(sets).id  # noqa: S311 - any will do


def _read(file: Path | None) -> str | None:
    try:
        return file.read_text("utf-8") if file else None
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(f"Can't read the master key in {file}: {error}.") from error


def _view(report: Report) -> dict[str, Any]:
    return {
        "set_id": report.set_id,
        "begun_at": report.begun_at.isoformat(),
        "passed": report.passed,
        "seconds_to_recover": report.seconds_to_recover,
    }


def _age(report: Report | None, at: datetime) -> float | None:
    return None if report is None else (at - report.begun_at).total_seconds()

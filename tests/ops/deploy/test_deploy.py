"""The units, the compose file and the schedule that set up a cluster are valid, and call what there is."""

import re
import shlex
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from docs.pages.commands import PROGRAMS, leaves
from ops.schedule.config import load_schedule
from server.settings import PREFIX, Settings

FOLDER = Path(str(files("ops.deploy")))
SYSTEMD = shutil.which("systemd-analyze")
UNITS = sorted(FOLDER.glob("systemd/*.service"))
COMMANDS = {path for name, program in PROGRAMS.items() for path, _ in leaves(typer.main.get_command(program), name)}
SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}
OF_OPS = {"SPECTRON_URL", "SPECTRON_API_KEY", "SPECTRON_BACKUP_REPOSITORY"}
OF_S3 = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    return document


@pytest.mark.skipif(SYSTEMD is None, reason="systemd is not installed here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    installed = tmp_path / unit.name.replace("@.", "@1.")
    shutil.copy(unit, installed)
    command = [str(SYSTEMD), "verify", "--man=no", str(installed)]
    linted = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (linted.returncode, linted.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_the_unit_calls_a_command_that_there_is(unit: Path) -> None:
    command = re.search(r"^ExecStart=/usr/bin/env (.+)$", unit.read_text(), re.MULTILINE)
    assert command
    assert " ".join(shlex.split(command[1])[:3]) in COMMANDS


def test_the_environment_file_sets_what_there_is() -> None:
    names = set(re.findall(r"^([A-Z_]+)=", (FOLDER / "systemd/spectron.env").read_text(), re.MULTILINE))
    assert names <= SETTINGS | OF_S3


def test_the_compose_file_fits_the_specification() -> None:
    linter = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    linted = subprocess.run(
        [*linter, str(FOLDER / "compose.yaml")], capture_output=True, text=True, check=False, timeout=60
    )
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize("name", ["api", "worker", "scheduler", "backups"])
def test_each_service_of_ours_calls_a_command_and_sets_what_there_is(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    words = [*service.get("entrypoint", ["spectrond"]), *service["command"]]
    assert " ".join(words[:3]) in COMMANDS
    assert set(service["environment"]) <= SETTINGS | OF_OPS | OF_S3
    assert set(service["depends_on"]) <= set(compose["services"])
    named = {volume.split(":")[0] for volume in service.get("volumes", []) if not volume.startswith(".")}
    assert named <= set(compose["volumes"])


def test_the_health_check_is_a_command_that_there_is(compose: dict[str, Any]) -> None:
    check = compose["services"]["api"]["healthcheck"]["test"]
    assert check[0] == "CMD"
    assert f"{check[1]} {check[-1]}" in COMMANDS


def test_the_image_holds_everything_that_the_wheel_is_built_of() -> None:
    kept = re.findall(r"^!(.+)$", (FOLDER / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
    project = (FOLDER.parents[1] / "pyproject.toml").read_text()
    packages = re.search(r"^packages = \[(.+)\]$", project, re.MULTILINE)
    assert packages
    assert {*re.findall(r'"(\w+)"', packages[1]), "README.md", "LICENSE", "pyproject.toml", "constraints.txt"} <= {
        *kept
    }


def test_the_schedule_can_be_kept() -> None:
    schedule = load_schedule(FOLDER / "schedule.yaml")
    assert all(f"spectron-ops {' '.join(job.run.split()[:2])}" in COMMANDS for job in schedule.jobs.values())

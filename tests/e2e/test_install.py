"""An installed wheel, used from another directory, brings everything it needs."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.support.processes import Process

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment with the wheel; its dependencies are borrowed from this one."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)])
    (wheel,) = folder.glob("spectron-*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    run([*pip, "--python", str(environment / "bin" / "python"), "install", "--no-deps", str(wheel)])
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return environment / "bin"


def test_it_finds_its_migrations_and_runbooks(installed: Path, tmp_path: Path) -> None:
    code = (
        "import server, pathlib; from importlib.resources import files; from server.store.migrations import load;"
        "print(pathlib.Path(server.__file__).parent); print([m.file for k in ('context', 'control', 'jobqueue') "
        "for m in load(k)]); print(files('runbooks').is_dir())"
    )
    where, migrations, runbooks = run([str(installed / "python"), "-c", code], cwd=tmp_path).splitlines()
    assert Path(where).is_relative_to(installed.parent)
    assert migrations.count("V1__schema.surql") == 3
    assert runbooks == "True"


@pytest.mark.parametrize("command", ["spectrond", "spectronctl", "spectron-ops", "spectron-tui"])
def test_its_commands_are_there(installed: Path, command: str, tmp_path: Path) -> None:
    assert command in run([str(installed / command), "--version"], cwd=tmp_path)


def test_it_serves(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "spectrond"), "dev", "start", "--data-dir", str(tmp_path / "data"), "--demo"]
    with Process([*command, "--bind", "127.0.0.1:0"], tmp_path / "log", folder=tmp_path) as process:
        url = process.wait_for(r"listens on (http://\S+)").group(1)
        key = (tmp_path / "data" / "management.key").read_text().strip()
        listed = run(
            [str(installed / "spectronctl"), "--url", url, "--api-key", key, "--json", "contexts", "list"], cwd=tmp_path
        )
        assert '"demo"' in listed
        assert process.stop() == 0


def run(command: list[str], *, cwd: Path | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout

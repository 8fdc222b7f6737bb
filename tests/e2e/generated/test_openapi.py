"""`spectrond openapi` writes a valid document, of which a public generator makes a client that works."""

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.deployment import BIN, Deployment

TOOLS = ("openapi-python-client>=0.29,<0.30", "openapi-spec-validator>=0.9,<0.10")
"""Fetched apart, for what they need does not agree with what the server does."""
CONFIG = "content_type_overrides:\n  application/surrealql: application/octet-stream\n"
SMOKE = Path(__file__).with_name("smoke.py")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    subprocess.run([str(BIN / "spectrond"), "openapi", "--out", str(path)], check=True, timeout=60)
    return path


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment with the validator and the generator."""
    folder = tmp_path_factory.mktemp("tools")
    venv.create(folder, with_pip=False, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet", *TOOLS]
    fetched = subprocess.run(pip, capture_output=True, text=True, check=False, timeout=300)
    if fetched.returncode:
        pytest.skip(f"the validator and the generator cannot be fetched now: {fetched.stderr[-300:]}")
    return folder / "bin"


def test_the_document_is_what_a_running_server_shows(document: Path, tmp_path: Path) -> None:
    with Deployment(tmp_path / "data", tmp_path) as deployment:
        shown = httpx.get(f"{deployment.url}/api/openapi.json", timeout=30)
    assert json.loads(document.read_text()) == shown.json()


def test_the_document_is_valid(document: Path, tools: Path) -> None:
    run([str(tools / "python"), "-m", "openapi_spec_validator", str(document)])


@pytest.mark.slow
def test_a_generated_client_compiles_and_works(document: Path, tools: Path, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG)
    client = tmp_path / "client"
    generate = [str(tools / "openapi-python-client"), "generate", "--path", str(document), "--fail-on-warning"]
    run([*generate, "--config", str(tmp_path / "config.yaml"), "--output-path", str(client)], PATH=str(tools))
    run([str(tools / "python"), "-m", "compileall", "-q", str(client)])
    made = {path.stem for path in client.glob("spectron_client/api/*/*.py")}
    assert made >= {one["operationId"] for one in operations(json.loads(document.read_text()))}
    with Deployment(tmp_path / "data", tmp_path) as deployment:
        said = run([str(tools / "python"), str(SMOKE), deployment.url, deployment.key], PYTHONPATH=str(client))
    assert said == "all as it should be\n"


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def run(command: list[str], **environment: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment or None)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout

"""What the pages for readers promise is true of the tree."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DEPENDENCIES = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]


@pytest.mark.parametrize("name", [re.split(r"[\[<>=]", one)[0] for one in DEPENDENCIES])
def test_each_dependency_has_its_reason(name: str) -> None:
    reasons = (ROOT / "CONTRIBUTING.md").read_text()
    assert re.search(rf"`{re.escape(name)}(\[[a-z]+\])?`", reasons), f"say in CONTRIBUTING.md why {name} is there"


def test_the_installed_versions_name_no_source() -> None:
    lines = (ROOT / "constraints.txt").read_text().split()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9._+!-]+", line) for line in lines)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_each_make_target_on_a_page_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^ {4})(?:[A-Z_]+=\S+ )?make\s([a-z-]+)", (ROOT / page).read_text(), re.MULTILINE))
    assert named <= targets

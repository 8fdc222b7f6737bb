import json
from pathlib import Path

import pytest

from spectron.errors import ArgumentError
from spectron.profiles import Profile, ProfileFile, Profiles

PROD = Profile("https://prod.test", "mgmt-a-b", "acme")
STAGE = Profile("https://stage.test", "mgmt-c-d")


@pytest.fixture
def file(tmp_path: Path) -> ProfileFile:
    return ProfileFile(tmp_path / "config" / "spectron" / "profiles.json")


def test_no_file_is_no_profiles(file: ProfileFile) -> None:
    assert file.load() == Profiles()


def test_what_was_saved_is_loaded_again(file: ProfileFile) -> None:
    profiles = Profiles().adding("prod", PROD).adding("stage", STAGE)

    file.save(profiles)

    assert file.load() == profiles
    assert file.load().current == "stage"


def test_the_file_is_for_its_owner_alone_even_if_it_was_not(file: ProfileFile) -> None:
    file.path.parent.mkdir(parents=True)
    file.path.touch(mode=0o644)

    file.save(Profiles().adding("prod", PROD))

    assert file.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.path.parent.iterdir()] == ["profiles.json"]


def test_a_save_that_fails_leaves_nothing_behind(file: ProfileFile) -> None:
    file.path.mkdir(parents=True)

    with pytest.raises(ArgumentError, match="Can't save the profiles"):
        file.save(Profiles().adding("prod", PROD))

    assert [path.name for path in file.path.parent.iterdir()] == ["profiles.json"]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"profiles": 3}', '{"profiles": {"a": {}}}', '{"profiles": {"a": {"url": 1, "api_key": 2}}}'],
)
def test_a_broken_file_is_named(file: ProfileFile, content: str) -> None:
    file.path.parent.mkdir(parents=True)
    file.path.write_text(content)

    with pytest.raises(ArgumentError, match=r"profiles\.json does not hold profiles\. Repair or delete it"):
        file.load()


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    file = ProfileFile(tmp_path)

    with pytest.raises(ArgumentError, match="Can't read the profiles"):
        file.load()


def test_the_file_lies_where_the_user_keeps_configuration() -> None:
    assert ProfileFile.of_user({"HOME": "/h"}).path == Path("/h/.config/spectron/profiles.json")
    assert ProfileFile.of_user({"HOME": "/h", "XDG_CONFIG_HOME": "/x"}).path == Path("/x/spectron/profiles.json")


def test_removing_the_current_profile_leaves_none_current() -> None:
    profiles = Profiles().adding("prod", PROD).adding("stage", STAGE)

    assert profiles.removing("stage") == Profiles({"prod": PROD})
    assert profiles.removing("prod").current == "stage"
    assert profiles.using("prod").current == "prod"


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ArgumentError, match=r"no profile 'prd'. Known: prod, stage. .*login --profile prd"):
        Profiles().adding("prod", PROD).adding("stage", STAGE).get("prd")


def test_keys_are_not_in_the_text_form(file: ProfileFile) -> None:
    profiles = Profiles().adding("prod", PROD)

    file.save(profiles)

    assert "mgmt-a-b" not in repr(profiles)
    assert json.loads(file.path.read_text())["profiles"]["prod"]["api_key"] == "mgmt-a-b"

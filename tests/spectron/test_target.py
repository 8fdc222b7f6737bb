from pathlib import Path

import pytest

from spectron.errors import ArgumentError
from spectron.profiles import Profile, ProfileFile, Profiles
from spectron.target import Given, Target, find_target

LOCAL = "http://127.0.0.1:9090"
PROD = "https://prod.test"


class Machine:
    """A home, a working folder and an environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {"HOME": str(folder / "home")}

    def log_in(self, name: str, profile: Profile) -> None:
        file = ProfileFile.of_user(self.environ)
        file.save(file.load().adding(name, profile))

    def start_server(self, data: str, key: str = "mgmt-local-key") -> None:
        folder = self.folder / data
        folder.mkdir(parents=True)
        (folder / "management.key").write_text(f"{key}\n")

    def find(self, given: Given | None = None) -> Target:
        return find_target(given or Given(), self.environ, self.folder)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_nothing_said_and_nothing_found_is_this_machine_without_a_key(machine: Machine) -> None:
    assert machine.find() == Target(LOCAL)


@pytest.mark.parametrize("data", ["data", "home/.local/share/spectron"])
def test_the_key_of_a_server_on_this_machine_is_found(machine: Machine, data: str) -> None:
    machine.start_server(data)

    found = machine.find()

    assert (found.url, found.api_key) == (LOCAL, "mgmt-local-key")
    assert found.key_source == str(machine.folder / data / "management.key")


def test_the_data_folder_of_the_environment_is_the_only_one_looked_into(machine: Machine) -> None:
    machine.start_server("data", "mgmt-other-key")
    machine.start_server("elsewhere", "mgmt-right-key")
    machine.environ["SPECTRON_DATA_DIR"] = "elsewhere"

    assert machine.find().api_key == "mgmt-right-key"
    machine.environ["SPECTRON_DATA_DIR"] = "nowhere"
    assert machine.find().api_key is None


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://127.0.0.1:7000", True),
        ("http://localhost:7000", True),
        ("http://[::1]:7000", True),
        ("http://10.0.0.1:9090", False),
        ("http://localhost.test:9090", False),
        (PROD, False),
    ],
)
def test_a_data_folder_s_key_never_leaves_the_machine(machine: Machine, url: str, sent: bool) -> None:
    machine.start_server("data")

    assert (machine.find(Given(url=url)).api_key is not None) is sent


def test_an_unreadable_key_is_named(machine: Machine) -> None:
    machine.start_server("data")
    (machine.folder / "data/management.key").write_bytes(b"\xff\xfe")

    with pytest.raises(ArgumentError, match=r"Can't read the management key in .*data/management.key"):
        machine.find()


def test_options_win_over_the_environment_and_that_over_the_current_profile(machine: Machine) -> None:
    machine.log_in("prod", Profile(PROD, "mgmt-profile", "of-profile"))
    assert machine.find() == Target(PROD, "mgmt-profile", "of-profile", "profile prod")

    machine.environ |= {"SPECTRON_API_KEY": "mgmt-environment", "SPECTRON_CONTEXT_ID": "of-environment"}
    assert machine.find() == Target(PROD, "mgmt-environment", "of-environment", "SPECTRON_API_KEY")

    said = Given(url="http://other.test", api_key="mgmt-option", context="of-option")
    assert machine.find(said) == Target("http://other.test", "mgmt-option", "of-option", "--api-key")


def test_the_current_profile_s_key_is_not_sent_to_another_server(machine: Machine) -> None:
    machine.log_in("prod", Profile(PROD, "mgmt-profile", "acme"))

    assert machine.find(Given(url="http://other.test")) == Target("http://other.test")
    assert machine.find(Given(url=f"{PROD}/")).api_key == "mgmt-profile"


def test_a_profile_named_by_option_is_not_mixed_with_the_environment(machine: Machine) -> None:
    machine.log_in("prod", Profile(PROD, "mgmt-profile"))
    machine.environ |= {
        "SPECTRON_URL": "http://stage.test",
        "SPECTRON_API_KEY": "mgmt-stage",
        "SPECTRON_CONTEXT_ID": "acme",
    }

    assert machine.find(Given(profile="prod")) == Target(PROD, "mgmt-profile", "acme", "profile prod")


def test_a_profile_named_in_the_environment_counts(machine: Machine) -> None:
    machine.log_in("stage", Profile("https://stage.test", "mgmt-stage"))
    machine.log_in("prod", Profile(PROD, "mgmt-prod"))
    machine.environ["SPECTRON_PROFILE"] = "stage"

    assert machine.find().api_key == "mgmt-stage"


def test_an_unknown_profile_is_an_error(machine: Machine) -> None:
    with pytest.raises(ArgumentError, match="no profile 'prod'"):
        machine.find(Given(profile="prod"))


def test_after_logging_out_no_profile_counts(machine: Machine) -> None:
    machine.log_in("prod", Profile(PROD, "mgmt-prod"))
    file = ProfileFile.of_user(machine.environ)
    file.save(Profiles(file.load().known, current=None))

    assert machine.find() == Target(LOCAL)


def test_keys_are_not_in_the_text_form() -> None:
    assert "mgmt-x" not in repr((Given(api_key="mgmt-x"), Target(LOCAL, "mgmt-x")))

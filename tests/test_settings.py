"""Settings: which source wins, what is shown of them, and what is said of wrong ones."""

from pathlib import Path
from typing import Any

import pytest

from server.core.errors import ValidationError
from server.settings import HIDDEN, PREFIX, Settings, load

PASSWORD = "hunter2-hunter2"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "spectron.yaml"


def test_environment_over_file_over_defaults_and_arguments_over_all(file: Path, tmp_path: Path) -> None:
    file.write_text("bind: 0.0.0.0:1\nlog_level: debug\nhash_workers: 3\n")
    environment = {"SPECTRON_BIND": "0.0.0.0:2", "SPECTRON_LOG_LEVEL": "error"}
    loaded = load(environment, file=file, arguments={"bind": "0.0.0.0:3", "data_dir": None})
    assert loaded.settings.bind == "0.0.0.0:3"
    assert loaded.settings.log_level == "error"
    assert loaded.settings.hash_workers == 3
    assert loaded.settings.database_url == "embedded"
    assert {
        name: loaded.sources[name] for name in ("bind", "log_level", "hash_workers", "database_url", "data_dir")
    } == {
        "bind": "argument",
        "log_level": "environment",
        "hash_workers": "file",
        "database_url": "default",
        "data_dir": "default",
    }
    assert tmp_path not in loaded.settings.data_path.parents


def test_the_environment_may_name_the_file(file: Path) -> None:
    file.write_text("log_level: warning")
    assert load({"SPECTRON_CONFIG": str(file)}).settings.log_level == "warning"


def test_structured_values_may_come_from_the_environment(file: Path) -> None:
    loaded = load({"SPECTRON_DEFAULTS": "{models: {response: openai/gpt-4o}, token_limit: 5}"})
    assert loaded.settings.defaults == {"models": {"response": "openai/gpt-4o"}, "token_limit": 5}
    file.write_text("defaults:\n  token_limit: 6\n")
    assert load({}, file=file).settings.defaults == {"token_limit": 6}


@pytest.mark.parametrize("text", ["", "---\n", "# nothing\n"])
def test_an_empty_file_changes_nothing(file: Path, text: str) -> None:
    file.write_text(text)
    assert load({}, file=file).settings == Settings.model_validate({})


@pytest.mark.parametrize(
    ("bind", "host", "port"),
    [("127.0.0.1:9090", "127.0.0.1", 9090), ("[::1]:80", "::1", 80), ("localhost:0", "localhost", 0)],
)
def test_addresses(bind: str, host: str, port: int) -> None:
    settings = load({"SPECTRON_BIND": bind}).settings
    assert (settings.host, settings.port) == (host, port)


def test_secrets_are_hidden_wherever_they_are_shown() -> None:
    loaded = load(
        {
            "SPECTRON_DATABASE_URL": f"ws://root:{PASSWORD}@10.0.0.1:8000",
            "SPECTRON_DATABASE_PASSWORD": PASSWORD,
            "SPECTRON_MASTER_KEY": PASSWORD,
        }
    )
    shown = loaded.redacted()
    assert PASSWORD not in repr(shown)
    assert PASSWORD not in repr(loaded)[: repr(loaded).index("database_url")]
    assert shown["database_password"] == {"value": HIDDEN, "source": "environment"}
    assert shown["master_key"]["value"] == HIDDEN
    assert shown["database_url"]["value"] == f"ws://{HIDDEN}@10.0.0.1:8000"
    assert load({}).redacted()["master_key"] == {"value": None, "source": "default"}
    assert set(shown) == set(Settings.model_fields)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"bind": "9090"}, "bind"),
    ({"bind": ":9090"}, "bind"),
    ({"database_url": "http://x"}, "database_url"),
    ({"log_level": "loud"}, "log_level"),
    ({"request_timeout_seconds": 0}, "request_timeout_seconds"),
    ({"request_timeout_seconds": float("inf")}, "request_timeout_seconds"),
    ({"request_timeout_seconds": float("nan")}, "request_timeout_seconds"),
    ({"key_recheck_seconds": 6}, "key_recheck_seconds"),
    ({"hash_workers": 0}, "hash_workers"),
    ({"hash_workers": "many"}, "hash_workers"),
    ({"max_json_bytes": 1}, "max_json_bytes"),
    ({"defaults": "token_limit"}, "defaults"),
    ({"bnid": "127.0.0.1:1"}, "did you mean 'bind'?"),
]


@pytest.mark.parametrize(("values", "said"), WRONG, ids=[str(values) for values, _ in WRONG])
def test_a_wrong_value_is_named_with_its_source(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as raised:
        load({}, arguments=values)
    assert said in raised.value.detail
    assert "(from argument)" in raised.value.detail
    (name,) = values
    if name in Settings.model_fields and isinstance(values[name], str):
        with pytest.raises(ValidationError, match="from environment"):
            load({PREFIX + name.upper(): values[name]})


@pytest.mark.parametrize(
    "text", [b"- a\n- b\n", b"just text", b"a: [", b"\xff\xfe\x00", b"a: !!python/object:os.system x"]
)
def test_a_file_that_is_none_is_refused_in_one_line(file: Path, text: bytes) -> None:
    file.write_bytes(text)
    with pytest.raises(ValidationError, match=r"spectron\.yaml"):
        load({}, file=file)


def test_a_file_that_is_not_there_is_refused(file: Path) -> None:
    with pytest.raises(ValidationError, match="cannot be read: No such file"):
        load({}, file=file)


def test_structured_text_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(ValidationError, match="SPECTRON_DEFAULTS is not YAML"):
        load({"SPECTRON_DEFAULTS": "{"})


def test_a_secret_that_is_wrong_is_not_repeated() -> None:
    with pytest.raises(ValidationError) as raised:
        load({"SPECTRON_DATABASE_PASSWORD": PASSWORD}, arguments={"hash_workers": PASSWORD})
    assert PASSWORD not in raised.value.detail


def test_every_setting_is_described() -> None:
    assert not [name for name, field in Settings.model_fields.items() if not field.description]

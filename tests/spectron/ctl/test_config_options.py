import io
from pathlib import Path
from typing import Any

import pytest
import typer

from spectron.ctl.config_options import ConfigOptions
from spectron.terminal.terminal import Terminal


def terminal(folder: Path, stdin: str = "", **environ: str) -> Terminal:
    return Terminal(environ, folder, io.StringIO(stdin), io.StringIO(), io.StringIO())


def test_each_option_has_its_place(tmp_path: Path) -> None:
    options = ConfigOptions(
        model_extraction="a/b",
        model_query_understanding="c/d",
        token_limit=5,
        retention_days=7,
        provider=["openai=sk-x=y"],
        set=["extraction.ontology_strict=true", "models.response=e/f"],
    )

    assert options.document(terminal(tmp_path)) == {
        "models": {"extraction": "a/b", "query_understanding": "c/d", "response": "e/f"},
        "token_limit": 5,
        "retention_days": 7,
        "providers": {"openai": "sk-x=y"},
        "extraction": {"ontology_strict": True},
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("0.5", 0.5),
        ("null", None),
        ("false", False),
        ('"5"', "5"),
        ('[{"ttl": "7d"}]', [{"ttl": "7d"}]),
        ("openai/gpt-4o", "openai/gpt-4o"),
        ("7d", "7d"),
        ("yes", "yes"),
        ("", ""),
        ("a=b", "a=b"),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_a_value_is_json_where_it_can_be(tmp_path: Path, text: str, value: Any) -> None:
    assert ConfigOptions(set=[f"token_limit={text}"]).document(terminal(tmp_path)) == {"token_limit": value}


@pytest.mark.parametrize(
    "content", ["token_limit: 5\nmodels: {extraction: a/b}\n", '{"token_limit": 5, "models": {"extraction": "a/b"}}']
)
def test_a_file_is_overridden_by_options(tmp_path: Path, content: str) -> None:
    (tmp_path / "config").write_text(content)
    options = ConfigOptions(config="config", model_extraction="c/d", set=["token_limit=6"])

    assert options.document(terminal(tmp_path)) == {"token_limit": 6, "models": {"extraction": "c/d"}}


def test_a_file_may_come_through_standard_input(tmp_path: Path) -> None:
    assert ConfigOptions(config="-").document(terminal(tmp_path, "token_limit: 5")) == {"token_limit": 5}


def test_provider_keys_need_not_stand_in_the_command(tmp_path: Path) -> None:
    options = ConfigOptions(provider=["openai=-", "anthropic=env:ANTHROPIC_API_KEY"])

    document = options.document(terminal(tmp_path, "sk-piped\n", ANTHROPIC_API_KEY="sk-exported"))

    assert document == {"providers": {"openai": "sk-piped", "anthropic": "sk-exported"}}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (ConfigOptions(set=["token_limit"]), "not of the form NAME=VALUE"),
        (ConfigOptions(set=["=5"]), "not of the form NAME=VALUE"),
        (ConfigOptions(set=["a..b=5"]), "not a dotted name"),
        (ConfigOptions(set=["a.=5"]), "not a dotted name"),
        (ConfigOptions(set=["a=5", "a.b=6"]), "leads through 'a'"),
        (ConfigOptions(provider=["openai"]), "not of the form NAME=VALUE"),
        (ConfigOptions(provider=["openai="]), "no key of openai"),
        (ConfigOptions(provider=["openai=-"]), "no key of openai"),
        (ConfigOptions(provider=["openai=env:MISSING"]), "no key of openai"),
        (ConfigOptions(config="missing"), "can't read missing: No such file"),
        (ConfigOptions(config="."), "can't read .: Is a directory"),
        (ConfigOptions(config="list"), "does not hold names and values"),
        (ConfigOptions(config="broken"), "neither YAML nor JSON"),
        (ConfigOptions(config="bytes"), "neither YAML nor JSON"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(tmp_path: Path, options: ConfigOptions, words: str) -> None:
    (tmp_path / "list").write_text("[1]")
    (tmp_path / "broken").write_text("a: [")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\xff")

    with pytest.raises(typer.BadParameter, match=words):
        options.document(terminal(tmp_path))

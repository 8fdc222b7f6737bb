import io
import json

from spectron.terminal.output import Output
from spectron.terminal.tables import rows


class Screen(io.StringIO):
    """A terminal 80 columns wide."""

    def isatty(self) -> bool:
        return True


def test_json_is_readable_and_exact() -> None:
    stdout = io.StringIO()
    document = {"name": "né", "control": "\x1b\x9b\x7f", "half": "\ud800", "list": [1, None, True]}

    Output(stdout, io.StringIO()).json(document)

    assert json.loads(stdout.getvalue()) == document
    assert "né" in stdout.getvalue()
    assert not {"\x1b", "\x9b", "\x7f"} & set(stdout.getvalue())


def test_what_the_stream_can_not_encode_is_spelled_out() -> None:
    raw = io.BytesIO()
    output = Output(io.TextIOWrapper(raw, encoding="ascii"), io.StringIO())

    output.json({"name": "né \ud800"})
    output.line("né")
    output.flush()

    first, second = raw.getvalue().decode("ascii").rsplit("}\n", 1)
    assert "n\\xe9" in first
    assert second == "n\\xe9\n"


def test_tables_are_not_cut_where_a_program_reads() -> None:
    stdout = io.StringIO()
    long = "x" * 300

    Output(stdout, io.StringIO()).show(rows(("ID", "NAME"), [(long, "[bold]worker[/bold] :smile:")]))

    assert long in stdout.getvalue()
    assert "[bold]worker[/bold] :smile:" in stdout.getvalue()


def test_on_a_screen_long_values_are_folded_and_nothing_is_lost() -> None:
    stdout = Screen()

    Output(stdout, io.StringIO()).show(rows(("ID",), [("x" * 300,)]))

    assert stdout.getvalue().count("x") == 300


def test_words_go_to_standard_error() -> None:
    stdout, stderr = io.StringIO(), io.StringIO()
    output = Output(stdout, stderr)

    output.note("Done.")
    output.error("No \x1b[2J.")
    output.preview(rows(("ID",), [("acme",)]))

    assert stdout.getvalue() == ""
    assert stderr.getvalue().startswith("Done.\nError: No \\x1b[2J.\n")
    assert "acme" in stderr.getvalue()

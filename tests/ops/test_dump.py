"""What is understood of a dump while it passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.dump import DumpWatch
from ops.errors import DamagedError
from tests.ops.dumps import dump_of, pieces_of

DUMP = dump_of("acme", {"turn": ["{ id: turn:1, text: 'né\\n-- spectron: {}' }", "{ id: turn:2 }"], "entity": []})


def watched(data: bytes, size: int = 4096) -> DumpWatch:
    watch = DumpWatch()
    for piece in pieces_of(data, size):
        watch.feed(piece)
    return watch


@given(st.integers(1, len(DUMP) + 1))
def test_however_it_is_cut_into_pieces_it_says_the_same(size: int) -> None:
    header, trailer = watched(DUMP, size).summary()
    assert (header.kind, header.context_id, header.schema_version) == ("context", "acme", 2)
    assert {table: found.rows for table, found in trailer.tables.items()} == {"turn": 2, "entity": 0}
    assert trailer.rows == 2


@given(st.integers(0, len(DUMP) - 1))
def test_a_dump_without_its_end_is_refused_wherever_it_was_cut(length: int) -> None:
    with pytest.raises(DamagedError, match="Export it again"):
        watched(DUMP[:length]).summary()


@pytest.mark.parametrize("line", range(DUMP.count(b"\n")))
@pytest.mark.parametrize("times", [0, 2])
def test_a_line_that_is_lost_or_doubled_is_noticed(line: int, times: int) -> None:
    lines = DUMP.splitlines(keepends=True)
    if lines[line].startswith(b"--") and times == 2:
        pytest.skip("a comment that is written twice says nothing else")
    with pytest.raises(DamagedError):
        watched(b"".join([*lines[:line], *[lines[line]] * times, *lines[line + 1 :]])).summary()


def test_something_else_is_no_dump() -> None:
    with pytest.raises(DamagedError, match="no dump of Spectron"):
        watched(b"<html>\n<body>502 Bad Gateway</body>\n</html>\n").summary()


def test_long_lines_take_no_memory() -> None:
    watch = DumpWatch()
    watch.feed(b"OPTION IMPORT;\n" + DUMP.splitlines(keepends=True)[1] + b"INSERT ")
    for _ in range(64):
        watch.feed(b"x" * (1 << 20))
    assert len(watch._line) < 8 << 20

"""Rows as text: sets stay sets, and code is told from values."""

import pytest

from server.store.dumps.literals import only_values, with_sets


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("{,}", "<set>[]"),
        ("{1,}", "<set>[1]"),
        ("{a:1, a:3}", "<set>[a:1, a:3]"),
        ("{ a: {x:1, x:2} }", "{ a: <set>[x:1, x:2] }"),
        ("{{1,}, { a: 1 }}", "<set>[<set>[1], { a: 1 }]"),
        ("{[1, {2,}],}", "<set>[[1, <set>[2]]]"),
        ("{{ a: 1 },}", "<set>[{ a: 1 }]"),
        ("{  }", "{  }"),
        ("x:{ a: 1 }", "x:{ a: 1 }"),
        ("['{a, b}', \"{,}\", x:`{1,}`, 'it\\'s {,}']", "['{a, b}', \"{,}\", x:`{1,}`, 'it\\'s {,}']"),
    ],
)
def test_a_set_is_written_so_that_it_is_read_as_one(written: str, kept: str) -> None:
    assert with_sets(written) == kept


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '[{ a: 1, b: -2.5f, c: 3dec, d: 1h30m, e: NaN, f: -Infinity, "1st": 1µs, `x y`: NULL }]',
        "[{ id: turn:0, t: d'2026-01-01T00:00:00.123456789Z', u: u'0192f9f2-7d3a-7f63-8a6e-2b1f0d7a9c11' }]",
        "[{ id: entity:['Person', \"bob o'neil\"], s: <set>[scope_attribute:['a', 'b']], b: b\"00FF\" }]",
        "[{ id: relates_to:61vu8, in: turn:-5, out: turn:`-5` }]",
        "[{ p: (1.5f, -2.5f), o: {  }, x: turn:{ a: 1 }, y: turn:`a b`, z: true }]",
    ],
)
def test_values_are_admitted(text: str) -> None:
    assert only_values(text)


@pytest.mark.parametrize(
    "text",
    [
        "[a]",
        "[1 + 1]",
        "[$x]",
        "[f()]",
        "[(1)]",
        "[1..2]",
        "[/x/]",
        "[a::b]",
        "[{ DELETE turn }]",
        "[1; 2]",
        "[|| 1]",
        "['",
    ],
)
def test_anything_else_is_not(text: str) -> None:
    assert not only_values(text)


def test_a_text_that_is_refused_at_its_end_is_refused_soon() -> None:
    assert not only_values("[" + "1234567890" * 100_000 + "$]")
    assert not only_values("[" + "1, 'a', { a: 1 }, " * 50_000 + "$]")

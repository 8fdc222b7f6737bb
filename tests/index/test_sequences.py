"""Rows in the order of their positions, whatever order they come in."""

from hypothesis import given
from hypothesis import strategies as st

from server.index.sequences import NONE, Sequence


@given(st.lists(st.integers(0, 5), max_size=30), st.data())
def test_neighbours_are_those_of_a_sorted_list(positions: list[int], data: st.DataObject) -> None:
    sequence, model = Sequence(), list[tuple[int, int]]()
    for row, position in enumerate(positions):
        model = sorted([*model, (position, row)])
        assert sequence.insert(position, row) == around(model, model.index((position, row)))
    while model:
        gone = data.draw(st.sampled_from(model))
        at = model.index(gone)
        expected = around(model, at)
        model.remove(gone)
        assert sequence.remove(*gone) == expected
    assert len(sequence) == 0


def around(model: list[tuple[int, int]], at: int) -> tuple[int, int]:
    before = model[at - 1][1] if at else NONE
    after = model[at + 1][1] if at + 1 < len(model) else NONE
    return before, after

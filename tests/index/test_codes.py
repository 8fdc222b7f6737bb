"""A first look through codes leaves out nothing that is among the nearest, whatever the vectors are like."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.index.codes import BLOCK, Codes
from server.index.products import Multiplier, products

Vectors = npt.NDArray[np.float32]
ONE_THREAD = Multiplier(1)


def nearest(vectors: Vectors, query: Vectors, k: int, rows: npt.NDArray[np.int32] | None = None) -> set[int]:
    chosen = np.arange(len(vectors), dtype=np.int32) if rows is None else rows
    order = np.lexsort((chosen, -products(vectors[chosen], query)))
    return set(chosen[order[:k]].tolist())


def promising(
    codes: Codes, vectors: Vectors, query: Vectors, k: int, rows: npt.NDArray[np.int32] | None = None
) -> set[int]:
    return set(codes.promising(rows, len(vectors), query, k, ONE_THREAD).tolist())


@given(
    seed=st.integers(0, 10_000),
    count=st.integers(1, 400),
    width=st.sampled_from([1, 2, 16, 256]),
    spread=st.sampled_from([0.0, 1e-6, 0.01, 1.0, 1e6]),
    share=st.floats(0.01, 1.0),
)
def test_none_of_the_nearest_is_left_out(seed: int, count: int, width: int, spread: float, share: float) -> None:
    chance = np.random.default_rng(seed)
    middle = chance.standard_normal(width)
    vectors = (middle + spread * chance.standard_normal((count, width))).astype(np.float32)
    query = (middle + chance.standard_normal(width)).astype(np.float32)
    codes = Codes.of(vectors, count)
    assert nearest(vectors, query, 10) <= promising(codes, vectors, query, 10)
    rows = np.flatnonzero(chance.random(count) < share).astype(np.int32)
    assert nearest(vectors, query, 10, rows) <= promising(codes, vectors, query, 10, rows)


def test_of_many_vectors_few_are_left() -> None:
    chance = np.random.default_rng(3)
    vectors = chance.standard_normal((2 * BLOCK + 5, 256)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    codes = Codes.of(vectors, len(vectors))
    left = promising(codes, vectors, vectors[7], 50)
    assert nearest(vectors, vectors[7], 50) <= left
    assert len(left) < len(vectors) / 20


def test_of_equal_vectors_all_are_left() -> None:
    vectors = np.ones((300, 8), dtype=np.float32)
    assert len(promising(Codes.of(vectors, 300), vectors, vectors[0], 10)) == 300


def test_rows_that_come_later_and_need_more_room_keep_the_bounds_of_all() -> None:
    chance = np.random.default_rng(5)
    vectors = np.zeros((64, 32), dtype=np.float32)
    vectors[:, :8] = chance.standard_normal((64, 8))
    vectors[40:] = 50 * chance.standard_normal((24, 32))
    codes = Codes(40, 8)
    for row in range(40):
        codes.put(row, vectors[row : row + 1, :8])
    codes = codes.enlarged(80, 32)
    for row in range(40, 64):
        codes.put(row, vectors[row : row + 1])
    for query in chance.standard_normal((50, 32)).astype(np.float32):
        assert nearest(vectors, query, 5) <= promising(codes, vectors, query, 5)


@pytest.mark.parametrize("query", [np.zeros(8), np.full(8, 1e-30), np.full(8, 3.0)])
def test_what_was_cleared_stands_for_nothing(query: Vectors) -> None:
    vectors = np.ones((3, 8), dtype=np.float32)
    codes = Codes.of(vectors, 3)
    codes.clear(1)
    vectors[1] = 0
    wanted = query.astype(np.float32)
    assert nearest(vectors, wanted, 2) <= promising(codes, vectors, wanted, 2)

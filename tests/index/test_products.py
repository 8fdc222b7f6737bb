"""Products are the same however many threads they are shared among."""

import numpy as np
import pytest

from server.index.products import WHOLES_WORTH_SHARING, WORTH_SHARING, Multiplier, products


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
@pytest.mark.parametrize("count", [0, 1, 100, WORTH_SHARING // 64, WORTH_SHARING // 64 + 5])
def test_sharing_changes_nothing(threads: int, count: int) -> None:
    random = np.random.default_rng(count)
    vectors = random.standard_normal((count, 64), dtype=np.float32)
    query = random.standard_normal(64, dtype=np.float32)
    multiplier = Multiplier(threads)
    shared = multiplier.products(vectors, query)
    multiplier.close()
    assert shared.dtype == np.float32
    assert np.array_equal(shared, products(vectors, query))
    assert np.allclose(shared, vectors @ query, atol=1e-3)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 100, WHOLES_WORTH_SHARING // 1536 + 5])
def test_products_of_whole_numbers_are_exact_however_they_are_shared(threads: int, count: int) -> None:
    random = np.random.default_rng(count)
    vectors = random.integers(-127, 128, (count, 1536), dtype=np.int8)
    query = random.integers(-127, 128, 1536, dtype=np.int8)
    multiplier = Multiplier(threads)
    shared = multiplier.whole_products(vectors, query)
    multiplier.close()
    assert shared.dtype == np.float32
    assert np.array_equal(shared, vectors.astype(np.int32) @ query.astype(np.int32))

"""The embedding model that comes with the installation."""

import asyncio
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.models.local import LocalEmbedder

MODEL = LocalEmbedder()


async def test_vectors_have_length_one_and_follow_meaning(local: LocalEmbedder) -> None:
    rows = await local.embed(
        ["The cat sleeps on the sofa.", "A kitten naps on the couch.", "Quarterly revenue grew by nine per cent."]
    )
    assert rows.shape == (3, local.dimension)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2


async def test_a_text_has_the_same_vector_alone_and_in_a_crowd(local: LocalEmbedder) -> None:
    texts = [f"sentence number {number} about {'ships ' * (number % 7)}" for number in range(150)]
    together = await local.embed(texts)
    assert np.allclose((await local.embed(texts[149:]))[0], together[149], atol=1e-6)


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t", "\x00", "\ud800", "a\udfffb", "👩‍👩‍👧‍👦", "\u200b", "漢字かな交じり文"]
)
async def test_any_text_has_a_direction(local: LocalEmbedder, text: str) -> None:
    rows = await local.embed([text])
    assert np.linalg.norm(rows[0]) == pytest.approx(1.0, abs=1e-5)
    assert local.count_tokens([text])[0] >= 0


async def test_no_text_has_no_rows(local: LocalEmbedder) -> None:
    assert (await local.embed([])).shape == (0, 256)
    assert local.count_tokens([]) == []


def test_tokens_are_counted_without_markers(local: LocalEmbedder) -> None:
    assert local.count_tokens(["", "Hello", "Hello world"]) == [0, 1, 2]


# What divides words, words, and what is read by other rules.
PARTS = st.lists(
    st.sampled_from([" ", "  ", "\n", "\t", "tide", "Tides,", "\u2581", "<s>", "<unk>", "\u6f22", "\ud800", "x" * 50])
    | st.text(max_size=6)
).map("".join)


@settings(deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=4))
def test_counting_word_by_word_is_counting_the_tokens(texts: list[str]) -> None:
    encoded = MODEL._loaded().tokenizer.encode_batch_fast(
        [text.encode("utf-8", "replace").decode() for text in texts], add_special_tokens=False
    )
    assert MODEL.count_tokens(texts) == [len(one) for one in encoded]


async def test_the_model_is_loaded_once_by_all_who_come_first() -> None:
    embedder = LocalEmbedder()
    assert embedder._model is None
    await asyncio.gather(*(embedder.embed(["x"]) for _ in range(8)))
    first = embedder._model
    await embedder.embed(["y"])
    assert embedder._model is first


def test_it_needs_no_network_and_leaves_logging_alone() -> None:
    script = (
        "import logging, socket, sys\n"
        "def refuse(*_): raise AssertionError('a connection was made')\n"
        "socket.socket.connect = refuse\n"
        "from server.models.local import LocalEmbedder\n"
        "LocalEmbedder().embed_now(['x'])\n"
        "assert logging.root.handlers == []\n"
        "assert 'requests' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)

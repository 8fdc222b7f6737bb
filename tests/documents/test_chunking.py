"""How documents are cut, for any text at all."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.errors import ValidationError
from server.documents.chunking import Chunk, Chunker
from server.documents.extraction.result import Section
from server.models.embedding import TokenCounter
from server.models.local import LocalEmbedder

COUNTER = LocalEmbedder().count_tokens
FRAGMENTS = [
    "Ships float. ", "What?! ", "word ", "\n", "\n\n", "  ", "\t", "漢字かな。", "「はい。」", "👨\u200d👩\u200d👧",
    "e\u0301\u0301", "...", "Dr. Who ",
    "x" * 90, "\u2028", "\x00", "שלום ", "(a) [b] ", "0123456789", '."\'', "\r\n", "\u200d", "\x85",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=600),
    st.lists(st.sampled_from(FRAGMENTS), max_size=250).map("".join),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=40)), max_size=60).map("".join),
)
SIZES = st.sampled_from([(32, 0), (32, 4), (32, 16), (64, 8), (128, 64), (512, 64)])


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[Section]]:
    text = draw(TEXTS)
    offsets = draw(st.lists(st.integers(0, max(0, len(text) - 1)), max_size=8)) if text else []
    return text, [Section(f"H{number}", draw(st.integers(1, 6)), offset) for number, offset in enumerate(offsets)]


@settings(max_examples=300, deadline=None)
@given(documents(), SIZES)
def test_chunks_are_exact_bounded_ordered_and_leave_nothing_out(
    document: tuple[str, list[Section]], sizes: tuple[int, int]
) -> None:
    text, sections = document
    size, overlap = sizes
    chunks = [*Chunker(COUNTER, size=size, overlap=overlap).chunks(text, sections)]
    covered = bytearray(len(text))
    for position, chunk in enumerate(chunks):
        assert chunk.position == position
        assert text[chunk.char_start : chunk.char_end] == chunk.text
        assert chunk.text
        assert chunk.text == chunk.text.strip()
        assert 0 < chunk.token_count <= size
        covered[chunk.char_start : chunk.char_end] = b"x" * (chunk.char_end - chunk.char_start)
    assert all(covered[index] or character.isspace() for index, character in enumerate(text))
    for before, after in pairwise(chunks):
        assert before.char_start < after.char_start
        assert before.char_end < after.char_end
        repeated = text[after.char_start : before.char_end]
        assert not any(after.char_start < section.offset < before.char_end for section in sections)
        assert COUNTER([repeated])[0] <= overlap + _slack(repeated)


@settings(max_examples=50, deadline=None)
@given(documents())
def test_the_same_text_is_cut_the_same_way(document: tuple[str, list[Section]]) -> None:
    chunker = Chunker(COUNTER, size=32, overlap=8)
    assert [*chunker.chunks(*document)] == [*chunker.chunks(*document)]


def _slack(repeated: str) -> int:
    """Tokens are counted in pieces of at most 80 characters, and a piece may count one less than on its own."""
    return len(repeated) // 8 + 2


def _prose(sentences: int) -> str:
    return " ".join(f"The ship number {number} sailed on a calm and endless sea." for number in range(sentences))


def _chunks(text: str, count_tokens: TokenCounter, sections: Sequence[Section] = (), **sizes: int) -> list[Chunk]:
    return [*Chunker(count_tokens, **sizes).chunks(text, sections)]


def test_prose_is_cut_between_sentences_into_full_chunks(count_tokens: TokenCounter) -> None:
    chunks = _chunks(_prose(400), count_tokens)
    assert len(chunks) > 5
    for chunk in chunks:
        assert chunk.text.startswith("The ship number")
        assert chunk.text.endswith("endless sea.")
        assert chunk.token_count == pytest.approx(count_tokens([chunk.text])[0], abs=2)
    assert all(chunk.token_count > 480 for chunk in chunks[:-1])


def test_a_chunk_repeats_the_end_of_the_one_before(count_tokens: TokenCounter) -> None:
    text = _prose(400)
    for before, after in pairwise(_chunks(text, count_tokens)):
        repeated = text[after.char_start : before.char_end]
        assert repeated.startswith("The ship number")
        assert 32 <= count_tokens([repeated])[0] <= 64


def test_a_single_sentence_is_cut_between_words_and_repeats_up_to_the_overlap(count_tokens: TokenCounter) -> None:
    text = " ".join(f"word{number}" for number in range(1500))
    chunks = _chunks(text, count_tokens)
    words = set(text.split())
    assert all(set(chunk.text.split()) <= words for chunk in chunks)
    for before, after in pairwise(chunks):
        assert 32 <= count_tokens([text[after.char_start : before.char_end]])[0] <= 64


def test_a_short_text_is_one_chunk(count_tokens: TokenCounter) -> None:
    (chunk,) = _chunks("  Hello, world.\n", count_tokens)
    assert (chunk.text, chunk.char_start, chunk.char_end, chunk.section) == ("Hello, world.", 2, 15, None)
    assert _chunks("", count_tokens) == []
    assert _chunks(" \n\t ", count_tokens) == []


def test_headings_end_chunks_and_are_carried_with_those_above(count_tokens: TokenCounter) -> None:
    text, sections = "", []
    for level, title in ((1, "Fleet"), (2, "Brigs"), (3, "Sails"), (2, "Sloops"), (1, "Ports")):
        sections.append(Section(title, level, len(text)))
        text += f"{'#' * level} {title}\n\n{_prose(20)}\n\n"
    chunks = _chunks(text, count_tokens, sections)
    assert [chunk.section for chunk in chunks] == [
        "Fleet",
        "Fleet > Brigs",
        "Fleet > Brigs > Sails",
        "Fleet > Sloops",
        "Ports",
    ]
    assert [chunk.char_start for chunk in chunks] == [section.offset for section in sections]


def test_short_sections_share_a_chunk(count_tokens: TokenCounter) -> None:
    parts = [f"# Part {number}\n\nJust one line.\n\n" for number in range(10)]
    sections = [Section(f"Part {number}", 1, number * len(parts[0])) for number in range(10)]
    (chunk,) = _chunks("".join(parts), count_tokens, sections)
    assert chunk.section == "Part 0"


def test_a_text_before_the_first_heading_is_called_by_it(count_tokens: TokenCounter) -> None:
    text = "---\nfront: matter\n---\n# Ships\n\nThey float."
    (chunk,) = _chunks(text, count_tokens, [Section("Ships", 1, text.index("#"))])
    assert chunk.section == "Ships"


@pytest.mark.parametrize("text", ["Dr. Smith met Mr. Jones, e.g. at No. 5. ", "He asked: what now? and left. "])
def test_what_looks_like_the_end_of_a_sentence_is_not_always_one(count_tokens: TokenCounter, text: str) -> None:
    chunks = _chunks(text * 100, count_tokens, size=64, overlap=0)
    assert {chunk.text[:6] for chunk in chunks} == {text[:6]}


def test_letters_and_their_accents_stay_together(count_tokens: TokenCounter) -> None:
    family = "👨\u200d👩\u200d👧\u200d👦"
    for chunk in _chunks(family * 200 + "e\u0301" * 500, count_tokens, size=64, overlap=8):
        assert chunk.text[0] in {"👨", "e"}


@pytest.mark.parametrize(("size", "overlap"), [(0, 0), (31, 0), (9000, 0), (64, 33), (64, -1)])
def test_sizes_without_meaning_are_refused(count_tokens: TokenCounter, size: int, overlap: int) -> None:
    with pytest.raises(ValidationError, match="make no sense; use a chunk_size of 32 to 8192"):
        Chunker(count_tokens, size=size, overlap=overlap)


class CountingCounter:
    """Counts words, and how many characters it was shown."""

    def __init__(self) -> None:
        self.shown = 0

    def __call__(self, texts: Sequence[str]) -> list[int]:
        self.shown += sum(map(len, texts))
        return [len(text.split()) + len(text) // 10 for text in texts]


@pytest.mark.parametrize(
    "unit", ["word ", "x", " ", "\n", "a\n", ".", '."', "漢字。", "One sentence. ", "\n \n", "e\u0301", "a. b\n\nc? "]
)
def test_the_work_grows_with_the_length_alone(unit: str) -> None:
    shown = []
    for length in (50_000, 200_000):
        counter = CountingCounter()
        text = unit * (length // len(unit))
        chunks = [*Chunker(counter).chunks(text)]
        assert sum(chunk.char_end - chunk.char_start for chunk in chunks) <= 1.5 * length
        shown.append(counter.shown)
    assert shown[1] <= 4.2 * shown[0] + 1000
    assert shown[1] <= 8 * 200_000


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["word ", "x", "漢", "Some words in a sentence of its own. "])
def test_five_megabytes_on_one_line_are_no_trouble(count_tokens: TokenCounter, unit: str) -> None:
    text = unit * (5_000_000 // len(unit))
    assert sum(1 for _ in Chunker(count_tokens).chunks(text)) <= len(text) // 100

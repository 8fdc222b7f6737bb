"""From the text of a document to the chunks that are searched."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server.core.errors import ValidationError
from server.documents.extraction.result import Section
from server.documents.splitting import Border, Piece, pieces
from server.models.embedding import TokenCounter

MIN_SIZE = 32
MAX_SIZE = 8192
_PIECES_A_CHUNK = 8
_SEPARATOR = " > "
# How full a chunk must be at least, so that a border of that kind ends it.
_FILLED_ENOUGH = {Border.HEADING: 1 / 4, Border.PARAGRAPH: 2 / 3, Border.SENTENCE: 1 / 2, Border.LINE: 3 / 4}


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a text, whose `text[char_start:char_end]` it is, with the headings above it.

    Tokens are counted piece by piece, which now and then makes a few more than counting them at once.
    """

    position: int
    text: str
    char_start: int
    char_end: int
    section: str | None
    token_count: int


class Chunker:
    """Cuts at headings, paragraphs and sentences, in this order, and within a sentence only where it must.

    A chunk has at most `size` tokens and repeats at most `overlap` tokens of the one before, which it does not do after
    a heading. Every character of the text that is no white space is in a chunk, and the work grows with the length of
    the text alone.
    """

    def __init__(self, count_tokens: TokenCounter, *, size: int = 512, overlap: int = 64) -> None:
        if not MIN_SIZE <= size <= MAX_SIZE or not 0 <= overlap <= size // 2:
            raise ValidationError(
                f"Chunks of {size} tokens with an overlap of {overlap} make no sense; use a chunk_size of "
                f"{MIN_SIZE} to {MAX_SIZE} and a chunk_overlap of at most half of that."
            )
        self._count_tokens = count_tokens
        self._size = size
        self._overlap = overlap
        self._piece_size = max(1, min(size // _PIECES_A_CHUNK, overlap // 2 or size))

    def chunks(self, text: str, sections: Sequence[Section] = ()) -> Iterator[Chunk]:
        """The chunks in the order of the text."""
        outline = _Outline(sections)
        position = reached = 0
        for run in self._runs(text, outline.offsets):
            covered = text[run[0].start : run[-1].end]
            start = run[0].start + len(covered) - len(covered.lstrip())
            chunk = covered.strip()
            end = start + len(chunk)
            # A run may add nothing but white space to what it repeats.
            if chunk and end > reached:
                yield Chunk(position, chunk, start, end, outline.above(start, end), sum(piece.tokens for piece in run))
                position += 1
                reached = end

    def _runs(self, text: str, headings: Sequence[int]) -> Iterator[list[Piece]]:
        """The pieces of each chunk."""
        window: list[Piece] = []
        repeated = total = 0
        for piece in pieces(text, headings, self._count_tokens, self._piece_size):
            window.append(piece)
            total += piece.tokens
            while total > self._size and len(window) > 1:
                cut = self._cut(window, repeated)
                yield window[:cut]
                keep = self._begin_overlap(window, cut)
                window, repeated = window[keep:], cut - keep
                total = sum(kept.tokens for kept in window)
        if len(window) > repeated:
            yield window

    def _cut(self, window: Sequence[Piece], repeated: int) -> int:
        """Before which piece the chunk ends, so that it fits and holds more than what it repeats."""
        found: dict[Border, int] = {}
        filled = sum(piece.tokens for piece in window)
        for index in range(len(window) - 1, repeated, -1):
            filled -= window[index].tokens
            border = window[index].border
            if filled >= self._size * _FILLED_ENOUGH.get(border, 1) and border not in found:
                found[border] = index
        return found[max(found)] if found else max(len(window) - 1, 1)

    def _begin_overlap(self, window: Sequence[Piece], cut: int) -> int:
        """With which piece the next chunk begins: with a sentence, if at least half of the overlap remains."""
        if window[cut].border is Border.HEADING:
            return cut
        begin = sentence = cut
        tokens = 0
        for index in range(cut - 1, 0, -1):
            tokens += window[index].tokens
            if tokens > self._overlap:
                break
            begin = index
            if window[index].border >= Border.SENTENCE and tokens >= self._overlap / 2:
                sentence = index
            if window[index].border is Border.HEADING:
                break
        return sentence if sentence < cut else begin


class _Outline:
    """Which headings stand above a place in the text."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.offsets: list[int] = []
        self._paths: list[str] = []
        above: list[Section] = []
        for section in sorted(sections, key=lambda section: section.offset):
            above = [outer for outer in above if outer.level < section.level] + [section]
            self.offsets.append(section.offset)
            self._paths.append(_SEPARATOR.join(outer.title for outer in above))

    def above(self, start: int, end: int) -> str | None:
        """The headings above the beginning of a chunk, or else the first within it."""
        index = max(0, bisect_right(self.offsets, start) - 1)
        return self._paths[index] if self.offsets and self.offsets[index] < end else None

"""From bytes to text, whatever the encoding."""

import codecs

from charset_normalizer import from_bytes

from server.core.errors import ExtractionError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 65536
_CONTROL = bytes(set(range(32)) - {7, 8, 9, 10, 12, 13, 27})
_MAX_CONTROL_SHARE = 0.01
_LONGEST = 4
_MANY_ZEROS = 0.7
_FEW_ZEROS = 0.05


def decode(data: bytes, hint: str | None = None) -> str:
    """The text of a file; `hint` is the encoding that the file itself claims to have."""
    for encoding in (_marked(data), "utf-8", hint, _unmarked_utf16(data)):
        if encoding is not None and (text := _decoded(data, encoding)) is not None:
            return text
    best = from_bytes(data[:_SAMPLE]).best()
    if best is None or (text := _decoded(data, best.encoding, errors="replace")) is None:
        raise ExtractionError("The encoding of the text can't be told. Save the file as UTF-8 and upload it again.")
    return text


def looks_like_text(head: bytes) -> bool:
    """Whether bytes from the beginning of a file could be text in some encoding."""
    if _marked(head) or _unmarked_utf16(head):
        return True
    control = len(head) - len(head.translate(None, _CONTROL))
    return b"\0" not in head and control <= len(head) * _MAX_CONTROL_SHARE


def _decoded(data: bytes, encoding: str, errors: str = "strict") -> str | None:
    try:
        return data.decode(encoding, errors)
    except LookupError:
        return None
    except UnicodeDecodeError as error:
        whole = data[: error.start]
        cut_inside_the_last_character = error.start >= len(data) - _LONGEST and not whole.isascii()
        return whole.decode(encoding) if cut_inside_the_last_character else None


def _marked(data: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def _unmarked_utf16(data: bytes) -> str | None:
    """Text of mostly Western letters has a zero in every other byte."""
    sample = data[:_SAMPLE]
    half = len(sample) // 2
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > half * _MANY_ZEROS and even < half * _FEW_ZEROS:
        return "utf-16-le"
    if even > half * _MANY_ZEROS and odd < half * _FEW_ZEROS:
        return "utf-16-be"
    return None

"""Vectors on their way to and from the database, as CBOR that the engine itself takes apart and puts together."""

import numpy as np
import numpy.typing as npt

from server.core.errors import UnprocessableError

Vector = npt.NDArray[np.float32]

WIDTH = 1536
ENCODED = "encoding::cbor::encode(embedding)"

_HEADER = bytes([0x99]) + WIDTH.to_bytes(2)
_SINGLE = 0xFA
_PAIR = np.dtype([("head", "u1"), ("value", ">f4")])
_FLOATS = {0xF9: ">f2", _SINGLE: ">f4", 0xFB: ">f8"}


def decoded(variable: str) -> str:
    """The expression that makes an embedding of what `encode` made; the engine's decoder spares Python's."""
    return f"encoding::cbor::decode({variable})"


def encode(vector: Vector) -> bytes:
    """A vector for an embedding column, with zeros where it is narrower, which change no cosine."""
    if vector.ndim != 1 or not 0 < len(vector) <= WIDTH:
        raise UnprocessableError(f"A vector of shape {vector.shape} does not fit a column of {WIDTH} numbers.")
    pairs = np.zeros(WIDTH, dtype=_PAIR)
    pairs["head"] = _SINGLE
    pairs["value"][: len(vector)] = vector
    return _HEADER + pairs.tobytes()


def decode(data: bytes, width: int = WIDTH) -> Vector:
    """The first `width` numbers of what `ENCODED` selects; the engine writes each number as short as it can."""
    vector = np.empty(WIDTH, dtype=np.float32)
    filled, position = 0, len(_HEADER)
    while filled < width:
        kind = np.dtype([("head", "u1"), ("value", _FLOATS[data[position]])])
        rest = np.frombuffer(data, kind, (len(data) - position) // kind.itemsize, position)
        different = np.flatnonzero(rest["head"] != data[position])
        run = rest["value"][: different[0] if len(different) else len(rest)]
        vector[filled : filled + len(run)] = run
        filled += len(run)
        position += len(run) * kind.itemsize
    return vector[:width]

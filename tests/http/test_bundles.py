"""Forms of large parts, whatever pieces they come in."""

from collections.abc import AsyncIterator

import pytest

from server.core.errors import UnprocessableError, UnsupportedMediaTypeError
from server.http.bundles import bundle_parts

KIND = "multipart/form-data; boundary=edge"
PARTS = [
    ("dump", "acme", b"--edge of\r\n-- nothing\r\n"),
    ("control", "", b""),
    ("original", "d1", bytes(range(256)) * 9),
]


def form() -> bytes:
    head = 'Content-Disposition: form-data; name="{}"; filename="{}"'
    return b"".join(
        f"--edge\r\n{head.format(kind, name)}\r\nX-Other: 1\r\n\r\n".encode() + data + b"\r\n"
        for kind, name, data in PARTS
    ) + (b"--edge--\r\n")


async def cut(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


@pytest.mark.parametrize("size", [1, 2, 7, 64, 100_000])
async def test_the_parts_come_in_order_whatever_the_pieces(size: int) -> None:
    found = [
        (part.kind, part.name, b"".join([piece async for piece in part.pieces]))
        async for part in bundle_parts(KIND, cut(form(), size))
    ]
    assert found == PARTS


async def test_what_nobody_reads_is_passed_over() -> None:
    found = []
    async for part in bundle_parts(KIND, cut(form(), 5)):
        found.append(part.kind)
        if part.kind == "dump":
            assert await anext(part.pieces)
    assert found == ["dump", "control", "original"]


@pytest.mark.parametrize("kept", [0, 1, 40, len(form()) - 10])
async def test_one_that_breaks_off_is_refused(kept: int) -> None:
    with pytest.raises(UnprocessableError):
        [part async for part in bundle_parts(KIND, cut(form()[:kept], 9))]


async def test_what_is_no_form_is_refused() -> None:
    with pytest.raises(UnprocessableError):
        [part async for part in bundle_parts(KIND, cut(b"nonsense" * 9, 9))]
    with pytest.raises(UnsupportedMediaTypeError):
        [part async for part in bundle_parts("multipart/form-data", cut(form(), 9))]

"""Compression, encryption, hashes, and errors from either end."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from io import BytesIO

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import DamagedError, RepositoryError
from ops.repository.encryption import Identities, Recipients
from ops.repository.sealing import seal, unseal
from ops.repository.storage import Writer

KEY = pyrage.x25519.Identity.generate()
OTHER = pyrage.x25519.Identity.generate()
PLAIN, ENCRYPTED = Recipients(), Recipients([str(KEY.to_public())])


class Memory(Writer):
    def __init__(self, room: int = 1 << 30) -> None:
        self.data = bytearray()
        self._room = room

    def write(self, data: bytes, /) -> int:
        if len(self.data) + len(data) > self._room:
            raise RepositoryError("it is full; free space")
        self.data += data
        return len(data)

    def commit(self) -> None: ...

    def abandon(self) -> None: ...


def ignore(_: bytes) -> None: ...


def sealed(pieces: list[bytes], recipients: Recipients) -> bytes:
    memory = Memory()
    seal(pieces, memory, recipients, ignore)
    return bytes(memory.data)


def opened(
    data: bytes, *, encrypted: bool, keys: list[object] | None = None, sink: Callable[[bytes], None] = ignore
) -> bytes:
    found = bytearray()

    def collect(piece: bytes) -> None:
        sink(piece)
        found.extend(piece)

    unseal(BytesIO(data), encrypted=encrypted, identities=Identities([KEY] if keys is None else keys), sink=collect)
    return bytes(found)


@given(st.lists(st.binary(max_size=300)), st.booleans())
def test_what_is_sealed_comes_out_again(pieces: list[bytes], encrypted: bool) -> None:
    memory, seen = Memory(), bytearray()
    made = seal(pieces, memory, ENCRYPTED if encrypted else PLAIN, seen.extend)
    plain = b"".join(pieces)
    assert bytes(seen) == plain
    assert (made.plain_size, made.plain_sha256) == (len(plain), sha256(plain).hexdigest())
    assert (made.size, made.sha256) == (len(memory.data), sha256(memory.data).hexdigest())
    read = unseal(BytesIO(memory.data), encrypted=encrypted, identities=Identities([KEY]), sink=ignore)
    assert read == made
    assert opened(bytes(memory.data), encrypted=encrypted) == plain


@pytest.mark.parametrize("recipients", [PLAIN, ENCRYPTED])
def test_an_error_of_the_source_stays_what_it_is(recipients: Recipients) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 500_000
        raise RepositoryError("the server went away")

    with pytest.raises(RepositoryError, match="the server went away"):
        seal(broken(), Memory(), recipients, ignore)


@pytest.mark.parametrize("recipients", [PLAIN, ENCRYPTED])
def test_an_error_of_the_target_stays_what_it_is(recipients: Recipients) -> None:
    noise = b"".join(sha256(bytes([index % 256, index // 256])).digest() for index in range(20_000))
    with pytest.raises(RepositoryError, match="free space"):
        seal([noise], Memory(room=100_000), recipients, ignore)


@pytest.mark.parametrize("encrypted", [False, True])
def test_an_error_of_the_reader_of_the_content_stays_what_it_is(encrypted: bool) -> None:
    def refuse(_: bytes) -> None:
        raise RepositoryError("enough")

    data = sealed([b"x" * 500_000], ENCRYPTED if encrypted else PLAIN)
    with pytest.raises(RepositoryError, match="enough"):
        opened(data, encrypted=encrypted, sink=refuse)


def test_the_wrong_key_is_told_from_damage() -> None:
    data = sealed([b"precious" * 10_000], ENCRYPTED)
    with pytest.raises(DamagedError, match="right age key"):
        opened(data, encrypted=True, keys=[OTHER])


@given(st.integers(min_value=0), st.integers(1, 255))
def test_a_changed_byte_of_an_encrypted_file_never_passes(position: int, change: int) -> None:
    data = bytearray(sealed([b"precious" * 10_000], ENCRYPTED))
    data[position % len(data)] ^= change
    with pytest.raises(DamagedError):
        opened(bytes(data), encrypted=True)

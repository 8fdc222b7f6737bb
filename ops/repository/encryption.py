"""Who can read what is encrypted with `age`."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyrage

from spectron.errors import ArgumentError

# The library has no types of its own to offer.
PublicKey = Any
SecretKey = Any


class Recipients:
    """Everybody who shall be able to read; nobody means no encryption."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.texts = tuple(sorted({text.strip() for text in texts}))
        self.keys: Sequence[PublicKey] = [_public(text) for text in self.texts]

    def __bool__(self) -> bool:
        return bool(self.keys)


class Identities:
    """The secret keys at hand."""

    def __init__(self, keys: Sequence[SecretKey] = ()) -> None:
        self.keys = keys

    def __bool__(self) -> bool:
        return bool(self.keys)

    @classmethod
    def read(cls, files: Iterable[Path]) -> "Identities":
        return cls([key for file in files for key in _secrets(file)])


def recipients_in(file: Path) -> list[str]:
    """The recipients a file names, one a line."""
    return [line for line in _lines(file) if not line.startswith("#")]


def _public(text: str) -> PublicKey:
    try:
        if text.startswith("ssh-"):
            return pyrage.ssh.Recipient.from_str(text)
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise ArgumentError(
            f"{text!r} is no age recipient ({error}); write age1… or a line of an SSH public key."
        ) from error


def _secrets(file: Path) -> list[SecretKey]:
    lines = _lines(file)
    try:
        if lines and lines[0].startswith("-----BEGIN"):
            return [pyrage.ssh.Identity.from_buffer(file.read_bytes())]
        keys: list[SecretKey] = [pyrage.x25519.Identity.from_str(line) for line in lines if not line.startswith("#")]
    except pyrage.IdentityError as error:
        raise ArgumentError(f"{file} holds no age identity that can be read: {error}.") from error
    if not keys:
        raise ArgumentError(f"{file} holds no age identity; give the file that `age-keygen` made.")
    return keys


def _lines(file: Path) -> list[str]:
    try:
        return [line.strip() for line in file.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(f"Can't read {file}: {error}.") from error

"""Secrets at rest: one master key, authenticated encryption."""

import base64
import binascii
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.core.errors import UnavailableError, ValidationError

KEY_BYTES = 32
NONCE_BYTES = 12
MASTER_KEY_FILE = "master.key"


class Cipher:
    """Encrypts small values, each tied to what it belongs to, so that ciphertexts cannot be swapped."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def encrypt(self, plain: bytes, owner: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain, owner.encode())

    def decrypt(self, sealed: bytes, owner: str) -> bytes:
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.encode())
        except InvalidTag as error:
            raise UnavailableError(
                f"The secret of {owner} cannot be decrypted: it was written under another master key. "
                "Start with the master key of this deployment, or set the secret again."
            ) from error


def decoded_master_key(text: str) -> bytes:
    """The 32 bytes behind their base64 notation."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValidationError(
            "The master key must be 32 bytes in base64; make one with `openssl rand -base64 32` "
            "and set SPECTRON_MASTER_KEY."
        )
    return key


def master_key(configured: str | None, data_dir: Path) -> bytes:
    """The configured key, or the one in the data directory, made on the first start."""
    if configured:
        return decoded_master_key(configured)
    path = data_dir / MASTER_KEY_FILE
    if not path.exists():
        write_private(path, base64.b64encode(os.urandom(KEY_BYTES)).decode() + "\n")
    return decoded_master_key(path.read_text(encoding="ascii"))


def derived(key: bytes, purpose: str) -> bytes:
    """A key for one purpose, so that none is used for two."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)

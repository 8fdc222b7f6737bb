"""Secrets at rest: one master key, authenticated encryption."""

import base64
import contextlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.core.errors import ConflictError, UnavailableError, ValidationError

KEY_BYTES = 32
NONCE_BYTES = 12
MASTER_KEY_FILE = "master.key"
LOST = (
    "{what}. Put the deployment's own key back there or into SPECTRON_MASTER_KEY, and start again. If it is lost for "
    "good, the page master-key-lost of the runbooks says how to go on with a new one."
)


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
        except (InvalidTag, ValueError) as error:
            raise UnavailableError(
                f"The secret of {owner} cannot be decrypted: it was written under another master key. "
                "Start with the master key of this deployment, or set the secret again."
            ) from error


def decoded_master_key(text: str) -> bytes:
    """The 32 bytes behind their base64 notation."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValidationError(
            "The master key must be 32 bytes in base64; make one with `openssl rand -base64 32` "
            "and set SPECTRON_MASTER_KEY."
        )
    return key


class MasterKey:
    """The key from which all others are derived: the configured one, or that in the data directory."""

    def __init__(self, value: bytes, made: Path | None = None) -> None:
        """`made` is the file that was written for it just now."""
        self.value = value
        self._made = made

    @classmethod
    def of(cls, configured: str | None, data_dir: Path, *, begun: bool = False) -> "MasterKey":
        """Read it, or make it on the first start; one that is gone is not made again where writing has `begun`."""
        if configured:
            return cls(decoded_master_key(configured))
        path = data_dir / MASTER_KEY_FILE
        made: Path | None = None
        try:
            if not path.exists():
                if begun:
                    raise ConflictError(LOST.format(what=f"The master key {path} is gone, and there is data"))
                # Another process may be at its first start as well; then the key that came first is everybody's.
                with contextlib.suppress(FileExistsError):
                    write_private(path, base64.b64encode(os.urandom(KEY_BYTES)).decode() + "\n", replace=False)
                    made = path
            return cls(decoded_master_key(path.read_text(encoding="latin-1")), made)
        except OSError as error:
            raise UnavailableError(
                f"The master key {path} can be neither read nor made: {error.strerror}. Let the server's user own the "
                "data directory, or set SPECTRON_MASTER_KEY."
            ) from error

    def require(self, *, known: bool) -> None:
        """Refuse to go on with a key under which nothing was made; one that was made just now is taken away again."""
        if known:
            return
        if self._made:
            self._made.unlink(missing_ok=True)
        raise ConflictError(LOST.format(what="The data in this database was made under another master key"))


def derived(key: bytes, purpose: str) -> bytes:
    """A key for one purpose, so that none is used for two."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def write_private(path: Path, text: str, *, replace: bool = True) -> None:
    """Write a file that only its owner may read, whole or not at all; without `replace` only where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if replace:
        unfinished.rename(path)
    else:
        try:
            path.hardlink_to(unfinished)
        finally:
            unfinished.unlink()
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)

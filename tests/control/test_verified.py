"""What is remembered of keys, and what is not."""

from server.control.authority import Authority
from server.control.verified import Rejected, Verified, VerifiedKeys
from server.core.scope import EMPTY

HASH_KEY = b"k" * 32


def known(key_id: str, context_id: str = "acme") -> Verified:
    return Verified(Authority(key_id, "agent", context_id, EMPTY), "$argon2id$", None, 0.0)


def test_a_key_is_remembered_by_a_keyed_hash_alone() -> None:
    keys = VerifiedKeys(HASH_KEY)
    digest = keys.digest("sk-acme-id-secret")
    keys.remember(digest, known("id"), keys.generation)
    assert keys.get(digest) == known("id")
    assert "secret" not in repr(vars(keys))
    assert VerifiedKeys(b"o" * 32).digest("sk-acme-id-secret") != digest


def test_what_changed_is_forgotten_and_nothing_else() -> None:
    keys = VerifiedKeys(HASH_KEY)
    for number, context_id in enumerate(("acme", "acme", "other")):
        keys.remember(keys.digest(str(number)), known(f"k{number}", context_id), keys.generation)
    keys.forget("k0")
    assert [keys.get(keys.digest(str(number))) is not None for number in range(3)] == [False, True, True]
    keys.forget_context("acme")
    assert [keys.get(keys.digest(str(number))) is not None for number in range(3)] == [False, False, True]


def test_what_was_read_before_a_change_is_not_remembered_after_it() -> None:
    keys = VerifiedKeys(HASH_KEY)
    generation = keys.generation
    keys.forget("any")
    keys.remember(b"d", known("id"), generation)
    assert keys.get(b"d") is None


def test_a_refused_key_is_no_longer_a_verified_one() -> None:
    keys = VerifiedKeys(HASH_KEY)
    keys.remember(b"d", known("id"), keys.generation)
    keys.reject(b"d", Rejected("revoked", 1.0))
    assert keys.get(b"d") is None
    assert keys.rejected(b"d") == Rejected("revoked", 1.0)


def test_memory_is_bounded() -> None:
    keys = VerifiedKeys(HASH_KEY, max_remembered=3)
    for number in range(10):
        keys.remember(bytes([number]), known(f"k{number}"), keys.generation)
        keys.reject(bytes([100 + number]), Rejected("wrong", 0.0))
    assert sum(keys.get(bytes([number])) is not None for number in range(10)) == 3
    assert sum(keys.rejected(bytes([100 + number])) is not None for number in range(10)) == 3

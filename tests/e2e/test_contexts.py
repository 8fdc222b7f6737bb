"""The life of Contexts and keys through the SDK, against a real server."""

import asyncio
import uuid

import httpx
import pytest

from spectron import (
    AsyncSpectronManagement,
    ConflictError,
    ContextNotFoundError,
    ForbiddenError,
    SpectronManagement,
    UnauthorizedError,
    UnprocessableError,
    ValidationError,
)
from tests.support.deployment import Deployment


@pytest.fixture
def name() -> str:
    return f"c-{uuid.uuid4().hex[:12]}"


def test_a_context_from_creation_to_deletion(shared: Deployment, name: str) -> None:
    with shared.admin as admin:
        made = admin.contexts.create(
            id=name, namespace=name, database="prod", config={"token_limit": 1000, "providers": {"openai": "sk-plain"}}
        )
        assert (made.id, made.namespace, made.database, made.state) == (name, name, "prod", "active")
        assert made.config["token_limit"] == 1000
        assert list(made.providers_configured) == ["openai"]
        assert "sk-plain" not in repr(made)

        changed = admin.contexts(name).update(
            config={"token_limit": None, "models": {"reflection": "openai/gpt-4o"}, "providers": {"openai": None}}
        )
        assert changed.config["token_limit"] is None
        assert changed.config["models"]["reflection"] == "openai/gpt-4o"
        assert changed.config["models"]["extraction"] == "local/heuristic"
        assert list(changed.providers_configured) == []
        assert admin.contexts.get(name) == changed

        preview = admin.contexts.delete(name, dry_run=True)
        assert preview is not None
        assert (preview.context, preview.keys) == (name, 0)
        assert admin.contexts.get(name).state == "active"

        admin.contexts.delete(name)
        with pytest.raises(ContextNotFoundError):
            admin.contexts.get(name)
        assert name not in [context.id for context in admin.contexts.iterate()]


def test_contexts_are_listed_in_pages(shared: Deployment, name: str) -> None:
    ids = [f"{name}-{number}" for number in range(5)]
    with shared.admin as admin:
        for one in ids:
            admin.contexts.create(id=one, namespace=name, database=one)
        assert [one for one in (context.id for context in admin.contexts.iterate(page_size=2)) if one in ids] == ids
        for one in ids:
            admin.contexts.delete(one)


def test_a_key_works_until_it_is_rotated_revoked_or_deleted(shared: Deployment, name: str) -> None:
    with shared.admin as admin:
        admin.contexts.create(id=name, namespace=name, database="d")
        keys = admin.contexts(name).keys
        minted = keys.create(name="lead", principal="supervisor", scope_floor={"org": "acme"})
        assert works(shared, minted.secret, name)

        rotated = keys.rotate(minted.id)
        assert not works(shared, minted.secret, name)
        assert works(shared, rotated.secret, name)

        keys.revoke(minted.id)
        assert not works(shared, rotated.secret, name)
        assert keys.get(minted.id).state == "revoked"

        other = keys.create(name="other", principal="supervisor")
        assert works(shared, other.secret, name)
        keys.delete(other.id)
        assert not works(shared, other.secret, name)
        assert [key.name for key in keys.list()] == ["lead"]


def test_a_supervisor_mints_narrower_keys_and_nothing_else(shared: Deployment, name: str) -> None:
    with shared.admin as admin:
        admin.contexts.create(id=name, namespace=name, database="d")
        secret = (
            admin.contexts(name).keys.create(name="lead", principal="supervisor", scope_floor={"org": "acme"}).secret
        )
    with SpectronManagement(shared.url, secret) as lead:
        keys = lead.contexts(name).keys
        assert keys.create(name="app", scope_floor={"org": "acme", "team": "a"}).principal == "agent"
        with pytest.raises(ForbiddenError):
            keys.create(name="wide", scope_floor={})
        with pytest.raises(ForbiddenError):
            keys.create(name="else", scope_floor={"org": "beta"})
        with pytest.raises(ForbiddenError):
            lead.contexts.get(name)
        with pytest.raises(ForbiddenError):
            lead.contexts("other").keys.list()
    with shared.admin as admin:
        denials = [event for event in admin.contexts(name).audit(kind="denial") if event.outcome == "refused"]
        assert denials


def test_a_new_context_of_an_old_name_knows_no_old_key(shared: Deployment, name: str) -> None:
    with shared.admin as admin:
        admin.contexts.create(id=name, namespace=name, database="d")
        secret = admin.contexts(name).keys.create(name="lead", principal="supervisor").secret
        assert works(shared, secret, name)
        admin.contexts.delete(name)
        assert not works(shared, secret, name)
        admin.contexts.create(id=name, namespace=name, database="d")
        assert not works(shared, secret, name)


def test_what_is_refused_says_why(shared: Deployment, name: str) -> None:
    with shared.admin as admin:
        admin.contexts.create(id=name, namespace=name, database="d")
        with pytest.raises(ConflictError, match="exists"):
            admin.contexts.create(id=name, namespace=name, database="other")
        with pytest.raises(ConflictError, match="belongs to another"):
            admin.contexts.create(id=f"{name}-2", namespace=name, database="d")
        with pytest.raises(UnprocessableError, match="reserved"):
            admin.contexts.create(id=f"{name}-3", namespace="spectron", database="metadata")
        with pytest.raises(UnprocessableError, match="lowercase"):
            admin.contexts.create(id="Acme", namespace=name, database="e")
        with pytest.raises(ValidationError, match="did you mean 'token_limit'"):
            admin.contexts(name).update(config={"token_limt": 1})
    with SpectronManagement(shared.url, "mgmt-nobody-nothing", retries=0) as stranger, pytest.raises(UnauthorizedError):
        stranger.contexts.get(name)


async def test_concurrent_patches_all_take_effect(shared: Deployment, name: str) -> None:
    with shared.admin as admin:
        admin.contexts.create(id=name, namespace=name, database="d")
    async with AsyncSpectronManagement(shared.url, shared.key) as admin:
        patches: list[dict[str, object]] = [
            {"token_limit": 7},
            {"retention_days": 8},
            {"cache": {"semantic_ttl_seconds": 9}},
            {"ingestion": {"chunk_size": 256}},
            {"ingestion": {"max_upload_mb": 10}},
            {"models": {"response": "openai/a"}},
            {"models": {"reflection": "openai/b"}},
        ]
        await asyncio.gather(*(admin.contexts.update(name, config=patch) for patch in patches))
        config = (await admin.contexts.get(name)).config
    assert (config["token_limit"], config["retention_days"]) == (7, 8)
    assert config["cache"]["semantic_ttl_seconds"] == 9
    assert (config["ingestion"]["chunk_size"], config["ingestion"]["max_upload_mb"]) == (256, 10)
    assert (config["models"]["response"], config["models"]["reflection"]) == ("openai/a", "openai/b")


def works(deployment: Deployment, secret: str, context_id: str) -> bool:
    """Whether a supervisor's key opens its Context."""
    answer = httpx.get(f"{deployment.url}/api/v1/contexts/{context_id}/keys", headers={"API-KEY": secret})
    assert answer.status_code in (200, 401)
    return answer.status_code == 200

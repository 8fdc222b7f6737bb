"""Every call of the SDK with the request it makes, for both clients; those of the data plane come from beside."""

from datetime import UTC, datetime

from spectron import (
    Context,
    Decay,
    DeletionPreview,
    Health,
    Key,
    MintedKey,
    Page,
    Policy,
    Ready,
    RetentionPolicies,
    RetentionPreview,
    Stats,
    Sweep,
    Usage,
)
from tests.spectron.data_calls import DATA_EXAMPLES
from tests.spectron.documents import (
    CONTEXT,
    DECAY,
    DRY_RUN,
    EVENT,
    HEALTH,
    KEY,
    MINTED,
    OUTCOME,
    POLICY,
    PREVIEW,
    READY,
    REMOVAL,
    RETENTION,
    STATS,
    SWEEP,
    USAGE,
    page_of,
)
from tests.spectron.example import Example

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


ADMINISTRATION = {
    "health": Example(lambda admin: admin.health(), "GET /api/v1/health", Health, 200, HEALTH),
    "ready": Example(lambda admin: admin.ready(), "GET /api/v1/ready", Ready, 503, READY),
    "contexts.create": Example(
        lambda admin: admin.contexts.create(id="acme", namespace="a", database="b", config={"token_limit": 1}),
        "POST /api/v1/contexts/acme",
        Context,
        201,
        CONTEXT,
        {"namespace": "a", "database": "b", "config": {"token_limit": 1}},
    ),
    "contexts.create without config": Example(
        lambda admin: admin.contexts.create(id="acme", namespace="a", database="b"),
        "POST /api/v1/contexts/acme",
        Context,
        201,
        CONTEXT,
        {"namespace": "a", "database": "b"},
    ),
    "contexts.list": Example(
        lambda admin: admin.contexts.list(limit=5, cursor="a b"),
        "GET /api/v1/contexts?limit=5&cursor=a+b",
        Page,
        200,
        page_of("contexts", CONTEXT),
    ),
    "contexts.get": Example(
        lambda admin: admin.contexts.get("acme"), "GET /api/v1/contexts/acme", Context, 200, CONTEXT
    ),
    "contexts.update": Example(
        lambda admin: admin.contexts.update("acme", config={"token_limit": None}),
        "PATCH /api/v1/contexts/acme",
        Context,
        200,
        CONTEXT,
        {"config": {"token_limit": None}},
    ),
    "contexts.delete": Example(lambda admin: admin.contexts.delete("acme"), "DELETE /api/v1/contexts/acme", None, 204),
    "contexts.delete as a dry run": Example(
        lambda admin: admin.contexts.delete("acme", dry_run=True),
        "DELETE /api/v1/contexts/acme?dry_run=true",
        DeletionPreview,
        200,
        REMOVAL,
    ),
    "context.get": Example(
        lambda admin: admin.contexts("acme").get(), "GET /api/v1/contexts/acme", Context, 200, CONTEXT
    ),
    "context.usage": Example(
        lambda admin: admin.contexts("acme").usage(), "GET /api/v1/contexts/acme/usage", Usage, 200, USAGE
    ),
    "context.stats": Example(
        lambda admin: admin.contexts("acme").stats(), "GET /api/v1/contexts/acme/stats", Stats, 200, STATS
    ),
    "context.audit": Example(
        lambda admin: admin.contexts("acme").audit(kind="key", actor="m1", since=NEW_YEAR, until="2027-02-01", limit=2),
        "GET /api/v1/contexts/acme/audit?kind=key&actor=m1&since=2027-01-01T00%3A00%3A00%2B00%3A00"
        "&until=2027-02-01&limit=2",
        Page,
        200,
        page_of("events", EVENT),
    ),
    "retention.get": Example(
        lambda admin: admin.contexts("acme").retention.get(),
        "GET /api/v1/contexts/acme/retention",
        RetentionPolicies,
        200,
        RETENTION,
    ),
    "retention.set": Example(
        lambda admin: admin.contexts("acme").retention.set([POLICY]),
        "PUT /api/v1/contexts/acme/retention",
        RetentionPolicies,
        200,
        RETENTION,
        {"policies": [POLICY]},
    ),
    "retention.set of what get answered": Example(
        lambda admin: admin.contexts("acme").retention.set([Policy(**POLICY, source="api"), Policy(**POLICY)]),
        "PUT /api/v1/contexts/acme/retention",
        RetentionPolicies,
        200,
        RETENTION,
        {"policies": [{**POLICY, "source": "api"}, POLICY]},
    ),
    "retention.preview": Example(
        lambda admin: admin.contexts("acme").retention.preview([POLICY], horizon_days=30),
        "POST /api/v1/contexts/acme/retention/preview",
        RetentionPreview,
        200,
        PREVIEW,
        {"policies": [POLICY], "horizon_days": 30},
    ),
    "lifecycle.expire": Example(
        lambda admin: admin.lifecycle.expire(), "POST /api/v1/lifecycle/expire", Sweep, 200, OUTCOME
    ),
    "lifecycle.expire as a dry run of some": Example(
        lambda admin: admin.lifecycle.expire(dry_run=True, contexts=["acme", "beta"]),
        "POST /api/v1/lifecycle/expire?dry_run=true&context=acme&context=beta",
        Sweep,
        200,
        DRY_RUN,
    ),
    "lifecycle.sweeps": Example(
        lambda admin: admin.lifecycle.sweeps(limit=2, cursor="s9"),
        "GET /api/v1/lifecycle/sweeps?limit=2&cursor=s9",
        Page,
        200,
        page_of("sweeps", SWEEP),
    ),
    "lifecycle.decay": Example(
        lambda admin: admin.lifecycle.decay("acme"),
        "POST /api/v1/contexts/acme/lifecycle/decay",
        Decay,
        200,
        DECAY,
    ),
    "keys.create": Example(
        lambda admin: admin.contexts("acme").keys.create(
            name="worker", principal="supervisor", scope_floor={"org": "acme"}, expires_at=NEW_YEAR
        ),
        "POST /api/v1/contexts/acme/keys",
        MintedKey,
        201,
        MINTED,
        {
            "name": "worker",
            "principal": "supervisor",
            "scope_floor": {"org": "acme"},
            "expires_at": "2027-01-01T00:00:00+00:00",
        },
    ),
    "keys.create with the caller's own floor": Example(
        lambda admin: admin.contexts("acme").keys.create(name="worker"),
        "POST /api/v1/contexts/acme/keys",
        MintedKey,
        201,
        MINTED,
        {"name": "worker", "principal": "agent"},
    ),
    "keys.list": Example(
        lambda admin: admin.contexts("acme").keys.list(),
        "GET /api/v1/contexts/acme/keys",
        Page,
        200,
        {"keys": [KEY]},
    ),
    "keys.get": Example(
        lambda admin: admin.contexts("acme").keys.get("k3y"), "GET /api/v1/contexts/acme/keys/k3y", Key, 200, KEY
    ),
    "keys.rotate": Example(
        lambda admin: admin.contexts("acme").keys.rotate("k3y"),
        "POST /api/v1/contexts/acme/keys/k3y/rotate",
        MintedKey,
        200,
        MINTED,
    ),
    "keys.revoke": Example(
        lambda admin: admin.contexts("acme").keys.revoke("k3y"),
        "POST /api/v1/contexts/acme/keys/k3y/revoke",
        Key,
        200,
        KEY,
    ),
    "keys.delete": Example(
        lambda admin: admin.contexts("acme").keys.delete("k3y"), "DELETE /api/v1/contexts/acme/keys/k3y", None, 204
    ),
}
EXAMPLES = {**ADMINISTRATION, **DATA_EXAMPLES}

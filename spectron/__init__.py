"""The Python SDK of Spectron.

    from spectron import SpectronManagement

    with SpectronManagement() as admin:
        admin.contexts.create(id="acme-prod", namespace="acme", database="prod")
        key = admin.contexts("acme-prod").keys.create(name="worker", scope_floor={"org": "acme"})

`AsyncSpectronManagement` is the same with `await`. Whatever goes wrong is a `SpectronError`.
"""

from spectron.aio.client import AsyncSpectronManagement
from spectron.errors import (
    APIError,
    ArgumentError,
    ConflictError,
    ContextNotFoundError,
    ForbiddenError,
    NotFoundError,
    PayloadTooLargeError,
    RateLimitedError,
    ResponseError,
    ServerError,
    SpectronError,
    TransportError,
    UnauthorizedError,
    UnavailableError,
    UnprocessableError,
    UnsupportedMediaTypeError,
    ValidationError,
)
from spectron.models.audit import AuditEvent
from spectron.models.context import Context, DeletionPreview, Stats, Usage
from spectron.models.key import Key, MintedKey
from spectron.models.record import Page
from spectron.models.retention import (
    ContextSweep,
    DayImpact,
    Decay,
    DefaultTtl,
    DeletionGroup,
    DeletionSet,
    FadedGroup,
    Policy,
    PolicyWarning,
    RetentionPolicies,
    RetentionPreview,
    Sample,
    Sweep,
    SweptGroup,
)
from spectron.models.service import ContextReadiness, Health, Ready
from spectron.sync.client import SpectronManagement

__all__ = [
    "APIError",
    "ArgumentError",
    "AsyncSpectronManagement",
    "AuditEvent",
    "ConflictError",
    "Context",
    "ContextNotFoundError",
    "ContextReadiness",
    "ContextSweep",
    "DayImpact",
    "Decay",
    "DefaultTtl",
    "DeletionGroup",
    "DeletionPreview",
    "DeletionSet",
    "FadedGroup",
    "ForbiddenError",
    "Health",
    "Key",
    "MintedKey",
    "NotFoundError",
    "Page",
    "PayloadTooLargeError",
    "Policy",
    "PolicyWarning",
    "RateLimitedError",
    "Ready",
    "ResponseError",
    "RetentionPolicies",
    "RetentionPreview",
    "Sample",
    "ServerError",
    "SpectronError",
    "SpectronManagement",
    "Stats",
    "Sweep",
    "SweptGroup",
    "TransportError",
    "UnauthorizedError",
    "UnavailableError",
    "UnprocessableError",
    "UnsupportedMediaTypeError",
    "Usage",
    "ValidationError",
]

"""The Python SDK of Spectron.

    from spectron import SpectronManagement

    with SpectronManagement() as admin:
        admin.contexts.create(id="acme-prod", namespace="acme", database="prod")
        acme = admin.contexts("acme-prod")
        key = acme.keys.create(name="worker", scope_floor={"org": "acme"})
        acme.documents.upload("handbook.pdf", scope={"org": "acme"})
        acme.memory.remember("I live in Lisbon.", scope={"org": "acme", "user": "alice"})
        print(acme.memory.recall("Where does alice live?").hits[0].text)

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
    WaitingError,
)
from spectron.models.access import Access, Accesses, Caller, Principal, ScopedEvent
from spectron.models.audit import AuditEvent
from spectron.models.belief import (
    Attribute,
    Beliefs,
    Change,
    Entity,
    EntityDetail,
    Inspection,
    Note,
    Profile,
    Relation,
    State,
    StateDiff,
)
from spectron.models.context import Context, DeletionPreview, Stats, Usage
from spectron.models.document import Chunk, DeletedDocument, Document, DocumentHit, Keyword, Upload
from spectron.models.dump import Loaded
from spectron.models.insight import Consolidation, Elaborated, Elaboration, Observation
from spectron.models.job import Event, Job
from spectron.models.key import Key, MintedKey
from spectron.models.memory import (
    ChatSession,
    ErasedPlace,
    Extraction,
    Forgotten,
    Place,
    Reinstated,
    Remembered,
    RememberedMany,
    Turn,
)
from spectron.models.recall import Evidence, Hit, PromptBlock, Recalled, Reflection, Reply, ReplyPart
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
from spectron.models.trace import FsckReport, Problem, Trace, TraceStats
from spectron.sync.client import SpectronManagement

__all__ = [
    "APIError",
    "Access",
    "Accesses",
    "ArgumentError",
    "AsyncSpectronManagement",
    "Attribute",
    "AuditEvent",
    "Beliefs",
    "Caller",
    "Change",
    "ChatSession",
    "Chunk",
    "ConflictError",
    "Consolidation",
    "Context",
    "ContextNotFoundError",
    "ContextReadiness",
    "ContextSweep",
    "DayImpact",
    "Decay",
    "DefaultTtl",
    "DeletedDocument",
    "DeletionGroup",
    "DeletionPreview",
    "DeletionSet",
    "Document",
    "DocumentHit",
    "Elaborated",
    "Elaboration",
    "Entity",
    "EntityDetail",
    "ErasedPlace",
    "Event",
    "Evidence",
    "Extraction",
    "FadedGroup",
    "ForbiddenError",
    "Forgotten",
    "FsckReport",
    "Health",
    "Hit",
    "Inspection",
    "Job",
    "Key",
    "Keyword",
    "Loaded",
    "MintedKey",
    "NotFoundError",
    "Note",
    "Observation",
    "Page",
    "PayloadTooLargeError",
    "Place",
    "Policy",
    "PolicyWarning",
    "Principal",
    "Problem",
    "Profile",
    "PromptBlock",
    "RateLimitedError",
    "Ready",
    "Recalled",
    "Reflection",
    "Reinstated",
    "Relation",
    "Remembered",
    "RememberedMany",
    "Reply",
    "ReplyPart",
    "ResponseError",
    "RetentionPolicies",
    "RetentionPreview",
    "Sample",
    "ScopedEvent",
    "ServerError",
    "SpectronError",
    "SpectronManagement",
    "State",
    "StateDiff",
    "Stats",
    "Sweep",
    "SweptGroup",
    "Trace",
    "TraceStats",
    "TransportError",
    "Turn",
    "UnauthorizedError",
    "UnavailableError",
    "UnprocessableError",
    "UnsupportedMediaTypeError",
    "Upload",
    "Usage",
    "ValidationError",
    "WaitingError",
]

import inspect
import subprocess
import sys

import spectron
from spectron import AsyncSpectronManagement, SpectronManagement

PUBLIC = [
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


def test_the_public_names_are_these() -> None:
    assert spectron.__all__ == PUBLIC == sorted(PUBLIC)
    assert all(hasattr(spectron, name) for name in PUBLIC)


def test_all_errors_are_of_one_tree() -> None:
    for name in PUBLIC:
        thing = getattr(spectron, name)
        if isinstance(thing, type) and issubclass(thing, Exception):
            assert issubclass(thing, spectron.SpectronError)


def test_the_sdk_brings_no_terminal_library_with_it() -> None:
    code = (
        "import sys, spectron; print([name for name in ('typer', 'yaml', 'textual', 'server') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_both_clients_offer_the_same() -> None:
    with SpectronManagement("http://server.test", "k") as admin:
        other = AsyncSpectronManagement("http://server.test", "k")
        for one, two in (
            (admin.contexts, other.contexts),
            (admin.contexts("acme"), other.contexts("acme")),
            (admin.contexts("acme").keys, other.contexts("acme").keys),
            (admin.contexts("acme").retention, other.contexts("acme").retention),
            (admin.contexts("acme").documents, other.contexts("acme").documents),
            (admin.contexts("acme").documents.keywords, other.contexts("acme").documents.keywords),
            (admin.contexts("acme").memory, other.contexts("acme").memory),
            (admin.contexts("acme").sessions, other.contexts("acme").sessions),
            (admin.contexts("acme").entities, other.contexts("acme").entities),
            (admin.contexts("acme").scopes, other.contexts("acme").scopes),
            (admin.contexts("acme").traces, other.contexts("acme").traces),
            (admin.lifecycle, other.lifecycle),
            (admin.jobs, other.jobs),
            (admin.events, other.events),
            (admin.control, other.control),
        ):
            assert surface(one) == surface(two)
        assert surface(admin) - {"close[]"} == surface(other) - {"aclose[]"}


def surface(thing: object) -> set[str]:
    """Public names, with the parameters of what can be called."""
    return {
        f"{name}{list(inspect.signature(member).parameters) if callable(member) else ''}"
        for name, member in inspect.getmembers(thing)
        if not name.startswith("_")
    }

"""Every error Spectron raises on purpose, in one tree."""


class SpectronError(Exception):
    """The root of the tree; `detail` says what happened, to what, and what to do."""

    slug = "internal-error"
    title = "Internal error"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class ValidationError(SpectronError):
    """A request that is malformed or says something that has no meaning."""

    slug = "validation-error"
    title = "The request is not valid"


class UnauthorizedError(SpectronError):
    """No key, or one that is malformed, unknown, expired or revoked."""

    slug = "unauthorized"
    title = "A valid API key is needed"

    def __init__(self, detail: str, *, key_id: str | None = None, context_id: str | None = None) -> None:
        """`key_id` and `context_id` tell the audit log which key was refused, where there is one of that id."""
        super().__init__(detail)
        self.key_id = key_id
        self.context_id = context_id


class ForbiddenError(SpectronError):
    """A valid key that may not do this."""

    slug = "forbidden"
    title = "This key may not do that"


class NotFoundError(SpectronError):
    """Something addressed by its id is not there."""

    slug = "not-found"
    title = "Not found"


class ContextNotFoundError(NotFoundError):
    """No Context of that id, or none that the caller may know of."""

    slug = "context-not-found"
    title = "No such Context"


class ConflictError(SpectronError):
    """The request contradicts what is already there."""

    slug = "conflict"
    title = "In conflict with what exists"


class PayloadTooLargeError(SpectronError):
    """A body over the limit."""

    slug = "payload-too-large"
    title = "The body is too large"


class UnsupportedMediaTypeError(SpectronError):
    """A content type the route does not take."""

    slug = "unsupported-media-type"
    title = "This content type is not supported"


class RangeError(SpectronError):
    """A range of bytes that the document does not have."""

    slug = "range-not-satisfiable"
    title = "No such range of bytes"

    def __init__(self, detail: str, size: int) -> None:
        super().__init__(detail)
        self.size = size


class UnprocessableError(SpectronError):
    """Well-formed, but against a rule of the product."""

    slug = "unprocessable"
    title = "The request breaks a rule"


class RateLimitedError(SpectronError):
    """Too many requests or tokens; worth trying again after `retry_after` seconds."""

    slug = "rate-limited"
    title = "Too many requests"

    def __init__(self, detail: str, *, retry_after: float = 1.0) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class UnavailableError(SpectronError):
    """Something the server depends on is away; worth trying again after `retry_after` seconds."""

    slug = "unavailable"
    title = "Temporarily unavailable"

    def __init__(self, detail: str, *, retry_after: float = 2.0) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class MigrationError(UnavailableError):
    """A database could not be brought to the schema of this version; that takes an operator, not patience."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, retry_after=60.0)


class QueryError(SpectronError):
    """The database refused a statement."""


class DuplicateError(QueryError):
    """A unique index or a record id is taken."""


class TransactionConflictError(QueryError):
    """A transaction lost against concurrent ones until its retries ran out."""

    slug = UnavailableError.slug
    title = UnavailableError.title
    retry_after = 1.0


class ThrownError(QueryError):
    """A statement that gave up on purpose, by THROW; `thrown` is what it said."""

    def __init__(self, thrown: str) -> None:
        super().__init__(f"A transaction was given up: {thrown}")
        self.thrown = thrown


class ProviderError(UnavailableError):
    """A model provider did not do what it was asked; with `repeatable`, a later try may succeed.

    `reason` is a word for the figures of what went wrong.
    """

    repeatable = True
    reason = "error"


class ProviderTimeoutError(ProviderError):
    """The provider did not answer in time, could not be reached, or broke off."""

    reason = "timeout"


class ProviderBusyError(ProviderError):
    """The provider answered that it is overloaded or that a limit is reached."""

    reason = "busy"


class ProviderRefusedError(ProviderError):
    """The provider rejected the request itself: its key, its model or what it says."""

    repeatable = False
    reason = "refused"


class ProviderAnswerError(ProviderError):
    """The provider answered, but not with what was asked for."""

    reason = "answer"


class CircuitOpenError(ProviderError):
    """The provider failed so often that it is left alone for a while."""

    reason = "left alone"


class ExtractionError(UnprocessableError):
    """A file that no text can be taken from; the message is for whoever uploaded it."""


class LeaseLostError(ConflictError):
    """A worker's hold on a job is over: another has taken the job, or it was cancelled."""


class FencedError(ConflictError):
    """Another sweep has begun since, under the fence `highest`; this one must stop."""

    def __init__(self, highest: int) -> None:
        super().__init__("Another sweep has begun since; what this one left will be deleted by that one.")
        self.highest = highest


class JobFailedError(UnprocessableError):
    """What a job's handler raises when trying again would not help; the message is what the job shows."""

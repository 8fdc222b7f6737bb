"""The configuration of a Context: its shape, its defaults, and what is in force."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic import ValidationError as PydanticError
from pydantic_core import ErrorDetails

from server.control.merge import leaves, merge
from server.core.errors import ValidationError
from server.core.naming import suggestion
from server.core.retention import policies

ModelName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*/[!-~]{1,128}$")]
PROVIDER = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
PROVIDER_KEY = re.compile(r"[!-~]{1,4096}")
MAX_NAME_LENGTH = 80


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Models(_Part):
    """Which model does what, each as `provider/model`."""

    extraction: ModelName = Field("local/heuristic", description="Draws facts from what is said.")
    extraction_strong: ModelName | None = Field(
        None, description="Asked again where `extraction` is less sure than `extraction.stage1_threshold`."
    )
    query_understanding: ModelName | None = Field(
        None, description="Accepted for clients that send it; questions are understood by rules."
    )
    response: ModelName = Field("local/extractive", description="Writes the replies of `chat`.")
    reflection: ModelName = Field("local/extractive", description="Draws evidence together in `reflect`.")
    background: ModelName | None = Field(
        None, description="Accepted for clients that send it; work in the background needs no model."
    )
    embedding: ModelName = Field("local/wordllama-256", description="Turns text into vectors.")


class Extraction(_Part):
    """How eagerly a turn is turned into facts."""

    stage1_threshold: float = Field(
        0.6, ge=0, le=1, description="The confidence below which the strong model is asked, if there is one."
    )
    max_entities_per_turn: int = Field(32, ge=1, le=1000, description="The most entities that one turn may add.")
    ontology_strict: bool = Field(False, description="Whether only the known types of entities are kept.")


class Cache(_Part):
    """When an earlier answer is good enough."""

    semantic_ttl_seconds: int = Field(3600, ge=0, description="How long an answer may be given again; 0 is never.")
    semantic_threshold: float = Field(
        0.92, ge=0, le=1, description="How alike two questions must be to share an answer."
    )


class RateLimit(_Part):
    """What a Context may use in a minute; none is no limit."""

    requests_per_minute: int | None = Field(None, ge=1, description="Requests a minute before 429 is answered.")
    tokens_per_minute: int | None = Field(None, ge=1, description="Tokens a minute before 429 is answered.")


class Ingestion(_Part):
    """How documents are cut and how large they may be."""

    chunk_size: int = Field(512, ge=32, le=8192, description="The most tokens in a chunk.")
    chunk_overlap: int = Field(64, ge=0, le=4096, description="The tokens that neighbouring chunks share.")
    max_upload_mb: int = Field(50, ge=1, le=4096, description="The largest document in MB; larger ones get 413.")


class ContextConfig(_Part):
    """Every key that a Context can configure, with its default."""

    token_limit: int | None = Field(
        None, ge=0, description="The tokens a Context may use in a month; none is no limit."
    )
    retention_days: int | None = Field(
        None, ge=1, le=36_500, description="How long memories of the category context live where no policy says."
    )
    models: Models = Models()
    extraction: Extraction = Extraction()
    cache: Cache = Cache()
    rate_limit: RateLimit = RateLimit()
    ingestion: Ingestion = Ingestion()
    retention: list[dict[str, Any]] = Field(
        [], description="The Context's own retention policies: scope, memory_category and ttl."
    )

    @field_validator("retention")
    @classmethod
    def _checked_policies(cls, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
        policies(given, "config.retention")
        return given


DEFAULTS: dict[str, Any] = ContextConfig().model_dump()


@dataclass(frozen=True)
class Patch:
    """A change to a configuration, with the provider keys, which are kept apart, taken out; None removes them all."""

    config: Mapping[str, Any]
    providers: Mapping[str, str | None] | None


@dataclass(frozen=True)
class Effective:
    """What is in force for a Context, and for each leaf whether `context`, `server` or `default` says so."""

    config: ContextConfig
    sources: Mapping[str, str]


def split(document: Mapping[str, Any]) -> Patch:
    """Take `providers` out of a patch; its values are keys, or null to remove one."""
    providers = document.get("providers", {})
    if not (providers is None or isinstance(providers, Mapping)):
        raise ValidationError("config.providers must be an object of provider names to keys, or null to remove all.")
    for name, key in (providers or {}).items():
        if not PROVIDER.fullmatch(name):
            raise ValidationError(
                f"{name[:MAX_NAME_LENGTH]!r} cannot name a provider: use 1 to 64 lowercase letters, digits, hyphens "
                "and underscores, beginning with a letter or digit."
            )
        if not (key is None or (isinstance(key, str) and PROVIDER_KEY.fullmatch(key))):
            raise ValidationError(
                f"config.providers.{name} must be a key of up to 4096 printable ASCII characters without spaces, "
                "or null to remove it."
            )
    return Patch({name: value for name, value in document.items() if name != "providers"}, providers)


def patched(server: Mapping[str, Any], current: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """The overrides of a Context after a patch, valid by themselves and on top of the server's defaults."""
    overrides = merge(current, patch)
    for document in (overrides, merge(server, overrides)):
        config = shaped(document)
    if config.ingestion.chunk_overlap > config.ingestion.chunk_size // 2:
        raise ValidationError("config.ingestion.chunk_overlap must be at most half of config.ingestion.chunk_size.")
    return overrides


def effective(server: Mapping[str, Any], context: Mapping[str, Any]) -> Effective:
    """Context values over server values over defaults."""
    config = shaped(merge(server, context))
    sources = {name: "default" for name, _ in leaves(config.model_dump())}
    for source, layer in (("server", server), ("context", context)):
        sources |= {name: source for name, _ in leaves(layer) if name in sources}
    return Effective(config, sources)


def shaped(document: Mapping[str, Any]) -> ContextConfig:
    """Build the configuration, or say which key is wrong and what would be right."""
    try:
        return ContextConfig.model_validate(dict(document))
    except PydanticError as error:
        raise ValidationError(_explained(error.errors()[0])) from error


def _explained(error: ErrorDetails) -> str:
    name = ".".join(str(part) for part in error["loc"])[:MAX_NAME_LENGTH]
    if error["type"] != "extra_forbidden":
        return f"config.{name}: {error['msg']}."
    parent, _, leaf = name.rpartition(".")
    prefix = f"{parent}." if parent else ""
    known = {key[len(prefix) :].partition(".")[0] for key in _known() if key.startswith(prefix)}
    return f"config.{name} is not a known key; {suggestion(leaf, known)}"


def _known() -> list[str]:
    return [name for name, _ in leaves(DEFAULTS)] + ["providers"]

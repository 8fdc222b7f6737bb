"""How a provider is reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """Key and address of one provider; its own public address if `base_url` is None."""

    api_key: str = field(default="", repr=False)
    base_url: str | None = None


Providers = Mapping[str, ProviderSettings]


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a call is tried, and how long each try may take."""

    attempts: int = 4
    attempt_seconds: float = 60.0
    first_delay: float = 0.5
    longest_delay: float = 20.0

"""What a reader fills into a command of a runbook."""

import re
import shlex
from collections.abc import Mapping

from runbooks.page import Command as Step

SECRETS = re.compile(r"KEY|SECRET|PASSWORD|TOKEN|IDENTITY")
HIDDEN = "••••"
LATEST = "latest"


def is_secret(name: str) -> bool:
    """Whether what stands for that name must not be seen or kept."""
    return SECRETS.search(name) is not None


def asked_for(step: Step, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The names that the environment does not have."""
    return tuple(name for name in step.variables if name not in environ)


def known(environ: Mapping[str, str], repository: str | None, context: str | None) -> dict[str, str]:
    """What the dashboard can say of itself."""
    said = {
        "CONTEXT": context,
        "REPOSITORY": repository,
        "DATA": environ.get("SPECTRON_DATA_DIR"),
        "SET": LATEST,
    }
    return {name: value for name, value in said.items() if value}


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """The command as it will run, without what is secret."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name not in values:
            return match[0]
        return HIDDEN if is_secret(name) else shlex.quote(values[name])

    return re.sub(r"\$(?:\{([A-Z][A-Z0-9_]*)\}|([A-Z][A-Z0-9_]*))", value, text)

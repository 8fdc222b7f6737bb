"""Named profiles: which server, with which key, kept in a file of the user's own."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, field, replace
from pathlib import Path
from typing import Any

from pydantic.dataclasses import dataclass

from spectron.errors import ArgumentError

DEFAULT_PROFILE = "default"


@dataclass(frozen=True)
class Profile:
    """One server and how to reach it."""

    url: str
    api_key: str = field(repr=False)
    context: str | None = None
    repository: str | None = None
    """Where this server's backups are, for the dashboard."""


@dataclass(frozen=True)
class Profiles:
    """Every profile, and the one in force when none is named."""

    known: Mapping[str, Profile] = field(default_factory=dict)
    current: str | None = None

    def get(self, name: str) -> Profile:
        try:
            return self.known[name]
        except KeyError:
            names = ", ".join(sorted(self.known)) or "none yet"
            raise ArgumentError(
                f"There is no profile {name!r}. Known: {names}. Make it with `spectronctl login --profile {name}`."
            ) from None

    def using(self, name: str) -> "Profiles":
        self.get(name)
        return replace(self, current=name)

    def adding(self, name: str, profile: Profile) -> "Profiles":
        return Profiles({**self.known, name: profile}, current=name)

    def removing(self, name: str) -> "Profiles":
        self.get(name)
        known = {other: profile for other, profile in self.known.items() if other != name}
        return Profiles(known, current=None if self.current == name else self.current)


class ProfileFile:
    """The profiles on disk, readable by their owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of_user(cls, environ: Mapping[str, str]) -> "ProfileFile":
        """The file in the user's configuration folder."""
        folder = environ.get("XDG_CONFIG_HOME") or home(environ) / ".config"
        return cls(Path(folder) / "spectron" / "profiles.json")

    def load(self) -> Profiles:
        try:
            document = json.loads(self.path.read_text("utf-8"))
            known = {name: Profile(**values) for name, values in document["profiles"].items()}
            return Profiles(known, document.get("current"))
        except FileNotFoundError:
            return Profiles()
        except OSError as error:
            raise ArgumentError(f"Can't read the profiles in {self.path}: {error.strerror}.") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ArgumentError(
                f"{self.path} does not hold profiles. Repair or delete it, then log in again."
            ) from error

    def save(self, profiles: Profiles) -> None:
        """Replace the file as a whole; it is never readable by others, nor half-written."""
        document: dict[str, Any] = {
            "current": profiles.current,
            "profiles": {name: _given(profile) for name, profile in profiles.known.items()},
        }
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # mkstemp makes the file with mode 0600.
            descriptor, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=".profiles-")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    json.dump(document, file, indent=2)
                Path(temporary).replace(self.path)
            except BaseException:
                Path(temporary).unlink()
                raise
        except OSError as error:
            raise ArgumentError(f"Can't save the profiles in {self.path}: {error.strerror}.") from error


def _given(profile: Profile) -> dict[str, Any]:
    return {name: value for name, value in asdict(profile).items() if value is not None}


def home(environ: Mapping[str, str]) -> Path:
    """The user's home folder."""
    return Path(environ["HOME"]) if environ.get("HOME") else Path.home()

"""Which server a command line tool talks to, with which key, about which Context."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from spectron import endpoint
from spectron.errors import ArgumentError
from spectron.profiles import Profile, ProfileFile, home


@dataclass(frozen=True)
class Given:
    """What the caller said, by options; None where they said nothing."""

    url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    context: str | None = None
    profile: str | None = None

    def over(self, other: "Given") -> "Given":
        """This, completed by `other`."""
        return Given(
            url=self.url or other.url,
            api_key=self.api_key or other.api_key,
            context=self.context or other.context,
            profile=self.profile or other.profile,
        )

    @classmethod
    def by_environment(cls, environ: Mapping[str, str]) -> "Given":
        return cls(
            url=environ.get("SPECTRON_URL") or None,
            api_key=environ.get("SPECTRON_API_KEY") or None,
            context=environ.get("SPECTRON_CONTEXT_ID") or None,
            profile=environ.get("SPECTRON_PROFILE") or None,
        )


@dataclass(frozen=True)
class Target:
    """A server, a key, a Context, where the key was found, and where the profile says that the backups are."""

    url: str
    api_key: str | None = field(default=None, repr=False)
    context: str | None = None
    key_source: str | None = None
    repository: str | None = None


def find_target(given: Given, environ: Mapping[str, str], directory: Path) -> Target:
    """Options win over the environment, that over the profile, and the key of a local server's data folder comes last.

    A profile named by option is an option: the environment's address and key don't touch it. A key that nobody named
    is only sent where it belongs: the current profile's to that profile's server, a data folder's to this machine.
    """
    surroundings = Given.by_environment(environ)
    said = given if given.profile else given.over(surroundings)
    profile, name = _profile(said, environ)
    url = said.url or (profile.url if profile else endpoint.DEFAULT_URL)
    context = said.context or (profile.context if profile else None) or surroundings.context
    repository = profile.repository if profile and url == profile.url else None
    if said.api_key:
        source = "--api-key" if given.api_key else "SPECTRON_API_KEY"
        return Target(url, said.api_key, context, source, repository)
    if profile:
        return Target(url, profile.api_key, context, f"profile {name}", repository)
    file = _management_key(environ, directory) if _is_local(url) else None
    if file:
        return Target(url, _read(file), context, str(file))
    return Target(url, None, context)


def _profile(said: Given, environ: Mapping[str, str]) -> tuple[Profile | None, str | None]:
    profiles = ProfileFile.of_user(environ).load()
    if said.profile:
        return profiles.get(said.profile), said.profile
    current = profiles.known.get(profiles.current or "")
    if current is None or (said.url and endpoint.base_url(said.url) != endpoint.base_url(current.url)):
        return None, None
    return current, profiles.current


def _management_key(environ: Mapping[str, str], directory: Path) -> Path | None:
    named = environ.get("SPECTRON_DATA_DIR")
    folders = [directory / named] if named else [directory / "data", home(environ) / ".local/share/spectron"]
    return next((folder / "management.key" for folder in folders if (folder / "management.key").is_file()), None)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(
            f"Can't read the management key in {file}: {error}. Give a key with --api-key, or run as the server's user."
        ) from error


def _is_local(url: str) -> bool:
    host = endpoint.base_url(url).host
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

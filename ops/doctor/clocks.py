"""Whether this machine's clock agrees with those it works with."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from ops.doctor.diagnosis import Diagnosis
from ops.errors import OpsError
from ops.pages import BACKUP_FAILED
from ops.repository.location import BucketLocation
from ops.repository.lock import LEASE

# Leases, signatures and the order of sets all bear a small difference.
TOLERANCE = LEASE / 2


def clock(what: str, url: str, http: httpx.Client, now: Callable[[], datetime]) -> Iterator[Diagnosis]:
    """Compare with the time that an HTTP server says it is, whatever else it answers."""
    began = now()
    try:
        said = http.get(url).headers.get("date")
    except httpx.HTTPError as error:
        raise OpsError(f"{url} does not say what time it is: {error or type(error).__name__}.") from error
    if said is None:
        yield Diagnosis(f"clock of {what}", "doubtful", f"{url} does not say what time it is")
        return
    passed = now() - began
    ahead = parsedate_to_datetime(said).astimezone(UTC) - (began + passed / 2)
    if abs(ahead) > TOLERANCE + passed:
        order = "ahead of" if ahead > timedelta(0) else "behind"
        words = f"it is {abs(ahead).total_seconds():,.0f} s {order} this machine's; set the clocks by NTP"
        yield Diagnosis(f"clock of {what}", "ill", words, BACKUP_FAILED)
    else:
        yield Diagnosis(f"clock of {what}", "well", "it agrees with this machine's")


def address(location: BucketLocation) -> str:
    """Where the bucket's service is."""
    return location.endpoint or f"https://s3.{location.region or 'us-east-1'}.amazonaws.com"

"""The server that is backed up."""

from collections.abc import Iterator

from ops.doctor.diagnosis import Diagnosis
from ops.pages import DATABASE_DOWN, MIGRATION_FAILED
from spectron.sync.client import SpectronManagement


def server(admin: SpectronManagement) -> Iterator[Diagnosis]:
    """It answers, is ready, and takes the key."""
    ready = admin.ready()
    if ready.status == "ready":
        yield Diagnosis("server", "well", f"{admin.url} is ready")
    else:
        yield Diagnosis("server", "ill", f"{admin.url} is {ready.status}", DATABASE_DOWN)
    contexts = [*admin.contexts.iterate()]
    broken = [one.id for one in contexts if one.state != "active"]
    if broken:
        words = f"{', '.join(broken)} can't be used, so that they can't be saved"
        yield Diagnosis("contexts", "ill", words, MIGRATION_FAILED)
    else:
        yield Diagnosis("contexts", "well", f"{len(contexts)} can be saved")

"""What a command that fails leaves behind: a sentence and an exit code, never a traceback."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from spectron.errors import SpectronError, UnauthorizedError
from spectron.terminal.session import Session

FAILED = 1


@contextmanager
def reported(session: Session) -> Iterator[None]:
    """Ends the program with the exit code that what happens inside deserves; closes the session."""
    try:
        try:
            yield
            session.out.flush()
        finally:
            session.close()
    except (typer.Exit, typer.Abort, typer.TyperException):
        raise
    except BrokenPipeError:
        session.out.abandon()
        raise typer.Exit from None
    except UnauthorizedError as error:
        session.out.error(str(error))
        session.out.note(_about_the_key(session))
        raise typer.Exit(FAILED) from error
    except SpectronError as error:
        session.out.error(str(error))
        raise typer.Exit(FAILED) from error
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        session.out.error(f"{type(error).__name__}: {error} ({place.filename}, line {place.lineno}). Please report it.")
        raise typer.Exit(FAILED) from error


def _about_the_key(session: Session) -> str:
    source = session.target.key_source
    if source is None:
        return "No key was sent. Give one with --api-key or SPECTRON_API_KEY, or keep one with `spectronctl login`."
    return f"The key that was sent came from {source}."

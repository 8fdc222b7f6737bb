"""Back to the shell, until `fg`."""

import os
import signal


def suspend() -> bool:
    """Stop; False where there is no shell to go back to."""
    if os.getpgrp() == os.getsid(0):
        return False
    # Whoever waits for it in the same group, such as make, has to stop too.
    os.killpg(0, signal.SIGTSTP)
    return True

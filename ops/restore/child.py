"""Starts a program that does not outlive whoever started it: `python -m ops.restore.child PARENT PROGRAM …`."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    parent = int(sys.argv[1])
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("whoever started this is gone")
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - it becomes the program

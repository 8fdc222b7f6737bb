"""Who holds a lock, told so exactly that its end is noticed on the same machine."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Holder:
    """A process on a machine; `birth` tells it from a later one with the same number."""

    machine: str
    pid: int
    birth: str

    @classmethod
    def myself(cls) -> Self:
        pid = os.getpid()
        return cls(_machine(), pid, _birth(pid) or "")

    def is_gone(self) -> bool:
        """Whether it certainly runs no more; of other machines that can't be known."""
        return self.machine == _machine() and self.birth != "" and _birth(self.pid) != self.birth


def _machine() -> str:
    """This machine since it started, and the group of processes in it whose numbers can be compared."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    group = Path("/proc/self/ns/pid")
    parts = [socket.gethostname()]
    if boot.is_file() and group.exists():
        parts += [boot.read_text().strip(), str(group.readlink())]
    return " ".join(parts)


def _birth(pid: int) -> str | None:
    """When a process began, in the kernel's own measure; None if there is no such process, or it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else fields[19]

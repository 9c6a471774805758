"""Whether a process that must not be left behind is."""

from __future__ import annotations

import os
import time
from pathlib import Path


def ends(number: int, within: float = 30) -> bool:
    """Wait for a process to end; whether it did in so many seconds."""
    deadline = time.monotonic() + within
    while is_running(number):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_running(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{number}/status")
    return not (status.exists() and "State:\tZ" in status.read_text())

"""Programs that read what giveback writes, where they are installed: on the PATH, or in the folder GIVEBACK_READERS."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def program(name: str) -> str:
    """Where a program is; the test is skipped where it is not."""
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("GIVEBACK_READERS", ""), os.environ["PATH"])))
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def run(home: Path, name: str, *arguments: str, stdin: str = "") -> str:
    """What a program prints, with a home of its own."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    done = subprocess.run(
        [program(name), *arguments],
        input=stdin.encode(),
        env=environment,
        cwd=home,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()

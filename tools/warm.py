"""Commands as processes of their own that need not load what every command loads.

Most of the time of a short command is the loading of libraries. A process that has loaded them and done nothing else
forks for each command; what the command then does, it does as in any process: with a clock, a folder, an environment,
standard output and standard error of its own. How long loading takes, and what is loaded, is not seen this way.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_WARM = """
import functools, importlib, json, os, socket, sys, time
for name in sys.argv[2:]:
    importlib.import_module(name)
from giveback.__main__ import main
from giveback.matching import embedding
from giveback.store import tables
embedding.load_default = functools.cache(embedding.load_default)
embedding.load_default()
for family in tables.FAMILIES:
    importlib.import_module(f"giveback.store.tables.{family}")
asked = socket.socket(fileno=int(sys.argv[1]))
while True:
    message, opened, _, _ = socket.recv_fds(asked, 1 << 16, 2)
    if not message:
        break
    command = os.fork()
    if not command:
        sys.argv, env, folder = json.loads(message)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(env)
        time.tzset()
        for number, file in enumerate([os.open(os.devnull, os.O_RDONLY), *opened]):
            os.dup2(file, number)
        asked.close()
        sys.stdin, sys.stdout, sys.stderr = (open(number, mode, encoding="utf-8") for number, mode in enumerate("rww"))
        main()
    for file in opened:
        os.close(file)
    asked.send(str(os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])).encode())
"""
_LOADED = ("sqlmodel", "sqlalchemy.dialects.sqlite", "giveback.cli.app", "giveback.output.rich")


def start(words: Sequence[str], env: Mapping[str, str], folder: Path, files: tuple[int, int]) -> Callable[[], int]:
    """Start a command; one at a time.

    Args:
        words: "giveback" and its arguments.
        env: all of its environment.
        folder: where it runs.
        files: descriptors of its standard output and standard error; there is nothing on its standard input.

    Returns:
        What waits for its end and gives its exit code.
    """
    asked = _process()
    socket.send_fds(asked, [json.dumps([words, dict(env), str(folder)]).encode()], files)
    return lambda: int(asked.recv(16))


@functools.cache
def _process() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    number = theirs.fileno()
    env = os.environ | {"OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen([sys.executable, "-c", _WARM, str(number), *_LOADED], pass_fds=[number], env=env)
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait(60)

    atexit.register(end)
    return ours

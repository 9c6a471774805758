"""Entry point: answer without importing anything heavy whatever can be answered so."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run giveback with the process's arguments and exit with its code."""
    # A command lives for a fraction of a second: collecting garbage costs more than it frees.
    # Commands that work for longer turn it on again.
    gc.disable()
    # Our matrix products take milliseconds: threads that wait for one another cost more than they save.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    code = answer(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # who reads the pipe has seen enough
        pass
    # Everything is written and closed; taking the modules apart would cost a tenth of the time.
    os._exit(code)


def answer(arguments: list[str]) -> int:
    """Run one command line.

    Args:
        arguments: without the program's name.

    Returns:
        The exit code, one of `errors.Exit`.
    """
    if arguments == ["--version"]:
        from giveback.cli.catalogue import version_line

        print(version_line())
        return 0
    if arguments == ["--help"]:
        from giveback.cli.catalogue import overview

        sys.stdout.write(overview())
        return 0
    if arguments[:1] == ["--complete"]:
        from giveback.cli.completing import main as complete

        complete(arguments[1:])
        return 0
    from giveback.cli.app import run

    return int(run(arguments))


if __name__ == "__main__":
    main()

"""Entry point: answer without importing anything heavy whatever can be answered so."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run giveback with the process's arguments and exit with its code."""
    # A command lives for a fraction of a second: collecting garbage costs more than it frees.
    # Commands that work for longer turn it on again.
    gc.disable()
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        from giveback.cli.catalogue import version_line

        print(version_line())
    elif arguments == ["--help"]:
        from giveback.cli.catalogue import overview

        sys.stdout.write(overview())
    elif arguments[:1] == ["--complete"]:
        from giveback.cli.completing import main as complete

        complete(arguments[1:])
    else:
        from giveback.cli.app import run

        sys.exit(run(arguments))


if __name__ == "__main__":
    main()

"""The command line: find the one command that was asked for, run it, and turn errors into one line."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command_from_info, get_group

from giveback.cli.catalogue import CATALOGUE, overview, version_line
from giveback.cli.common import close_questions
from giveback.errors import AmbiguousError, Exit, GivebackError

if TYPE_CHECKING:
    from collections.abc import Sequence

CANDIDATES = 20
"""Whom a name could mean, at most so many on a screen."""


class Commands(TyperGroup):
    """The commands of the catalogue; only the module of the one that runs is imported."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # Typer vendors its context class
        """Every name, in the order of the help page."""
        del ctx
        return list(CATALOGUE)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - Typer's command class is not public
        """Import and build one command."""
        del ctx
        return load(cmd_name) if cmd_name in CATALOGUE else None

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401 - as above
        """The same page as the light path prints."""
        del ctx
        return overview().rstrip("\n")


def load(name: str) -> Any:  # noqa: ANN401 - Typer's command class is not public
    """Build the command of that name, with its subcommands where it is a group."""
    entry = CATALOGUE[name]
    module = import_module(f"giveback.cli.{entry.module}")
    if entry.group:
        group = get_group(module.app)
        group.name = name
        return group
    info = next(info for info in module.app.registered_commands if info.name == name)
    return get_command_from_info(info, pretty_exceptions_short=True, rich_markup_mode=None)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(version_line())
        raise typer.Exit


def _root(
    ctx: typer.Context,
    profile: Annotated[str, typer.Option(help="A separate store of that name.", metavar="NAME")] = "",
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    del version
    if profile:
        os.environ["GIVEBACK_PROFILE"] = profile
    if ctx.invoked_subcommand is None:
        from giveback.cli.routine import today

        today()


def application() -> Any:  # noqa: ANN401 - Typer's command class is not public
    """The root command."""
    app = typer.Typer(cls=Commands, rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)
    app.callback(invoke_without_command=True)(_root)
    group = get_group(app)
    # Typer offers "did you mean" from this table; the commands themselves are loaded one at a time.
    group.commands = dict.fromkeys(CATALOGUE)  # type: ignore[assignment]  # only the keys are read
    return group


def run(arguments: Sequence[str]) -> int:
    """Run one command line.

    Args:
        arguments: without the program's name.

    Returns:
        The exit code, one of `errors.Exit`. Whatever went wrong has been said on stderr in one
        line; GIVEBACK_DEBUG=1 adds the traceback.
    """
    try:
        code = application()(list(arguments), prog_name="giveback", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        # Who reads the pipe has seen enough, as `giveback contacts | head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE
    except BaseException as error:  # noqa: BLE001 - the one place where every error becomes a line
        return _explain(error)
    finally:
        close_questions()
    if code == Exit.INTERRUPTED:
        # Typer turns Ctrl-C inside a command into this code without a word.
        return _explain(KeyboardInterrupt())
    return code if isinstance(code, int) else Exit.DONE


def _explain(error: BaseException) -> int:
    if os.environ.get("GIVEBACK_DEBUG"):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, GivebackError):
        _say(error.message, error.hint)
        if isinstance(error, AmbiguousError):
            for candidate in error.candidates[:CANDIDATES]:
                print(f"  {candidate}", file=sys.stderr)
            if len(error.candidates) > CANDIDATES:
                print(f"  and {len(error.candidates) - CANDIDATES:,} more", file=sys.stderr)
        return error.code
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        _say("interrupted", "what was finished is kept")
        return Exit.INTERRUPTED
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else Exit.BUG
    return _explain_foreign(error)


def _explain_foreign(error: BaseException) -> int:
    """What other libraries raised."""
    if isinstance(error, typer.TyperException):
        return _explain_usage(error)
    if isinstance(error, OSError) and error.filename is not None:
        _say(f"{error.filename}: {error.strerror}", "check that the file is there and that you may use it")
        return Exit.USAGE
    if type(error).__module__ == "sqlite3":
        return _explain_store(error)
    _say(f"a bug: {type(error).__name__}: {error}", "GIVEBACK_DEBUG=1 shows where; please report it")
    return Exit.BUG


def _explain_store(error: BaseException) -> int:
    """The reading door met a damaged page, a full disk or the like."""
    from giveback.config import places
    from giveback.store.connect import explain

    found = explain(places().store, error)
    _say(found.message, found.hint)
    return found.code


_PLAIN = {
    f"is not in the range 1<=x<={2**63 - 1}": "is no such number",
    "is not a valid int range": "is not a whole number",
    "is not a valid integer": "is not a whole number",
}
"""What Typer says of numbers, and how people say it."""


def _explain_usage(error: typer.TyperException) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "giveback"
    message = error.format_message().strip().rstrip(".")
    for technical, plain in _PLAIN.items():
        message = message.replace(technical, plain)
    _say(message[:1].lower() + message[1:], f"see {path} --help")
    return Exit.USAGE


def _say(message: str, hint: str) -> None:
    from giveback.text import clean_line

    line = f"giveback: {message}" + (f" ({hint})" if hint else "")
    print(clean_line(line, 2_000), file=sys.stderr)

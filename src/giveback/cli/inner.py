"""Commands that have commands of their own: `articles prune`, `assets add`, `circle join`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

if TYPE_CHECKING:
    import typer


def with_inner(inner: typer.Typer) -> type[TyperCommand]:
    """A class of commands whose first word may name a command of another application.

    After `--` that word is an argument like any other: `articles -- prune` searches for it.

    Args:
        inner: holds the inner commands.
    """

    class WithInner(TyperCommand):
        """A command with commands of its own."""

        @property
        def commands(self) -> dict[str, Any]:
            """The inner commands by name."""
            from typer.main import get_command_from_info

            return {
                str(info.name): get_command_from_info(info, pretty_exceptions_short=True, rich_markup_mode=None)
                for info in inner.registered_commands
            }

        def make_context(self, info_name: Any, args: Any, parent: Any = None, **extra: Any) -> Any:  # noqa: ANN401 - Typer's classes are not public
            """Take the first word for the inner command when it is its name."""
            command = self.commands.get(args[0]) if args else None
            if command is None:
                return super().make_context(info_name, args, parent, **extra)
            return command.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)

    return WithInner

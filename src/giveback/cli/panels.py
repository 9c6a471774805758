"""Long lists of options in groups, as the help shows them: plain text, and no Rich."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperOption

if TYPE_CHECKING:
    from collections.abc import Sequence

OTHERS = "Options"
"""Where options stand that are in no group."""


def grouped(**panels: Sequence[str]) -> type[TyperCommand]:
    """The class of a command whose options stand in groups.

    Args:
        panels: titles, with _ for a space, to the flags of their options, in the order of the help.
    """
    titles = {flag: title.replace("_", " ") for title, flags in panels.items() for flag in flags}

    class Grouped(TyperCommand):
        """A command whose options stand in groups."""

        panels = tuple(dict.fromkeys(titles.values()))

        def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever Typer passes
            super().__init__(*args, **kwargs)
            found = {flag: each for each in self.params if isinstance(each, TyperOption) for flag in each.opts}
            for flag, title in titles.items():
                found[flag].rich_help_panel = title

        def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - Typer's vendored classes are not public
            sections: dict[str, list[Any]] = {title: [] for title in ("Arguments", *self.panels, OTHERS)}
            for each in self.get_params(ctx):
                title = getattr(each, "rich_help_panel", None) or OTHERS
                where = "Arguments" if each.param_type_name == "argument" else title
                sections[where] += filter(None, [each.get_help_record(ctx)])
            for title, records in sections.items():
                if records:
                    with formatter.section(title):
                        formatter.write_dl(records)

    return Grouped

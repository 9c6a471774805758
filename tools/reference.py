"""Write docs/cli.md and the table that completion reads, both from the commands themselves.

`python tools/reference.py` writes them, `--check` only says whether they are up to date.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any, NamedTuple

from giveback.cli.app import application, load
from giveback.cli.catalogue import CATALOGUE, USAGE
from giveback.config import SETTINGS
from giveback.errors import Exit

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs" / "cli.md"
WORDS = ROOT / "src" / "giveback" / "cli" / "words.py"

MEANINGS = {
    Exit.DONE: "done",
    Exit.BUG: "a bug in giveback; `GIVEBACK_DEBUG=1` shows where",
    Exit.USAGE: "the command cannot be understood: an unknown option, an impossible date, an empty interest",
    Exit.NOT_FOUND: "there is no contact, article, feed or message of that name or number",
    Exit.AMBIGUOUS: "several contacts answer to that name, or the change conflicts with what is there",
    Exit.STORE: "the store cannot be opened, read or written",
    Exit.NETWORK: "nothing could be fetched, or a message was not sent",
    Exit.REJECTED_IN_PART: "part of the input was rejected; what was good is kept",
    Exit.INTERRUPTED: "interrupted with Ctrl-C",
}
VARIABLES = {
    "GIVEBACK_HOME": "a folder for everything, in place of the platform's folders for data and configuration",
    "GIVEBACK_PROFILE": "a separate store of that name; `--profile` does the same for one command",
    "GIVEBACK_DEBUG": "set to 1, errors come with their traceback",
    "NO_COLOR": "set to anything, no colour on the terminal",
    "MAILER": "the mail program for `giveback give --open`; %s in it stands for the mailto: link",
    "GIVEBACK_MAIL_PASSWORD": "the password of your mail server, in place of the one in the keyring",
    "VISUAL, EDITOR": "the editor for `giveback edit` and `giveback give --edit`; vi without them",
}
HELP_OPTION = ("--help", "", False, "Show this message and exit.")
HELP_LIMIT = 90
LINE_LENGTH = 120


class Parameter(NamedTuple):
    """An option or an argument, as both files need it.

    Attributes:
        names: the flags of an option, or none for an argument.
        value: what stands for its value in the help, "" for a flag.
        repeats: whether it may be given several times.
        required: whether it must be given.
        default: how its default reads, "" when there is none to tell.
        help: what it is for.
        group: the title below which it stands in the help, "" for none.
    """

    names: tuple[str, ...]
    value: str
    repeats: bool
    required: bool
    default: str
    help: str
    group: str = ""


class Described(NamedTuple):
    """One command or subcommand: "log", "feed add"."""

    name: str
    help: str
    options: tuple[Parameter, ...]
    arguments: tuple[Parameter, ...]
    panels: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """The first line of its help."""
        return self.help.partition("\n")[0]

    @property
    def groups(self) -> list[str]:
        """The titles of its groups of options, in the order of its help; "" last."""
        return [*self.panels, ""]

    @property
    def usage(self) -> str:
        """One line: how it is called."""
        words = [_placed(argument) for argument in self.arguments]
        return " ".join(["giveback", self.name, *["[OPTIONS]"] * bool(self.options), *words])

    @property
    def example(self) -> str:
        """The command line after "Example:", or ""."""
        lines = (line.strip() for line in self.help.splitlines())
        return next((line.removeprefix("Example:").strip() for line in lines if line.startswith("Example:")), "")

    @property
    def description(self) -> str:
        """What its help says between summary and example."""
        return self.help.partition("\n")[2].partition("Example:")[0].strip()


def _placed(argument: Parameter) -> str:
    word = argument.value if argument.required else f"[{argument.value}]"
    return word + "..." * argument.repeats


def _parameter(made: Any) -> Parameter:  # noqa: ANN401 - Typer's parameter classes are not public
    is_option = made.param_type_name == "option"
    is_flag = is_option and made.is_flag
    kind = "N" if "int" in made.type.name else getattr(made.type, "name", "text").upper()
    value = "" if is_flag else made.metavar or (kind if is_option else made.name.upper())
    is_told = made.default not in (None, "", False, (), []) and getattr(made, "show_default", True) is not False
    shown = made.default if is_told else ""
    return Parameter(
        names=(*made.opts, *made.secondary_opts) if is_option else (),
        value=value.removesuffix("..."),
        repeats=made.nargs == -1 or bool(getattr(made, "multiple", False)),
        required=made.required,
        default="" if is_flag or callable(shown) else str(shown),
        help=" ".join((made.help or "").split()),
        group=getattr(made, "rich_help_panel", None) or "",
    )


def describe(name: str, made: Any) -> Described:  # noqa: ANN401 - as above
    """What Typer knows about one command."""
    parameters = [_parameter(each) for each in made.params if not getattr(each, "hidden", False)]
    return Described(
        name,
        inspect.cleandoc(made.help or ""),
        tuple(each for each in parameters if each.names and "--help" not in each.names),
        tuple(each for each in parameters if not each.names),
        getattr(made, "panels", ()),
    )


def commands() -> tuple[list[Described], list[str]]:
    """Every command and subcommand in the catalogue's order, and those whose module is not there."""
    found, missing = [], []
    for name in CATALOGUE:
        try:
            made = load(name)
        except ModuleNotFoundError as error:
            if error.name != f"giveback.cli.{CATALOGUE[name].module}":
                raise
            missing.append(name)
            continue
        found.append(describe(name, made))
        found += [describe(f"{name} {sub}", each) for sub, each in getattr(made, "commands", {}).items()]
    return found, missing


def page(found: list[Described]) -> str:
    """The text of docs/cli.md."""
    lines = [
        "# The command line",
        "",
        "<!-- Made by `make docs` from the commands themselves. -->",
        "",
        f"    {USAGE}",
        "",
        "`giveback` alone shows `giveback today`. Options of the program itself stand before the command:",
        "",
        *_table("option", _root_options()),
        "",
    ]
    for family in dict.fromkeys(entry.family for entry in CATALOGUE.values()):
        lines += [f"## {family}", ""]
        for command in found:
            if CATALOGUE[command.name.partition(" ")[0]].family == family:
                lines += _section(command)
    return "\n".join([*lines, *_exit_codes(), *_variables()]) + "\n"


def _root_options() -> tuple[Parameter, ...]:
    return describe("", application()).options


def _section(command: Described) -> list[str]:
    lines = [f"### giveback {command.name}", "", command.summary, "", f"    {command.usage}", ""]
    if command.description:
        lines += [command.description, ""]
    if command.example:
        lines += ["For example:", "", f"    {command.example}", ""]
    if command.arguments:
        lines += [*_table("argument", command.arguments), ""]
    for group in sorted({each.group for each in command.options}, key=command.groups.index):
        options = tuple(each for each in command.options if each.group == group)
        lines += [*_table(group.lower() or "option", options), ""]
    return lines


def _table(title: str, parameters: tuple[Parameter, ...]) -> list[str]:
    rows = []
    for each in parameters:
        names = ", ".join(f"{name} {each.value}".rstrip() for name in each.names) or each.value
        remarks = ["Required."] * (each.required and bool(each.names))
        remarks += ["May be repeated."] * (each.repeats and "repeat" not in each.help)
        remarks += [f"Default: `{each.default}`."] * bool(each.default)
        rows.append((names, " ".join([each.help, *remarks])))
    return _rows((title, ""), rows)


def _rows(head: tuple[str, str], rows: list[tuple[str, str]]) -> list[str]:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|"]
    return lines + [f"| `{_cell(left)}` | {_cell(right)} |" for left, right in rows]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _exit_codes() -> list[str]:
    rows = [(str(int(code)), MEANINGS[code]) for code in Exit]
    return ["## Exit codes", "", *_rows(("code", "meaning"), rows), ""]


def _variables() -> list[str]:
    rows = list(VARIABLES.items())
    for name, setting in SETTINGS.items():
        rows.append(("GIVEBACK_" + name.upper().replace(".", "_"), f"the setting `{name}`: {setting.help}"))
    return ["## Environment variables", "", *_rows(("variable", "meaning"), rows)]


def module(found: list[Described]) -> str:
    """The text of words.py, laid out as `ruff format` does."""
    options = {"": _option_rows(_root_options())} | {each.name: _option_rows(each.options) for each in found}
    arguments = {each.name: [(argument.value, argument.repeats) for argument in each.arguments] for each in found}
    subcommands = {
        group: [
            (each.name.removeprefix(f"{group} "), _cut(each.summary))
            for each in found
            if each.name.startswith(f"{group} ")
        ]
        for group, entry in CATALOGUE.items()
        if entry.group or any(each.name.startswith(f"{group} ") for each in found)
    }
    return "\n".join(
        [
            '"""Options and arguments of every command, for completion. Made by `make docs`; do not edit."""',
            "",
            "# Flags, what stands for the value (nothing for a flag), whether it may be repeated, help.",
            *_literal("OPTIONS", "dict[str, tuple[tuple[str, str, bool, str], ...]]", options),
            "",
            "# What stands for the argument, whether it takes all that is left.",
            *_literal("ARGUMENTS", "dict[str, tuple[tuple[str, bool], ...]]", arguments),
            "",
            "# The commands of each group, and what they are for.",
            *_literal("SUBCOMMANDS", "dict[str, tuple[tuple[str, str], ...]]", subcommands),
            "",
        ]
    )


def _option_rows(options: tuple[Parameter, ...]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [
        (" ".join(each.names), each.value, each.repeats, _cut(each.help)) for each in options
    ]
    return [*rows, HELP_OPTION]


def _cut(text: str) -> str:
    return text if len(text) <= HELP_LIMIT else text[: HELP_LIMIT - 1].rstrip() + "…"


def _literal(name: str, kind: str, table: dict[str, list[tuple[Any, ...]]]) -> list[str]:
    lines = [f"{name}: {kind} = {{"]
    for key, rows in table.items():
        if not rows:
            lines.append(f"    {_quoted(key)}: (),")
            continue
        short = f"    {_quoted(key)}: ({_row(rows[0])[0].strip()}),"
        if len(rows) == 1 and len(_row(rows[0])) == 1 and len(short) <= LINE_LENGTH:
            lines.append(short)
        else:
            lines += [f"    {_quoted(key)}: (", *[line for row in rows for line in _row(row)], "    ),"]
    return [*lines, "}"]


def _row(row: tuple[object, ...]) -> list[str]:
    values = [_quoted(value) for value in row]
    line = f"        ({', '.join(values)}),"
    if len(line) <= LINE_LENGTH:
        return [line]
    return ["        (", *[f"            {value}," for value in values], "        ),"]


def _quoted(value: object) -> str:
    """A literal in the quotes that the formatter prefers."""
    if not isinstance(value, str):
        return repr(value)
    text = repr(value)
    return text if '"' in value else '"' + text[1:-1].replace("\\'", "'") + '"'


def main(arguments: list[str]) -> int:
    """Write both files, or with --check say which of them is out of date.

    Returns:
        1 when something is missing or out of date.
    """
    found, missing = commands()
    for name in missing:
        print(f"not there: giveback {name} (giveback.cli.{CATALOGUE[name].module})", file=sys.stderr)
    stale = [path for path, text in files(found).items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        if "--check" in arguments:
            print(f"out of date: {path.relative_to(ROOT)} (make docs)", file=sys.stderr)
        else:
            path.write_text(files(found)[path], "utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return int(bool(missing) or ("--check" in arguments and bool(stale)))


def files(found: list[Described]) -> dict[Path, str]:
    """What each file must hold."""
    return {DOCS: page(found), WORDS: module(found)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

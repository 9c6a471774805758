"""Completion scripts for shells: show them, or put them where the shell finds them."""

from __future__ import annotations

import os
from typing import Annotated, NamedTuple

import typer

from giveback.cli.common import DryRun, family, note, would
from giveback.errors import UsageError

app = family()

Shell = Annotated[
    str, typer.Argument(metavar="SHELL", help="bash, zsh or fish; the one that runs here unless you say.")
]

# The words up to the cursor go over as they were typed. Scripts call the program itself, past
# functions and aliases of its name, and are silent whatever it says.
BASH = r"""# Completion of giveback for bash; made by `giveback completion`.
_giveback() {
    local kind= line=
    COMPREPLY=()
    {
        IFS= read -r kind
        while IFS= read -r line; do
            COMPREPLY+=("$line")
        done
    } < <(
        GIVEBACK_COMP_TYPE=${COMP_TYPE-} GIVEBACK_COMP_BREAKS=${COMP_WORDBREAKS-} \
            command giveback --complete bash 0 "${COMP_LINE:0:COMP_POINT}" 2>/dev/null
    )
    if [[ $kind == files ]]; then
        compopt -o default 2>/dev/null
    else
        compopt -o nosort 2>/dev/null
    fi
    return 0
}
complete -F _giveback giveback
"""

ZSH = r"""#compdef giveback
# Completion of giveback for zsh; made by `giveback completion`.
_giveback() {
    local -a lines values shown listed
    local line
    lines=("${(@f)$(command giveback --complete zsh $((CURRENT - 1)) \
        "${(@)words[1,CURRENT-1]}" "$QIPREFIX$PREFIX" 2>/dev/null)}")
    case ${lines[1]-} in
        (files) compset -P '--*='; _files; return ;;
        (menu) compstate[insert]=menu ;;
        (words) ;;
        (*) return 1 ;;
    esac
    for line in "${(@)lines[2,-1]}"; do
        values+=("${line%%$'\t'*}")
        shown+=("${line#*$'\t'}")
        [[ $values[-1] == $shown[-1] ]] || listed=(-l)
    done
    (( $#values )) || return 1
    # The candidates are chosen already, ignoring accents: -U keeps zsh from choosing again.
    compadd -U -V giveback $listed -d shown -a values
}
if [[ ${zsh_eval_context[-1]-} == loadautofunc ]]; then
    _giveback "$@"
else
    compdef _giveback giveback
fi
"""

FISH = r"""# Completion of giveback for fish; made by `giveback completion`.
function __giveback_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (command giveback --complete fish (count $words) $words "$current" 2>/dev/null)
    switch "$lines[1]"
        case files
            __fish_complete_path "$current"
        case '*'
            set -e lines[1]
            printf '%s\n' $lines
    end
end
complete -c giveback -f -k -a '(__giveback_complete)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}
BEGIN = "# >>> giveback completion >>>"
END = "# <<< giveback completion <<<"


class Piece(NamedTuple):
    """A file to write, or a block within a file of the user's.

    Attributes:
        path: where.
        text: what.
        is_block: whether it goes between two marks into what is there.
    """

    path: str
    text: str
    is_block: bool = False


@app.callback()
def completion() -> None:
    """Completion for bash, zsh and fish: install, show."""


@app.command("show")
def show(shell: Shell = "") -> None:
    """Print the script for a shell.

    Example: giveback completion show zsh
    """
    print(SCRIPTS[_chosen(shell)], end="")


@app.command("install")
def install(shell: Shell = "", dry_run: DryRun = False) -> None:
    """Put the script where the shell loads it; doing it again brings it up to date.

    Example: giveback completion install
    """
    chosen = _chosen(shell)
    pieces = {"bash": _bash, "zsh": _zsh, "fish": _fish}[chosen]()
    for piece in pieces:
        old = _read(piece.path)
        new = _with_block(old, piece.text) if piece.is_block else piece.text
        if new == old:
            note(f"up to date: {piece.path}")
            continue
        if not dry_run:
            _write(piece.path, new)
        would(dry_run, f"{'added to' if piece.is_block else 'wrote'} {piece.path}")
    note(f"open a new {chosen}, type `giveback ` and press Tab")


def _chosen(shell: str) -> str:
    name = os.path.basename(shell or os.environ.get("SHELL", ""))
    if name not in SCRIPTS:
        what = f"there is no completion for {name!r}" if name else "which shell is not known"
        raise UsageError(what, "say bash, zsh or fish: giveback completion install bash")
    return name


def _folder(variable: str, *default: str) -> str:
    """A folder of the XDG Base Directory Specification; a path that is not absolute does not count."""
    value = os.environ.get(variable, "")
    return value if os.path.isabs(value) else os.path.join(os.path.expanduser("~"), *default)


def _bash() -> list[Piece]:
    """bash-completion loads the script when it is needed; without it, ~/.bashrc does."""
    data = _folder("XDG_DATA_HOME", ".local", "share")
    folder = os.environ.get("BASH_COMPLETION_USER_DIR") or os.path.join(data, "bash-completion")
    script = os.path.join(folder, "completions", "giveback")
    start = os.path.join(os.path.expanduser("~"), ".bashrc")
    pieces = [Piece(script, BASH)]
    if BEGIN in _read(start) or not _loads_bash_completion(_read(start)):
        path = _single_quoted(script)
        pieces.append(Piece(start, f"if [ -r {path} ]; then\n    . {path}\nfi\n", is_block=True))
    return pieces


def _loads_bash_completion(text: str) -> bool:
    """Whether a ~/.bashrc asks for bash-completion, and it is there to be had."""
    homes = ("/usr", "/usr/local", "/opt/homebrew", "/opt/local", "/run/current-system/sw")
    there = any(os.path.exists(f"{home}/share/bash-completion/bash_completion") for home in homes)
    return there and any("bash_completion" in line.partition("#")[0] for line in text.splitlines())


def _zsh() -> list[Piece]:
    folder = os.path.join(_folder("XDG_DATA_HOME", ".local", "share"), "zsh", "site-functions")
    start = os.path.join(_folder("ZDOTDIR"), ".zshrc")
    block = (
        f"fpath=({_single_quoted(folder)} $fpath)\n"
        "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }\n"
        "autoload -Uz _giveback && compdef _giveback giveback\n"
    )
    return [Piece(os.path.join(folder, "_giveback"), ZSH), Piece(start, block, is_block=True)]


def _fish() -> list[Piece]:
    folder = os.path.join(_folder("XDG_CONFIG_HOME", ".config"), "fish", "completions")
    return [Piece(os.path.join(folder, "giveback.fish"), FISH)]


def _single_quoted(path: str) -> str:
    return "'" + path.replace("'", "'\\''") + "'"


def _with_block(text: str, block: str) -> str:
    """A start-up file with our block in it, in the place of an older one or at the end."""
    marked = f"{BEGIN}\n{block}{END}\n"
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if begin and end:
        return before + marked + after.removeprefix("\n")
    gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
    return text + gap + marked


def _read(path: str) -> str:
    """A start-up file as it is, in whatever encoding; "" when there is none."""
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        return file.read()


def _write(path: str, text: str) -> None:
    """Written in place, not renamed over: a start-up file may be a link into a repository."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(text)

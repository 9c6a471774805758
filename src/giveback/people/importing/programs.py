"""Where abook and khard keep their contacts, so that their names are enough for an import."""

from __future__ import annotations

import os
import re
from glob import glob
from typing import TYPE_CHECKING

from giveback.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SECTION = re.compile(r"\s*\[(?!\[)\s*(.*?)\s*\]\s*(?:#.*)?")
_PATH = re.compile(r"""\s*path\s*=\s*(?:"([^"]*)"|'([^']*)'|([^#]*?))\s*(?:#.*)?""")


def expanded(files: Sequence[str], env: Mapping[str, str] = os.environ) -> list[str]:
    """Files to import, with the names of programs replaced by where those keep their contacts.

    Args:
        files: paths, or "abook" and "khard" where no file has that name.
        env: the environment.

    Raises:
        NotFoundError: that program keeps none here.
    """
    found: list[str] = []
    for said in files:
        known = {"abook": _abook, "khard": _khard}.get(said)
        if known is None or os.path.lexists(said):
            found.append(said)
            continue
        places = known(env)
        there = [path for path in places if os.path.exists(path)]
        if not there:
            raise NotFoundError(f"{said} keeps no contacts here: there is no {' or '.join(places)}", "name the file")
        found += there
    return found


def _abook(env: Mapping[str, str]) -> list[str]:
    return [os.path.join(_home(env), ".abook", "addressbook")]


def _khard(env: Mapping[str, str]) -> list[str]:
    """The folders that khard's configuration names (https://khard.readthedocs.io/en/latest/man/khard.conf.html)."""
    default = os.path.join(env.get("XDG_CONFIG_HOME") or os.path.join(_home(env), ".config"), "khard", "khard.conf")
    path = env.get("KHARD_CONFIG") or default
    if not os.path.isfile(path):
        return [path]
    with open(path, encoding="utf-8", errors="replace") as file:
        return _folders(file.read(), env) or [f"address book in {path}"]


def _folders(text: str, env: Mapping[str, str]) -> list[str]:
    section, found = "", []
    for line in text.splitlines():
        if heading := _SECTION.fullmatch(line):
            section = heading[1]
        elif section == "addressbooks" and (said := _PATH.fullmatch(line)):
            path = _expand(next(group for group in said.groups() if group is not None), env)
            # An address book of the kind "discover" has a pattern instead of a folder.
            found += sorted(glob(path, recursive=True)) if "*" in path else [path]
    return found


def _expand(path: str, env: Mapping[str, str]) -> str:
    named = re.sub(r"\$\{?(\w+)\}?", lambda match: env.get(match[1], match[0]), path)
    return os.path.join(_home(env), named[2:]) if named.startswith("~/") else named


def _home(env: Mapping[str, str]) -> str:
    return env.get("HOME") or os.path.expanduser("~")

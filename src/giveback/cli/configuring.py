"""Settings: list, get, set, unset."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from giveback.cli.common import DryRun, Here, Json, family, here, say, would
from giveback.config import SETTINGS, setting
from giveback.dates import now
from giveback.errors import UsageError
from giveback.writing import put

if TYPE_CHECKING:
    from collections.abc import Callable

    from tomlkit import TOMLDocument

app = family()

Key = Annotated[str, typer.Argument(metavar="KEY", help="A setting: me.name, followups.cadence.")]


@app.callback()
def config() -> None:
    """Settings: list, set, unset."""


@app.command("list")
def list_settings(json: Json = False) -> None:
    """Every setting, its value, and where that comes from.

    Example: giveback config list
    """
    at = here()
    rows = [(key, setting(at.places, key), _origin(at, key)) for key in SETTINGS]
    if json:
        from giveback.output import records

        records.show([{"key": key, "value": value, "origin": origin, **SETTINGS[key]._asdict()}
                      for key, value, origin in rows])  # fmt: skip
        return
    from giveback.output.table import Column, Table, show

    columns = (Column("Setting", "name"), Column("Value"), Column("From", "dim"), Column("", "dim", grows=True))
    show(Table(columns, [(key, value, origin, SETTINGS[key].help) for key, value, origin in rows]))


@app.command("get")
def get(key: Key) -> None:
    """The value of one setting.

    Example: giveback config get followups.cadence
    """
    say(setting(here().places, _known(key)))


@app.command("set")
def set_value(
    key: Key,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Its value.")],
    dry_run: DryRun = False,
) -> None:
    """Change a setting.

    Example: giveback config set followups.cadence 3w
    """
    at = here()
    new = checked(_known(key), value)
    old = setting(at.places, key, {})
    document = _document(at.places.config)
    section, _, name = key.partition(".")
    _table(document, section, at.places.config)[name] = new
    if not dry_run:
        _write(at.places.config, document)
        if key == "asks.country":
            _follow_country(at)
    would(dry_run, f"{key}: {old or '(nothing)'} -> {new}")
    _warn_of_override(key)


def _follow_country(at: Here) -> None:
    """Count the holidays of another country for the asks that wait."""
    if not os.path.exists(at.store):
        return
    from giveback.cli.common import country
    from giveback.keeping.calendar import keep_for_open_asks
    from giveback.store.changes import change

    with change(at.store, at.now) as session:
        keep_for_open_asks(session, country(at))


@app.command("unset")
def unset(key: Key, dry_run: DryRun = False) -> None:
    """Back to the default.

    Example: giveback config unset followups.cadence
    """
    at = here()
    section, _, name = _known(key).partition(".")
    document = _document(at.places.config)
    table = _table(document, section, at.places.config)
    if name in table:
        del table[name]
        if not table:
            del document[section]
        if not dry_run:
            _write(at.places.config, document)
            if key == "asks.country":
                _follow_country(at)
    would(dry_run, f"{key}: {SETTINGS[key].default or '(nothing)'}, the default")
    _warn_of_override(key)


def remember(at: Here, key: str, value: str) -> None:
    """Keep a setting that a command was told, as `config set` does."""
    document = _document(at.places.config)
    section, _, name = key.partition(".")
    _table(document, section, at.places.config)[name] = value
    _write(at.places.config, document)


def _variable(key: str) -> str:
    return "GIVEBACK_" + key.upper().replace(".", "_")


def _warn_of_override(key: str) -> None:
    if _variable(key) in os.environ:
        from giveback.cli.common import note

        note(f"{_variable(key)} is set in the environment and comes first")


def _origin(at: Here, key: str) -> str:
    if _variable(key) in os.environ:
        return "environment"
    section, _, name = key.partition(".")
    group = _document(at.places.config).get(section)
    return "file" if isinstance(group, dict) and name in group else "default"


def _known(key: str) -> str:
    if key not in SETTINGS:
        from difflib import get_close_matches

        near = get_close_matches(key, SETTINGS, n=1)
        raise UsageError(
            f"there is no setting {key!r}", f"did you mean {near[0]}?" if near else "`giveback config list` shows them"
        )
    return key


def checked(key: str, said: str) -> str | int:
    """A value as it is kept in the file.

    Args:
        key: one of `config.SETTINGS`.
        said: what the user typed.

    Raises:
        UsageError: the setting cannot have that value.
    """
    from giveback.text import clean_line

    value = clean_line(said)
    if not value:
        raise UsageError(f"the value of {key} is empty", f"giveback config unset {key}")
    return _CHECKS[key](value)


def _cadence(said: str) -> str:
    from giveback.dates import parse_span

    if said.lower() == "never":
        return "never"
    parse_span(said)
    return said


def _email(said: str) -> str:
    from giveback.people.contacts import checked_email

    return checked_email(said)


def _emails(said: str) -> str:
    return ", ".join(_email(part.strip()) for part in said.split(","))


def _paper(said: str) -> str:
    from giveback.printing.sheets import paper_size

    paper_size(said)
    return said.lower()


def _fold(said: str) -> str:
    from giveback.printing.sheets import sheet

    return sheet("a4", said.lower()).fold


def _kinds(said: str) -> str:
    from giveback.matching.tact import KINDS

    kinds = [kind.strip().lower() for kind in said.split(",") if kind.strip()]
    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(f"{kind!r} is no kind of sensitive article", "use some of " + ", ".join(KINDS))
    return ", ".join(kinds)


def _weak(said: str) -> str:
    from giveback.giving.choices import WEAK

    facts = [fact.strip().lower() for fact in said.split(",") if fact.strip()]
    for fact in facts:
        if fact not in WEAK and facts != ["none"]:
            raise UsageError(f"{fact!r} is nothing that can count", "use some of " + ", ".join(WEAK) + ", or none")
    return ", ".join(facts)


def _model(said: str) -> str:
    from giveback.matching.embedding import STATIC, TRANSFORMER

    if said not in (STATIC, TRANSFORMER):
        raise UsageError(f"{said!r} is no kind of model", f"use {STATIC} or {TRANSFORMER}")
    return said


def _model_path(said: str) -> str:
    from giveback.matching.transformer import checked_folder

    checked_folder(said)
    return os.path.abspath(os.path.expanduser(said))


def _country(said: str) -> str:
    from giveback.keeping.calendar import checked_country, computed

    country = checked_country(said)
    if country:
        computed(country, [now().today.year])  # a country that the library does not know is refused here
    return country or "none"


def _site(said: str) -> str:
    from giveback.bulletins.addresses import site

    return site(said)


def _unsubscribe(said: str) -> str:
    from giveback.bulletins.addresses import unsubscribe

    return unsubscribe(said)


def _language(said: str) -> str:
    from giveback.bulletins.addresses import language

    return language(said)


def _host(said: str) -> str:
    if any(sign in said for sign in "/@ "):
        raise UsageError(f"{said!r} is no name of a server", "such as smtp.example.org; the port is mail.port")
    return said


def _security(said: str) -> str:
    from giveback.mailing.settings import SECURITIES

    if said.lower() not in SECURITIES:
        raise UsageError(f"{said!r} is no way to protect a connection", "use one of " + ", ".join(SECURITIES))
    return said.lower()


def _mailbox(said: str) -> str:
    from giveback.mailing.mailboxes import parsed

    parsed(said)
    return said


def _certificates(said: str) -> str:
    from giveback.mailing.connecting import tls_context

    path = os.path.abspath(os.path.expanduser(said))
    tls_context(path)
    return path


def _span(said: str) -> str:
    from giveback.dates import parse_span

    parse_span(said)
    return said


def _number(least: int, most: int) -> Callable[[str], int]:
    def check(said: str) -> int:
        if not (said.isascii() and said.isdigit() and least <= int(said) <= most):
            raise UsageError(f"{said!r} is no number from {least} to {most}", "give a whole number")
        return int(said)

    return check


def _share(name: str) -> Callable[[str], str]:
    def check(said: str) -> str:
        from giveback.config import share

        return f"{share(said, name):g}"

    return check


def _region(said: str) -> str:
    import phonenumbers

    region = said.strip().upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise UsageError(f"{said!r} is no country with telephone numbers", "use two letters, such as US, GB, PL")
    return region


_CHECKS: dict[str, Callable[[str], str | int]] = {
    "me.name": str,
    "me.email": _email,
    "me.addresses": _emails,
    "me.address": str,
    "print.paper": _paper,
    "print.fold": _fold,
    "followups.cadence": _cadence,
    "followups.limit": _number(0, 1_000_000),
    "suggest.limit": _number(0, 1_000_000),
    "interests.weak": _weak,
    "interests.quiet": _span,
    "matching.model": _model,
    "matching.model_path": _model_path,
    "tact.threshold": _share("tact.threshold"),
    "tact.allow": _kinds,
    "fetch.connections": _number(1, 100),
    "fetch.per_host": _number(1, 100),
    "fetch.timeout": _number(1, 600),
    "fetch.pages": _number(0, 10_000),
    "fetch.pause": _number(0, 3_600),
    "asks.country": _country,
    "people.region": _region,
    "mail.host": _host,
    "mail.port": _number(1, 65_535),
    "mail.security": _security,
    "mail.user": str,
    "mail.from": _mailbox,
    "mail.timeout": _number(1, 600),
    "mail.per_minute": _number(0, 6_000),
    "mail.ca_file": _certificates,
    "bulletins.title": str,
    "bulletins.url": _site,
    "bulletins.unsubscribe": _unsubscribe,
    "bulletins.language": _language,
    "bulletins.greeting": str,
    "bulletins.closing": str,
    "bulletins.limit": _number(1, 100),
    "fetch.contact": str,
}


def _document(path: str) -> TOMLDocument:
    """The settings file with its comments and its order."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    if not os.path.exists(path):
        return tomlkit.document()
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return tomlkit.parse(file.read())
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no TOML: {error}", "mend the line, or move the file away") from error


def _table(document: TOMLDocument, section: str, path: str) -> Any:  # noqa: ANN401 - tomlkit's tables have no common type
    import tomlkit

    found = document.setdefault(section, tomlkit.table())
    if not isinstance(found, dict):
        raise UsageError(f"{section!r} in {path} is no table", f"write it as [{section}]")
    return found


def _write(path: str, document: TOMLDocument) -> None:
    """Write the settings; a link stays a link."""
    put(os.path.realpath(path), document.as_string().encode(), folder_mode=0o700)

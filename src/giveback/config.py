"""Where things are kept, and the settings that a user may change."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROFILE = r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}"


class Places(NamedTuple):
    """The files of one profile. Nothing is created by asking for them.

    Attributes:
        store: the SQLite file.
        config: the TOML file with the settings, shared by all profiles.
        templates: the folder whose note templates replace the built-in ones.
        drafts: the folder where e-mail drafts are written.
        bulletins: the folder with the files of bulletins.
    """

    store: str
    config: str
    templates: str
    drafts: str
    bulletins: str


def places(env: Mapping[str, str] = os.environ) -> Places:
    """Resolve the files of the current profile.

    Args:
        env: `GIVEBACK_HOME` puts everything in one folder, otherwise the platform's
            configuration and data folders serve; `GIVEBACK_PROFILE` names a separate store.

    Raises:
        UsageError: the profile's name cannot be a file name.
    """
    home = env.get("GIVEBACK_HOME")
    if home:
        config, data = home, home
    else:
        import platformdirs

        config, data = platformdirs.user_config_dir("giveback"), platformdirs.user_data_dir("giveback")
    profile = env.get("GIVEBACK_PROFILE", "")
    if profile and not re.fullmatch(_PROFILE, profile):
        raise UsageError(f"{profile!r} cannot name a profile", "use letters, digits, - and _")
    name = f"giveback-{profile}.db" if profile else "giveback.db"
    return Places(
        store=os.path.join(data, name),
        config=os.path.join(config, "config.toml"),
        templates=os.path.join(config, "templates"),
        drafts=os.path.join(data, "drafts"),
        bulletins=os.path.join(data, f"bulletins-{profile}" if profile else "bulletins"),
    )


def usual_cadence(where: Places) -> int | None:
    """The cadence, in days, of a contact added without one.

    Raises:
        UsageError: the setting is no span of time.
    """
    from giveback.dates import parse_span

    said = setting(where, "followups.cadence")
    return None if said == "never" else parse_span(said)


def region(where: Places, env: Mapping[str, str] = os.environ) -> str:
    """The country in which phone numbers without + are dialled: two letters, "" when nothing tells.

    Raises:
        UsageError: the setting is no such code.
    """
    said = setting(where, "people.region", env).strip().upper()
    if said:
        if not re.fullmatch("[A-Z]{2}", said):
            raise UsageError(
                f"the setting people.region is {said!r}, not two letters", "giveback config set people.region US"
            )
        return said
    for name in ("LC_ALL", "LC_TELEPHONE", "LC_ADDRESS", "LANG"):
        found = re.match(r"[a-z]{2,3}_([A-Z]{2})\b", env.get(name, ""))
        if found:
            return found[1]
    return ""


def quiet_days(where: Places) -> int:
    """After how many days without an article that is said of an interest.

    Raises:
        UsageError: the setting is no span of time.
    """
    from giveback.dates import parse_span

    return parse_span(setting(where, "interests.quiet"))


class Setting(NamedTuple):
    """A setting: what it is when nobody set it, and what it is for."""

    default: str
    help: str


SETTINGS: dict[str, Setting] = {
    "me.name": Setting("", "your name, under notes"),
    "me.addresses": Setting("", "further addresses of yours, by which your own mail is known"),
    "me.email": Setting("", "your address, in drafts"),
    "me.address": Setting("", "your postal address on cards, lines separated by ;"),
    "print.paper": Setting("", "what cards and handouts are printed on: a4 or letter; by your locale when not set"),
    "print.fold": Setting("half", "how cards are folded: half (both sides are printed) or quarter (one side)"),
    "people.region": Setting("", "the country of phone numbers without +, two letters; without it that of your locale"),
    "followups.cadence": Setting("warm", "how often to be in touch with a contact added without --every"),
    "followups.limit": Setting("20", "how many follow-ups are shown"),
    "asks.country": Setting("", "whose public holidays are no business days: US, US-TX, DE-BY; empty for none"),
    "suggest.limit": Setting("5", "how many suggestions are shown"),
    "interests.weak": Setting("company, title, town", "what is known of a person that counts a little, or none"),
    "interests.quiet": Setting("3m", "how long an interest may go without an article before that is said"),
    "matching.model": Setting("static", "how closeness in meaning is measured: static, or transformer"),
    "matching.model_path": Setting("", "the folder of the transformer: model.onnx and tokenizer.json"),
    "tact.threshold": Setting("0.5", "from which probability on an article is held back as sensitive: 0.2 is stricter"),
    "tact.allow": Setting("", "kinds of sensitive articles that may be suggested, such as: illness, religion"),
    "fetch.connections": Setting("100", "how many feeds are fetched at once"),
    "fetch.per_host": Setting("2", "how many of them from one host"),
    "fetch.timeout": Setting("30", "seconds that a feed may take"),
    "fetch.pages": Setting("50", "how many pages a fetch takes for feeds that are wanted in full text"),
    "fetch.pause": Setting("2", "seconds between two such pages of one host, at least"),
    "mail.host": Setting("", "the server that sends your mail, such as smtp.example.org"),
    "mail.port": Setting("", "its port; 587 for starttls, 465 for tls when it is not set"),
    "mail.security": Setting("starttls", "how the connection is encrypted: starttls, tls, plain (this machine only)"),
    "mail.user": Setting("", "your user name there; the password is in the keyring (giveback mail login)"),
    "mail.from": Setting("", "who your mail is from, Name <address>; me.name and me.email when it is not set"),
    "mail.timeout": Setting("60", "seconds that an answer of the mail server may take"),
    "mail.per_minute": Setting("30", "how many messages are sent in a minute at most, 0 for no limit"),
    "mail.ca_file": Setting("", "certificates to trust beside the usual ones, a file in PEM"),
    "fetch.contact": Setting("", "an address or page of yours that servers see in the User-Agent"),
    "bulletins.title": Setting("", "the title of the site of your bulletins, instead of the bulletin's own"),
    "bulletins.url": Setting("", "where that site will be: https://example.org/energy/"),
    "bulletins.unsubscribe": Setting(
        "", "an https address at which readers unsubscribe with one click; {reader} and {bulletin} tell who and what"
    ),
    "bulletins.language": Setting("en", "the language of your bulletins: en, de, pt-BR"),
    "bulletins.greeting": Setting("Hello {name},", "how a bulletin greets its reader"),
    "bulletins.closing": Setting("With best wishes,", "what stands above your name in a bulletin"),
    "bulletins.limit": Setting("12", "how many items a bulletin is compiled of at most"),
}


def setting(where: Places, name: str, env: Mapping[str, str] = os.environ) -> str:
    """The value of a setting: environment first, then config.toml, then the default.

    Args:
        where: the files of the profile.
        name: one of `SETTINGS`; followups.limit is GIVEBACK_FOLLOWUPS_LIMIT in the environment.
        env: the environment.

    Raises:
        UsageError: there is no such setting, or the file is no TOML.
    """
    if name not in SETTINGS:
        raise UsageError(f"there is no setting {name!r}", "`giveback config list` shows them")
    override = env.get("GIVEBACK_" + name.upper().replace(".", "_"))
    if override is not None:
        return override
    section, _, key = name.partition(".")
    group = _file(where.config).get(section)
    value = group.get(key) if isinstance(group, dict) else None
    return SETTINGS[name].default if value is None else str(value)


def number_setting(where: Places, name: str) -> int:
    """A setting that is a whole number, 0 or more.

    Raises:
        UsageError: it is not.
    """
    said = setting(where, name)
    if not said.isdigit():
        raise UsageError(f"the setting {name} is {said!r}, not a number", f"giveback config set {name} 5")
    return int(said)


def share_setting(where: Places, name: str) -> float:
    """A setting that is a share, more than 0 and at most 1.

    Raises:
        UsageError: it is not.
    """
    return share(setting(where, name), name)


def share(said: str, name: str) -> float:
    """Read a share.

    Args:
        said: "0.4" or ".4".
        name: of the setting, for the message.

    Raises:
        UsageError: it is no number, or not more than 0 and at most 1.
    """
    hint = f"giveback config set {name} 0.5"
    try:
        value = float(said)
    except ValueError:
        raise UsageError(f"the setting {name} is {said!r}, not a number", hint) from None
    if not 0 < value <= 1:
        raise UsageError(f"the setting {name} is {said!r}, not more than 0 and at most 1", hint)
    return value


def _file(path: str) -> dict[str, object]:
    if not os.path.exists(path):
        return {}
    import tomllib

    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no TOML: {error}", "mend the line, or move the file away") from error

"""By which server mail is sent, from the settings and the keyring."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from giveback.config import number_setting, setting
from giveback.errors import NotFoundError, UsageError
from giveback.mailing.mailboxes import Mailbox, mailbox, parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from giveback.config import Places

SECURITIES = {"starttls": 587, "tls": 465, "plain": 25}
"""How a connection is protected, each with its usual port (RFC 6409, RFC 8314, RFC 5321)."""
PASSWORD = "GIVEBACK_MAIL_PASSWORD"  # noqa: S105 - the variable's name
_GUIDE = "docs/giving.md"


class MailSettings(NamedTuple):
    """How mail is sent.

    Attributes:
        host: the server's name or address.
        port: 1 to 65535.
        security: one of `SECURITIES`.
        user: who logs in; "" where nobody has to.
        password: of that user; never shown.
        timeout: seconds that an answer may take.
        per_minute: messages a minute at most; 0 for no limit.
        ca_file: certificates to trust beside the usual ones, or "".
    """

    host: str
    port: int
    security: str = "starttls"
    user: str = ""
    password: str = ""
    timeout: float = 60
    per_minute: int = 30
    ca_file: str = ""

    def __repr__(self) -> str:
        return f"MailSettings({self.user}@{self.host}:{self.port}, {self.security})"


def sender(where: Places) -> Mailbox | None:
    """Whose mail it is: `mail.from`, else `me.name` and `me.email`; None when neither is set.

    Raises:
        UsageError: it is no address.
    """
    said = setting(where, "mail.from")
    if said:
        found = parsed(said)
        return found if found.name else Mailbox(found.address, setting(where, "me.name"))
    mine = setting(where, "me.email")
    return mailbox(mine, setting(where, "me.name")) if mine else None


def required_sender(where: Places) -> Mailbox:
    """As `sender`.

    Raises:
        UsageError: it is not set.
    """
    found = sender(where)
    if found is None:
        raise UsageError("your own address is not set", "giveback config set me.email NAME@EXAMPLE.COM")
    return found


def account(settings: MailSettings) -> str:
    """The name under which the keyring has the password."""
    return f"{settings.user}@smtp://{settings.host.lower()}"


def server(where: Places) -> MailSettings:
    """The server of the settings, without the password.

    Raises:
        UsageError: there is none, or a setting cannot be.
    """
    host = setting(where, "mail.host")
    if not host:
        raise UsageError(
            "no mail server is set", f"giveback config set mail.host smtp.example.org, see {_GUIDE}; --draft needs none"
        )
    security = setting(where, "mail.security")
    if security not in SECURITIES:
        raise UsageError(f"the setting mail.security is {security!r}", "use one of " + ", ".join(SECURITIES))
    port = setting(where, "mail.port")
    return MailSettings(
        host=host,
        port=number_setting(where, "mail.port") if port else SECURITIES[security],
        security=security,
        user=setting(where, "mail.user"),
        timeout=float(number_setting(where, "mail.timeout")),
        per_minute=number_setting(where, "mail.per_minute"),
        ca_file=setting(where, "mail.ca_file"),
    )


def ready(where: Places, env: Mapping[str, str] = os.environ) -> MailSettings:
    """The server of the settings, with the password where there is a user.

    Args:
        where: the files of the profile.
        env: `GIVEBACK_MAIL_PASSWORD` serves instead of the keyring.

    Raises:
        UsageError: as for `server`.
        NotFoundError: there is no password.
        StoreError: the keyring is locked or absent.
    """
    found = server(where)
    if not found.user:
        return found
    password = env.get(PASSWORD) or _kept(found)
    return found._replace(password=password)


def _kept(settings: MailSettings) -> str:
    from giveback import passwords
    from giveback.errors import StoreError

    name = account(settings)
    try:
        password = passwords.find(name)
    except StoreError as error:
        raise StoreError(error.message, f"{error.hint}; or set {PASSWORD} for this once") from None
    if password is None:
        raise NotFoundError(f"the keyring has no password of {name}", f"giveback mail login, or set {PASSWORD}")
    return password

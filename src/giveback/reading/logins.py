"""Passwords of feeds, in the platform's keyring and nowhere else.

The store knows the user name. The keyring has the password under the account "user@host", so feeds of one
host share it.
"""

from __future__ import annotations

from giveback import passwords
from giveback.errors import NotFoundError
from giveback.reading.addresses import require_http_url, split_credentials, target


def account(url: str, username: str) -> str:
    """The name under which the keyring has a password.

    Raises:
        UsageError: it is no web address.
    """
    place = target(require_http_url(split_credentials(url)[0]))
    plain = "" if place.scheme == "https" else f"{place.scheme}://"  # one for https is not good for http
    return f"{username}@{plain}{place.authority}"


def keep(url: str, username: str, password: str) -> None:
    """Put a password into the keyring.

    Args:
        url: of the feed.
        username: whose password it is.
        password: never printed, and never stored anywhere else.

    Raises:
        StoreError: there is no keyring, or it is locked.
    """
    passwords.keep(account(url, username), password)


def find(url: str, username: str) -> str:
    """Get a password from the keyring.

    Raises:
        NotFoundError: it is not there.
        StoreError: there is no keyring, or it is locked.
    """
    name = account(url, username)
    password = passwords.find(name)
    if password is None:
        raise NotFoundError(f"the keyring has no password of {name}", "giveback feed login")
    return password


def forget(url: str, username: str) -> bool:
    """Take a password out of the keyring; tell whether it was there.

    Raises:
        StoreError: there is no keyring, or it is locked.
    """
    return passwords.forget(account(url, username))

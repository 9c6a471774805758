"""Passwords of feeds, in the platform's keyring and nowhere else.

The store knows the user name. The keyring has the password under the service "giveback" and the account
"user@host", so feeds of one host share it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from giveback.errors import NotFoundError, StoreError
from giveback.reading.addresses import require_http_url, split_credentials, target

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICE = "giveback"


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
    import keyring

    name = account(url, username)
    with _explained(name):
        keyring.set_password(SERVICE, name, password)
        kept = keyring.get_password(SERVICE, name)
    if kept != password:  # keyring's null backend forgets at once
        raise _no_keyring(name)


def find(url: str, username: str) -> str:
    """Get a password from the keyring.

    Raises:
        NotFoundError: it is not there.
        StoreError: there is no keyring, or it is locked.
    """
    import keyring

    name = account(url, username)
    with _explained(name):
        password = keyring.get_password(SERVICE, name)
    if password is None:
        raise NotFoundError(f"the keyring has no password of {name}", "giveback feed login")
    return password


def forget(url: str, username: str) -> bool:
    """Take a password out of the keyring; tell whether it was there.

    Raises:
        StoreError: there is no keyring, or it is locked.
    """
    import keyring

    name = account(url, username)
    with _explained(name):
        if keyring.get_password(SERVICE, name) is None:
            return False
        keyring.delete_password(SERVICE, name)
    return True


@contextmanager
def _explained(name: str) -> Iterator[None]:
    from keyring.errors import KeyringError, NoKeyringError

    try:
        yield
    except NoKeyringError:
        raise _no_keyring(name) from None
    except (KeyringError, RuntimeError, OSError) as error:
        reason = type(error).__name__
        raise StoreError(f"the keyring cannot be used for {name} ({reason})", "unlock it and try again") from None


def _no_keyring(name: str) -> StoreError:
    return StoreError(
        f"there is no keyring to hold the password of {name}",
        "install GNOME Keyring, KWallet or a backend of Python's keyring, see docs/howto.md",
    )

"""Passwords, in the platform's keyring and nowhere else.

The keyring has each under the service "giveback" and the name of an account.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from giveback.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICE = "giveback"


def keep(account: str, password: str) -> None:
    """Put a password into the keyring.

    Args:
        account: under which name.
        password: never printed, and never stored anywhere else.

    Raises:
        StoreError: there is no keyring, or it is locked.
    """
    import keyring

    with _explained(account):
        keyring.set_password(SERVICE, account, password)
        kept = keyring.get_password(SERVICE, account)
    if kept != password:  # keyring's null backend forgets at once
        raise _no_keyring(account)


def find(account: str) -> str | None:
    """Get a password from the keyring; None when it is not there.

    Raises:
        StoreError: there is no keyring, or it is locked.
    """
    import keyring

    with _explained(account):
        return keyring.get_password(SERVICE, account)


def forget(account: str) -> bool:
    """Take a password out of the keyring; tell whether it was there.

    Raises:
        StoreError: there is no keyring, or it is locked.
    """
    import keyring

    with _explained(account):
        if keyring.get_password(SERVICE, account) is None:
            return False
        keyring.delete_password(SERVICE, account)
    return True


@contextmanager
def _explained(account: str) -> Iterator[None]:
    from keyring.errors import KeyringError, NoKeyringError

    try:
        yield
    except NoKeyringError:
        raise _no_keyring(account) from None
    except (KeyringError, RuntimeError, OSError) as error:
        reason = type(error).__name__
        raise StoreError(f"the keyring cannot be used for {account} ({reason})", "unlock it and try again") from None


def _no_keyring(account: str) -> StoreError:
    return StoreError(
        f"there is no keyring to hold the password of {account}",
        "install GNOME Keyring, KWallet or a backend of Python's keyring, see docs/howto.md",
    )

"""What can go wrong with mail, each thing told apart.

Attributes of the classes:
    lasting: trying again as things are cannot help.
    whole: it is not about this message: the others would meet the same.
"""

from __future__ import annotations

from typing import ClassVar

from giveback.errors import AmbiguousError, NetworkError


class MailError(NetworkError):
    """A message could not be sent; it did not arrive."""

    lasting: ClassVar[bool] = False
    whole: ClassVar[bool] = False


class NotConnectedError(MailError):
    """The server cannot be found or reached, or is no mail server."""

    whole = True


class CertificateError(MailError):
    """The server's certificate is not to be trusted."""

    whole = lasting = True


class NoEncryptionError(MailError):
    """The server does not offer to encrypt, or cannot."""

    whole = lasting = True


class LoginError(MailError):
    """The server refuses user name and password."""

    whole = lasting = True


class SenderRefusedError(MailError):
    """The server does not take mail from this address."""

    whole = lasting = True


class LaterError(MailError):
    """The server takes it at another time: greylisting, a quota, too many at once (4yz, RFC 5321 4.2.1)."""


class ClosedError(MailError):
    """The server ends the session (421)."""

    whole = True


class RecipientRefusedError(MailError):
    """The server does not take mail to this address."""

    lasting = True


class MessageRefusedError(MailError):
    """The server does not take this message."""

    lasting = True


class TooLargeError(MessageRefusedError):
    """The message is larger than the server takes (SIZE, RFC 1870)."""


class LostError(MailError):
    """The connection was lost before the whole message was handed over: the server drops such a part."""

    whole = True


class SlowError(LostError):
    """The server did not answer in time, before the whole message was handed over."""


class UncertainError(MailError):
    """The message was handed over and no answer came: it may have arrived or not."""

    whole = True


class NotSendableError(AmbiguousError):
    """The message is not to be sent: it was, or it may have been."""

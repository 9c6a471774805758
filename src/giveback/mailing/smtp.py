"""Sending by SMTP submission (RFC 6409), encrypted, one recipient for each message."""

from __future__ import annotations

import smtplib
import ssl
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Self

from giveback.mailing import errors
from giveback.mailing.connecting import LASTING, WORDS_LIMIT, connect, is_slow, reason_of, words_of
from giveback.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage

    from giveback.mailing.connecting import Client
    from giveback.mailing.settings import MailSettings

# How much longer the server may take over a message that it has (RFC 5321 4.5.3.2.6 gives it ten minutes).
_LAST_ANSWER = 10
_CLOSING, _TOO_LARGE = 421, 552
_YES = range(200, 300)


class Offers(NamedTuple):
    """What a server says of itself.

    Attributes:
        tls: version and cipher, or "" on an unencrypted connection.
        logins: mechanisms of AUTH.
        size: bytes a message may have, 0 when that is not said.
        international: whether it takes addresses beyond ASCII (SMTPUTF8).
    """

    tls: str
    logins: tuple[str, ...]
    size: int
    international: bool


class Sender:
    """A connection to a mail server, made on entering and made anew when it is lost between messages.

    Args:
        settings: which server, and how.
        clock: seconds that only grow, for the rate.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        settings: MailSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._clock, self._sleep = clock, sleep
        self._client: Client | None = None
        self._last: float | None = None
        self._is_ready = False

    def __enter__(self) -> Self:
        """Connect, encrypt and log in.

        Raises:
            MailError: one of `errors`, with `whole` set.
            UsageError: an unencrypted connection to another machine was asked for.
        """
        self._connected()
        return self

    def __exit__(self, *_error: object) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(smtplib.SMTPException, OSError, ValueError):
                if client.sock is not None:
                    client.sock.settimeout(min(5, self._settings.timeout))
                client.quit()
            client.close()

    @property
    def handed_over(self) -> bool:
        """Whether the last message left this machine whole: from then on it may have arrived."""
        return self._client is not None and self._client.handed_over

    def offers(self) -> Offers:
        """What the server says of itself, once connected."""
        client = self._connected()
        cipher = client.sock.cipher() if isinstance(client.sock, ssl.SSLSocket) else None
        size = client.esmtp_features.get("size", "")
        return Offers(
            tls=f"{cipher[1]}, {cipher[0]}" if cipher else "",
            logins=tuple(clean_line(client.esmtp_features.get("auth", ""), WORDS_LIMIT).split()),
            size=int(size) if size.isascii() and size.isdigit() else 0,
            international=client.has_extn("smtputf8"),
        )

    def send(self, message: EmailMessage) -> None:
        """Send a message from its From to its To; wait first when the rate asks for that.

        Raises:
            MailError: one of `errors`; but for `UncertainError` it did not arrive.
            ValueError: it has several senders or recipients.
        """
        from giveback.mailing.message import envelope, wire

        data = wire(message)
        self.send_bytes(data, *envelope(data))

    def make_ready(self) -> None:
        """Wait until the rate allows another message, and connect where the connection is gone.

        `send` does so itself. Who notes that a message is begun calls this before, since here nothing is begun.

        Raises:
            MailError: as on entering.
        """
        if not self._is_ready:
            self._wait()
            self._connected()
            self._is_ready = True

    def send_bytes(self, data: bytes, sender: str, recipient: str) -> None:
        """As `send`, for a message that was kept.

        Args:
            data: as `message.wire` gives it.
            sender: an address.
            recipient: an address.
        """
        self.make_ready()
        self._is_ready = False
        client = self._connected()
        _check(client, data, sender, recipient)
        client.handed_over = False
        try:
            self._transact(client, data, sender, recipient)
        except errors.MailError:
            raise
        except (smtplib.SMTPException, OSError) as error:
            handed_over = client.handed_over
            client.close()
            raise self._lost(error, handed_over=handed_over) from error

    def _wait(self) -> None:
        if self._last is not None and self._settings.per_minute:
            left = self._last + 60 / self._settings.per_minute - self._clock()
            if left > 0:
                self._sleep(left)
        self._last = self._clock()

    def _transact(self, client: Client, data: bytes, sender: str, recipient: str) -> None:
        options = [f"size={len(data)}"] if client.has_extn("size") else []
        if not (sender + recipient).isascii():
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        _accepted(client, *client.mail(sender, options), refused=errors.SenderRefusedError, what=f"mail from {sender}")
        _accepted(client, *client.rcpt(recipient), refused=errors.RecipientRefusedError, what=f"mail to {recipient}")
        client.patience = self._settings.timeout * _LAST_ANSWER
        try:
            code, words = client.data(data)
        except smtplib.SMTPDataError as error:
            code, words = error.smtp_code, _bytes(error.smtp_error)
        _accepted(client, code, words, refused=errors.MessageRefusedError, what=f"the message to {recipient}")

    def _lost(self, error: Exception, *, handed_over: bool) -> errors.MailError:
        host, slow = self._settings.host, is_slow(error)
        if handed_over:
            what = "did not answer" if slow else "closed the connection"
            return errors.UncertainError(
                f"{host} has the whole message and {what}: it may have arrived or not",
                "see with the recipient or in your provider's sent folder",
            )
        if slow:
            return errors.SlowError(f"{host} did not answer in {self._settings.timeout:g} s", "try again later")
        return errors.LostError(f"the connection to {host} was lost ({reason_of(error)})", "try again")

    def _connected(self) -> Client:
        if self._client is None or self._client.sock is None:
            self._client = connect(self._settings)
        return self._client


def _check(client: Client, data: bytes, sender: str, recipient: str) -> None:
    """What the server has said beforehand that it will not take."""
    size = client.esmtp_features.get("size", "")
    if size.isascii() and size.isdigit() and 0 < int(size) < len(data):
        raise errors.TooLargeError(
            f"the message has {len(data):,} bytes, and the server takes {int(size):,}", "make it shorter"
        )
    beyond = next((address for address in (sender, recipient) if not address.isascii()), "")
    if beyond and not client.has_extn("smtputf8"):
        kind = errors.SenderRefusedError if beyond == sender else errors.RecipientRefusedError
        raise kind(f"the server takes no addresses like {beyond} (no SMTPUTF8)", "use an address in ASCII")


def _accepted(client: Client, code: int, words: bytes, *, refused: type[errors.MailError], what: str) -> None:
    """Raise what an answer means when it is not "yes"."""
    if code in _YES:
        return
    said = words_of(code, words)
    if code == _CLOSING:
        client.close()
        raise errors.ClosedError(f"the server ended the session ({said})", "try again later")
    if code == -1:
        raise smtplib.SMTPServerDisconnected("not an answer")
    with suppress(smtplib.SMTPException, OSError):
        client.rset()
    if code < LASTING:
        raise errors.LaterError(f"the server asks to try {what} again later ({said})", "try again in half an hour")
    if code == _TOO_LARGE and refused is not errors.RecipientRefusedError:
        raise errors.TooLargeError(f"{what} is too large for the server ({said})", "make it shorter")
    raise refused(f"the server refuses {what} ({said})", "check the address" if "to " in what else "")


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()

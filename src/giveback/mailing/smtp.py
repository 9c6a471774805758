"""Sending by SMTP submission (RFC 6409), encrypted, one recipient for each message."""

from __future__ import annotations

import smtplib
import ssl
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Self

from giveback.errors import UsageError
from giveback.mailing import errors
from giveback.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage

    from giveback.mailing.settings import MailSettings

_END = b"\r\n.\r\n"
_WORDS_LIMIT = 160
# How much longer the server may take over a message that it has (RFC 5321 4.5.3.2.6 gives it ten minutes).
_LAST_ANSWER = 10
_LOOPBACK = ("localhost", "::1")
_CLOSING, _TOO_LARGE, _UNPROTECTED = 421, 552, 500
# Names of this machine are nobody's business (RFC 5321 4.1.3 allows an address instead).
_HELO = "[127.0.0.1]"


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
        self._client: _Client | None = None
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
            logins=tuple(clean_line(client.esmtp_features.get("auth", ""), _WORDS_LIMIT).split()),
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

    def _transact(self, client: _Client, data: bytes, sender: str, recipient: str) -> None:
        options = [f"size={len(data)}"] if client.has_extn("size") else []
        if not (sender + recipient).isascii():
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        _accepted(client, *client.mail(sender, options), refused=errors.SenderRefusedError, what=f"mail from {sender}")
        _accepted(client, *client.rcpt(recipient), refused=errors.RecipientRefusedError, what=f"mail to {recipient}")
        client.patience = self._settings.timeout * _LAST_ANSWER
        try:
            code, words = client.data(data)
        except smtplib.SMTPDataError as error:
            code, words = error.smtp_code, error.smtp_error
        _accepted(client, code, words, refused=errors.MessageRefusedError, what=f"the message to {recipient}")

    def _lost(self, error: Exception, *, handed_over: bool) -> errors.MailError:
        host, slow = self._settings.host, isinstance(error, TimeoutError)
        if handed_over:
            what = "did not answer" if slow else "closed the connection"
            return errors.UncertainError(
                f"{host} has the whole message and {what}: it may have arrived or not",
                "see with the recipient or in your provider's sent folder",
            )
        if slow:
            return errors.SlowError(f"{host} did not answer in {self._settings.timeout:g} seconds", "try again later")
        return errors.LostError(f"the connection to {host} was lost ({_reason(error)})", "try again")

    def _connected(self) -> _Client:
        if self._client is None or self._client.sock is None:
            self._client = _connect(self._settings)
        return self._client


class _Client(smtplib.SMTP):
    """smtplib's client, which tells whether a message was handed over and waits longer for what comes then."""

    handed_over = False
    patience: float | None = None

    def send(self, s: bytes | str) -> None:  # type: ignore[override]  # its stub allows any buffer
        super().send(s)
        if isinstance(s, bytes) and s.endswith(_END):
            self.handed_over = True
            if self.sock is not None:
                self.sock.settimeout(self.patience)

    def data(self, msg: bytes | str) -> tuple[int, bytes]:  # type: ignore[override]  # as above
        usual = self.sock.gettimeout() if self.sock is not None else None
        answer = super().data(msg)
        if self.sock is not None:
            self.sock.settimeout(usual)
        self.handed_over = False
        return answer


class _TlsClient(smtplib.SMTP_SSL, _Client):
    """The same over TLS from the start."""


def tls_context(ca_file: str = "") -> ssl.SSLContext:
    """What certificates are trusted: the system's, certifi's, and those of a file.

    Args:
        ca_file: certificates in PEM, or "".

    Raises:
        UsageError: the file is none.
    """
    import os

    context = ssl.create_default_context()
    if not (os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")):
        import certifi

        context.load_verify_locations(certifi.where())
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"{ca_file} has no certificates in PEM: {_reason(error)}", "see mail.ca_file") from error
    return context


def _is_loopback(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() in _LOOPBACK


def _connect(settings: MailSettings) -> _Client:
    """Connect, encrypt and log in.

    Raises:
        MailError: with `whole` set.
        UsageError: it would not be encrypted.
    """
    if settings.security == "plain":
        _check_plain(settings)
    place = f"{settings.host}:{settings.port}"
    client: _Client | None = None
    try:
        if settings.security == "tls":
            client = _TlsClient(
                settings.host, settings.port, _HELO, settings.timeout, context=tls_context(settings.ca_file)
            )
        else:
            client = _Client(settings.host, settings.port, _HELO, settings.timeout)
        _greet(client, settings)
    except BaseException as error:
        if client is not None:
            client.close()
        if isinstance(error, smtplib.SMTPException | OSError):
            raise _no_connection(error, place, settings) from error
        raise
    return client


def _check_plain(settings: MailSettings) -> None:
    if not _is_loopback(settings.host):
        raise UsageError(
            f"mail.security is plain, and {settings.host} is another machine", "giveback config set mail.security tls"
        )
    if settings.user:
        raise UsageError("a password is not sent unencrypted", "set mail.security to starttls or tls, or unset mail.user")


def _greet(client: _Client, settings: MailSettings) -> None:
    client.ehlo_or_helo_if_needed()
    if settings.security == "starttls":
        if not client.has_extn("starttls"):
            raise errors.NoEncryptionError(
                f"{settings.host}:{settings.port} does not offer STARTTLS, so nothing was sent",
                "giveback config set mail.security tls, if the server has a port for that",
            )
        client.starttls(context=tls_context(settings.ca_file))
        client.ehlo_or_helo_if_needed()
    if settings.user:
        _log_in(client, settings)


def _log_in(client: _Client, settings: MailSettings) -> None:
    hint = "giveback mail login asks for the password again; some providers want one made for mail programs"
    try:
        if settings.password.isascii() and settings.user.isascii():
            client.login(settings.user, settings.password)
        else:
            _log_in_plainly(client, settings)
    except smtplib.SMTPAuthenticationError as error:
        if 400 <= error.smtp_code < _UNPROTECTED:  # noqa: PLR2004 - 4yz: not now
            raise errors.NotConnectedError(
                f"{settings.host} lets nobody in at present ({_words(error.smtp_code, error.smtp_error)})", "try later"
            ) from error
        said = _words(error.smtp_code, error.smtp_error)
        raise errors.LoginError(f"{settings.host} refuses the login of {settings.user} ({said})", hint) from error
    except smtplib.SMTPNotSupportedError as error:
        raise errors.LoginError(
            f"{settings.host} offers no login", "giveback config unset mail.user, or try another mail.port"
        ) from error


def _log_in_plainly(client: _Client, settings: MailSettings) -> None:
    """AUTH PLAIN in UTF-8 (RFC 4616), which smtplib's own login cannot."""
    from base64 import b64encode

    if "PLAIN" not in client.esmtp_features.get("auth", "").upper().split():
        raise smtplib.SMTPNotSupportedError
    both = f"\0{settings.user}\0{settings.password}".encode()
    code, words = client.docmd("AUTH", "PLAIN " + b64encode(both).decode("ascii"))
    if code not in (235, 503):
        raise smtplib.SMTPAuthenticationError(code, words)


def _no_connection(error: Exception, place: str, settings: MailSettings) -> errors.MailError:
    """Say why there is no session."""
    import socket

    if isinstance(error, ssl.SSLCertVerificationError):
        return errors.CertificateError(
            f"the certificate of {place} is not trusted ({clean_line(error.verify_message, _WORDS_LIMIT)})",
            "check mail.host; giveback config set mail.ca_file FILE trusts a private authority",
        )
    if isinstance(error, ssl.SSLError):
        return errors.NoEncryptionError(
            f"no encrypted connection to {place} ({_reason(error)})",
            "check mail.port and mail.security: 465 goes with tls, 587 with starttls",
        )
    if isinstance(error, socket.gaierror):
        return errors.NotConnectedError(f"{settings.host} cannot be found", "check mail.host and the network")
    if isinstance(error, TimeoutError):
        return errors.NotConnectedError(
            f"{place} did not answer in {settings.timeout:g} seconds", "check mail.host and mail.port, or try later"
        )
    return errors.NotConnectedError(f"no connection to {place} ({_reason(error)})", "check mail.host and mail.port")


def _check(client: _Client, data: bytes, sender: str, recipient: str) -> None:
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


def _accepted(client: _Client, code: int, words: bytes, *, refused: type[errors.MailError], what: str) -> None:
    """Raise what an answer means when it is not "yes"."""
    if 200 <= code < 300:  # noqa: PLR2004 - 2yz of RFC 5321 4.2.1
        return
    said = _words(code, words)
    if code == _CLOSING:
        client.close()
        raise errors.ClosedError(f"the server ended the session ({said})", "try again later")
    if code == -1:
        raise smtplib.SMTPServerDisconnected("not an answer")
    with suppress(smtplib.SMTPException, OSError):
        client.rset()
    if code < _UNPROTECTED:
        raise errors.LaterError(f"the server asks to try {what} again later ({said})", "try again in half an hour")
    if code == _TOO_LARGE and refused is not errors.RecipientRefusedError:
        raise errors.TooLargeError(f"{what} is too large for the server ({said})", "make it shorter")
    raise refused(f"the server refuses {what} ({said})", "check the address" if "to " in what else "")


def _words(code: int, words: bytes) -> str:
    return clean_line(f"{code} {words.decode('utf-8', 'replace')}", _WORDS_LIMIT)


def _reason(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b"")
    said = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error) or type(error).__name__
    return clean_line(str(said), _WORDS_LIMIT)

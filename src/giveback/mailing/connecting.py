"""Connecting to a mail server: encryption first, then the login."""

from __future__ import annotations

import smtplib
import ssl
from typing import TYPE_CHECKING

from giveback.errors import UsageError
from giveback.mailing import errors
from giveback.text import clean_line

if TYPE_CHECKING:
    from giveback.mailing.settings import MailSettings

WORDS_LIMIT = 160
LASTING = 500
"""From this code on an answer is meant to last (5yz, RFC 5321 4.2.1)."""
_LATER = range(400, LASTING)
_END = b"\r\n.\r\n"
_LOOPBACK = ("localhost", "::1")
# Names of this machine are nobody's business (RFC 5321 4.1.3 allows an address instead).
_HELO = "[127.0.0.1]"
_LOGGED_IN = (235, 503)
_MECHANISMS = {"CRAM-MD5", "PLAIN", "LOGIN"}  # those that smtplib speaks


class Client(smtplib.SMTP):
    """smtplib's client, which tells whether a message was handed over and waits longer for what comes then."""

    handed_over = False
    patience: float | None = None

    def send(self, s: bytes | str) -> None:  # type: ignore[override]  # its stub allows any buffer
        """Pass bytes on; the last of a message are known by their end."""
        super().send(s)
        if isinstance(s, bytes) and s.endswith(_END):
            self.handed_over = True
            if self.sock is not None:
                self.sock.settimeout(self.patience)

    def data(self, msg: bytes | str) -> tuple[int, bytes]:  # type: ignore[override]  # as above
        """Hand a message over, and wait for the answer."""
        usual = self.sock.gettimeout() if self.sock is not None else None
        answer = super().data(msg)
        if self.sock is not None:
            self.sock.settimeout(usual)
        self.handed_over = False
        return answer


class TlsClient(smtplib.SMTP_SSL, Client):
    """The same client over TLS from the start."""


def tls_context(ca_file: str = "") -> ssl.SSLContext:
    """What certificates are trusted: the system's, or certifi's where it has none, and those of a file.

    Args:
        ca_file: certificates in PEM, or "".

    Raises:
        UsageError: the file is none.
    """
    import os

    context = ssl.create_default_context()
    if not (context.cert_store_stats()["x509_ca"] or os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")):
        import certifi

        context.load_verify_locations(certifi.where())
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"{ca_file} has no certificates in PEM: {reason_of(error)}", "see mail.ca_file") from error
    return context


def _is_loopback(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() in _LOOPBACK


def connect(settings: MailSettings) -> Client:
    """Connect, encrypt and log in.

    Raises:
        MailError: with `whole` set.
        UsageError: it would not be encrypted.
    """
    if settings.security == "plain":
        _check_plain(settings)
    place = f"{settings.host}:{settings.port}"
    client: Client | None = None
    try:
        if settings.security == "tls":
            context = tls_context(settings.ca_file)
            client = TlsClient(settings.host, settings.port, _HELO, timeout=settings.timeout, context=context)
        else:
            client = Client(settings.host, settings.port, _HELO, timeout=settings.timeout)
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
        raise UsageError(
            "a password is not sent unencrypted", "set mail.security to starttls or tls, or unset mail.user"
        )


def _greet(client: Client, settings: MailSettings) -> None:
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


def _log_in(client: Client, settings: MailSettings) -> None:
    hint = "giveback mail login asks for the password again; some providers want one made for mail programs"
    offered = set(client.esmtp_features.get("auth", "").upper().split())
    try:
        if not offered & _MECHANISMS:
            raise smtplib.SMTPNotSupportedError
        if settings.password.isascii() and settings.user.isascii():
            client.login(settings.user, settings.password)
        else:
            _log_in_plainly(client, settings)
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code in _LATER:
            raise errors.NotConnectedError(
                f"{settings.host} lets nobody in at present ({words_of(error.smtp_code, error.smtp_error)})",
                "try later",
            ) from error
        said = words_of(error.smtp_code, error.smtp_error)
        raise errors.LoginError(f"{settings.host} refuses the login of {settings.user} ({said})", hint) from error
    except smtplib.SMTPNotSupportedError as error:
        raise errors.LoginError(
            f"{settings.host} offers no login", "giveback config unset mail.user, or try another mail.port"
        ) from error


def _log_in_plainly(client: Client, settings: MailSettings) -> None:
    """AUTH PLAIN in UTF-8 (RFC 4616), which smtplib's own login cannot."""
    from base64 import b64encode

    if "PLAIN" not in client.esmtp_features.get("auth", "").upper().split():
        raise smtplib.SMTPNotSupportedError
    both = f"\0{settings.user}\0{settings.password}".encode()
    code, words = client.docmd("AUTH", "PLAIN " + b64encode(both).decode("ascii"))
    if code not in _LOGGED_IN:
        raise smtplib.SMTPAuthenticationError(code, words)


def _no_connection(error: Exception, place: str, settings: MailSettings) -> errors.MailError:
    """Say why there is no session."""
    import socket

    if isinstance(error, ssl.SSLCertVerificationError):
        return errors.CertificateError(
            f"the certificate of {place} is not trusted ({clean_line(error.verify_message, WORDS_LIMIT)})",
            "check mail.host; giveback config set mail.ca_file FILE trusts a private authority",
        )
    if isinstance(error, ssl.SSLError):
        return errors.NoEncryptionError(
            f"no encrypted connection to {place} ({reason_of(error)})",
            "check mail.port and mail.security: 465 goes with tls, 587 with starttls",
        )
    if isinstance(error, socket.gaierror):
        return errors.NotConnectedError(f"{settings.host} cannot be found", "check mail.host and the network")
    if is_slow(error):
        return errors.NotConnectedError(
            f"{place} did not answer in {settings.timeout:g} s", "check mail.host and mail.port, or try later"
        )
    return errors.NotConnectedError(f"no connection to {place} ({reason_of(error)})", "check mail.host and mail.port")


def is_slow(error: BaseException | None) -> bool:
    """Whether a time limit was at the root of it: smtplib says only that the connection was closed."""
    while error is not None and not isinstance(error, TimeoutError):
        error = error.__cause__ or error.__context__
    return error is not None


def words_of(code: int, words: bytes | str) -> str:
    """An answer of the server as one line that does nothing on a terminal but appear."""
    said = words if isinstance(words, str) else words.decode("utf-8", "replace")
    return clean_line(f"{code} {said}", WORDS_LIMIT)


def reason_of(error: BaseException) -> str:
    """Why a connection failed, in a few words."""
    if isinstance(error, smtplib.SMTPResponseException):
        return words_of(error.smtp_code, error.smtp_error)
    said = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error) or type(error).__name__
    return clean_line(str(said), WORDS_LIMIT)

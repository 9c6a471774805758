"""A mail server on the loopback, with TLS and logins, that also fails as it is told to."""

from __future__ import annotations

import asyncio
import ssl
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from giveback.mailing.settings import MailSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

USER, WORD = "sam", "hush!s%3At:x"


class Received(NamedTuple):
    """A message as the server got it."""

    sender: str
    recipient: str
    data: bytes


class Postbox:
    """What came in, and how to fail: answers by recipient, or what a stage does instead of answering."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.logins: list[tuple[str, str]] = []
        self.refused: dict[str, str] = {}
        self.stages: dict[str, Callable[[Any], Any]] = {}
        self.sessions = 0
        self.over = asyncio.Event()
        self.reached = threading.Event()

    async def hang(self, _server: Any) -> None:
        """Say nothing until the test is over."""
        self.reached.set()
        await self.over.wait()

    @staticmethod
    async def drop(server: Any) -> None:
        """Close the connection without a word."""
        server.transport.abort()

    async def _at(self, stage: str, server: Any) -> None:
        if stage in self.stages:
            await self.stages[stage](server)

    async def handle_MAIL(self, server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        await self._at("mail", server)
        if address in self.refused:
            return self.refused[address]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        await self._at("rcpt", server)
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        await self._at("answer", server)
        if "answer" in self.stages:
            return "451 nothing kept"
        if "data" in self.refused:
            return self.refused["data"]
        (recipient,) = envelope.rcpt_tos
        self.received.append(Received(envelope.mail_from, recipient, envelope.original_content))
        await self._at("taken", server)
        return "250 OK"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=self.logins[-1] in {(USER, WORD), (USER, "pässwört")}, handled=False)


class _Protocol(SMTP):
    """aiosmtpd's server, which can also fail between DATA and the message."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        stage = self.event_handler.stages.get("data")
        if stage is None:
            await super().smtp_DATA(arg)
            return
        await self.push("354 go on")
        await self._reader.readline()
        await stage(self)


class MailServer(NamedTuple):
    """A running server."""

    port: int
    postbox: Postbox
    ca_file: str
    security: str

    @property
    def environment(self) -> dict[str, str]:
        """Settings for commands."""
        return {
            "GIVEBACK_MAIL_HOST": "localhost",
            "GIVEBACK_MAIL_PORT": str(self.port),
            "GIVEBACK_MAIL_SECURITY": self.security,
            "GIVEBACK_MAIL_USER": USER,
            "GIVEBACK_MAIL_PASSWORD": WORD,
            "GIVEBACK_MAIL_CA_FILE": self.ca_file,
            "GIVEBACK_MAIL_TIMEOUT": "1",
            "GIVEBACK_ME_EMAIL": "sam@example.com",
            "GIVEBACK_ME_NAME": "Sam Żółw",
        }

    def settings(self, **other: Any) -> MailSettings:
        """Settings by which mail goes here."""
        usual = MailSettings("localhost", self.port, self.security, USER, WORD, 5, 0, self.ca_file)
        return usual._replace(**other)


class Authority:
    """A certificate for localhost, from an authority of its own."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.file = str(folder / "authority.pem")
        authority.cert_pem.write_to_path(self.file)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(self.context)


@contextmanager
def mail_server(authority: Authority, security: str = "starttls", **options: Any) -> Iterator[MailServer]:
    """Run a server in a thread.

    Args:
        authority: whose certificate it shows.
        security: starttls, tls or plain.
        options: of aiosmtpd's SMTP.
    """
    started, loop = threading.Event(), asyncio.new_event_loop()
    found: list[Any] = []

    def protocol() -> SMTP:
        postbox = found[0]
        postbox.sessions += 1
        usual: dict[str, Any] = {"hostname": "mail.example.org", "loop": loop, "ident": "test", "enable_SMTPUTF8": True}
        if security == "starttls":
            usual |= {"tls_context": authority.context, "require_starttls": True}
        if security != "plain":
            usual |= {"authenticator": postbox.authenticate, "auth_required": True}
            usual |= {"auth_require_tls": security == "starttls"}
        with warnings.catch_warnings():
            # It does not see that TLS is there from the start, and warns of passwords without it.
            warnings.simplefilter("ignore")
            return _Protocol(postbox, **(usual | options))

    async def serve() -> None:
        found.append(Postbox())
        context = authority.context if security == "tls" else None
        server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context)
        found.append(server.sockets[0].getsockname()[1])
        started.set()
        await found[0].over.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    thread = threading.Thread(target=loop.run_until_complete, args=[serve()])
    thread.start()
    started.wait()
    try:
        yield MailServer(found[1], found[0], authority.file, security)
    finally:
        loop.call_soon_threadsafe(found[0].over.set)
        thread.join()
        loop.close()

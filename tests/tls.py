"""https on the loopback: a server that answers as it is told to, speaking HTTP/1.1 or HTTP/2."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

import h2.config
import h2.connection
import h2.events
import trustme

from giveback.reading import clients
from loopback import Connection, Server
from reading_helpers import running

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    import pytest


class Secure(Server):
    """As `Server`, behind TLS."""

    def __init__(self, context: ssl.SSLContext, handler: type[Connection] = Connection) -> None:
        super().__init__()
        self.RequestHandlerClass = handler
        self.context = context

    @property
    def url(self) -> str:
        return super().url.replace("http://127.0.0.1", "https://localhost")

    def get_request(self) -> tuple[socket.socket, object]:
        connection, peer = super().get_request()
        connection.settimeout(10)
        return self.context.wrap_socket(connection, server_side=True), peer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust the certificate is no news."""


class Http2(Connection):
    """Answers requests on streams of HTTP/2."""

    spoken: ClassVar[list[str]] = []

    def handle(self) -> None:
        talk = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        talk.initiate_connection()
        self.request.sendall(talk.data_to_send())
        while data := self.request.recv(65_536):
            for event in talk.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    self.answer(talk, event)
            self.request.sendall(talk.data_to_send())

    def answer(self, talk: h2.connection.H2Connection, event: h2.events.RequestReceived) -> None:
        headers = {str(name): str(value) for name, value in event.headers or ()}
        path = headers.pop(":path")
        headers["host"] = headers.pop(":authority")
        self.server.requests.append((path, headers))
        told = self.server.answers.get(path, b"HTTP/1.1 404 x\r\n\r\n")
        assert isinstance(told, bytes)
        head, _, body = told.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        pairs = [line.partition(":") for line in rest]
        fields = [(":status", first.split()[1]), *((name.lower(), value.strip()) for name, _, value in pairs)]
        assert event.stream_id is not None
        talk.send_headers(event.stream_id, fields)
        for start in range(0, len(body), 16_000):
            talk.send_data(event.stream_id, body[start : start + 16_000])
        talk.end_stream(event.stream_id)


@contextmanager
def secure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, http2: bool = False) -> Iterator[Secure]:
    """A server whose certificate is trusted within this process."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    context.set_alpn_protocols(["h2", "http/1.1"] if http2 else ["http/1.1"])
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    clients.tls_context.cache_clear()
    with running(Secure(context, Http2 if http2 else Connection)) as server:
        yield server
    clients.tls_context.cache_clear()

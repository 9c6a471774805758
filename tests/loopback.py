"""A web server on the loopback that answers as it is told to, well or badly."""

from __future__ import annotations

import socketserver
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>"


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class Server(socketserver.ThreadingTCPServer):
    """Answers each path as it is told to: with bytes, or by a function that has the connection.

    `busiest` is the most requests that were in work at once. A request counts until its bytes are ready to be sent:
    whoever has received them may ask again before this end has closed its books.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.answers: dict[str, bytes | Callable[[socket.socket], bytes | None]] = {"/feed": answer("200 OK", FEED)}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.busy = self.busiest = 0
        self.lock = threading.Lock()
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def hang(self, _connection: socket.socket) -> None:
        self.over.wait(60)


def slowly(seconds: float, sent: bytes) -> Callable[[socket.socket], bytes]:
    def told(_connection: socket.socket) -> bytes:
        time.sleep(seconds)
        return sent

    return told


class Connection(socketserver.BaseRequestHandler):
    server: Server
    request: socket.socket

    def handle(self) -> None:
        try:
            while self.serve():
                pass
        except OSError:
            return

    def serve(self) -> bool:
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.request.recv(65_536)
            if not more:
                return False
            data += more
        first, *rest = data.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        path = first.split()[1].partition("?")[0]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        with self.server.lock:
            self.server.requests.append((path, headers))
            self.server.busy += 1
            self.server.busiest = max(self.server.busiest, self.server.busy)
        try:
            told = self.server.answers.get(path, answer("404 Not Found"))
            sent = told(self.request) if callable(told) else told
        finally:
            with self.server.lock:
                self.server.busy -= 1
        if sent is not None:
            self.request.sendall(sent)
        return not callable(told)

"""A real proxy on the loopback: forwards, tunnels (CONNECT) and SOCKS5, with or without a password."""

from __future__ import annotations

import base64
import select
import socket
import socketserver
from urllib.parse import urlsplit


class Proxy(socketserver.ThreadingTCPServer):
    """Every name leads to this machine."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, login: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Relay)
        self.login = login
        self.seen: list[str] = []

    @property
    def address(self) -> str:
        login = f"{self.login}@" if self.login else ""
        return f"{login}127.0.0.1:{self.server_address[1]}"


class Relay(socketserver.BaseRequestHandler):
    server: Proxy
    request: socket.socket

    def handle(self) -> None:
        self.request.settimeout(10)
        try:
            first = self.request.recv(65_536)
            if first[:1] == b"\x05":
                self.socks()
            elif first:
                self.http(first)
        except OSError:
            return

    def socks(self) -> None:
        """RFC 1928, without authentication."""
        self.request.sendall(b"\x05\x00")
        asked = self.request.recv(512)
        host = asked[5 : 5 + asked[4]].decode() if asked[3] == 3 else socket.inet_ntoa(asked[4:8])
        port = int.from_bytes(asked[-2:], "big")
        self.server.seen.append(f"socks {host}:{port}")
        with socket.create_connection(("127.0.0.1", port)) as there:
            self.request.sendall(b"\x05\x00\x00\x01" + bytes(6))
            self.shovel(there)

    def http(self, data: bytes) -> None:
        while b"\r\n\r\n" not in data:
            data += self.request.recv(65_536)
        head, _, rest = data.partition(b"\r\n\r\n")
        first, *headers = head.decode("latin-1").split("\r\n")
        method, where, version = first.split()
        self.server.seen.append(f"{method} {where}")
        wanted = "Proxy-Authorization: Basic " + base64.b64encode(self.server.login.encode()).decode()
        if self.server.login and wanted.lower() not in {header.lower() for header in headers}:
            self.request.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        if method == "CONNECT":
            self.relay(int(where.rpartition(":")[2]), b"", b"HTTP/1.1 200 OK\r\n\r\n")
            return
        parts = urlsplit(where)
        kept = [header for header in headers if not header.lower().startswith(("proxy-", "connection:"))]
        lines = [f"{method} {parts.path}{'?' + parts.query if parts.query else ''} {version}", *kept]
        sent = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + rest
        self.relay(parts.port or 80, sent, b"")

    def relay(self, port: int, first: bytes, said: bytes) -> None:
        with socket.create_connection(("127.0.0.1", port)) as there:
            self.request.sendall(said)
            there.sendall(first)
            self.shovel(there)

    def shovel(self, there: socket.socket) -> None:
        ends = {self.request: there, there: self.request}
        while True:
            for end in select.select(list(ends), [], [], 10)[0]:
                data = end.recv(65_536)
                if not data:
                    return
                ends[end].sendall(data)

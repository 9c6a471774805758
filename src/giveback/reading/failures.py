"""What a request can fail with, and how a person would say it."""

from __future__ import annotations

import re
from functools import cache

PRIVATE = "points to a private address"
NO_HOST = "no such host"
CUT = "broke off in the middle of its answer"


@cache
def failures() -> tuple[type[Exception], ...]:
    """What a request can fail with."""
    import httpcore

    kinds = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, httpcore.TimeoutException)
    return (*kinds, httpcore.UnsupportedProtocol, ValueError, OSError)


def was_dropped(error: Exception) -> bool:
    """Whether the other side closed the connection, so that another one may do better."""
    import httpcore

    return isinstance(error, (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError))


def reason(error: Exception) -> str:
    """Say what went wrong as a person would, by the error or what caused it."""
    import ssl

    import httpcore

    from giveback.reading.clients import NoSuchHostError, PrivateAddressError

    if isinstance(error, httpcore.RemoteProtocolError):
        cut = re.search("peer closed|disconnected", str(error))
        return CUT if cut else "does not answer as a web server should"
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    kinds: tuple[tuple[type[BaseException], str], ...] = (
        (PrivateAddressError, PRIVATE),
        (NoSuchHostError, NO_HOST),
        (ssl.SSLCertVerificationError, "its certificate is not valid"),
        (ssl.SSLError, "no secure connection possible"),
        (ConnectionRefusedError, "refused the connection"),
        (httpcore.ProxyError, "the proxy refused"),
        (httpcore.TimeoutException, "took too long to connect or answer"),
        (httpcore.ConnectError, "cannot be reached"),
        (httpcore.ReadError, CUT),
    )
    return next((words for kind, words in kinds if any(isinstance(e, kind) for e in chain)), "cannot be fetched")

"""Sending, to a real server over TLS with a login, that takes mail, refuses it, is slow, or goes away."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest

from giveback.dates import Now
from giveback.mailing import errors
from giveback.mailing.mailboxes import mailbox
from giveback.mailing.message import build
from giveback.mailing.smtp import Sender
from mail_server import USER, WORD, Authority, MailServer, mail_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

NOW = Now(datetime(2026, 11, 23, 12, 0, tzinfo=UTC), date(2026, 11, 23))
SAM = mailbox("sam@example.com", "Sam Żółw")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(params=["starttls", "tls"])
def server(request: pytest.FixtureRequest, authority: Authority) -> Iterator[MailServer]:
    with mail_server(authority, request.param) as running:
        yield running


@pytest.fixture
def starttls(authority: Authority) -> Iterator[MailServer]:
    with mail_server(authority) as running:
        yield running


def letter(to: str = "ana@example.com", text: str = "Hello Ana.\n.\n..\n") -> EmailMessage:
    return build(SAM, mailbox(to, "Ana Ruiz"), "An orchid", text, at=NOW)


def test_a_message_arrives_as_it_was_written(server: MailServer) -> None:
    with Sender(server.settings()) as sender:
        offers = sender.offers()
        sender.send(letter())
    assert offers.tls.startswith("TLSv1.")
    assert set(offers.logins) >= {"LOGIN", "PLAIN"}
    assert server.postbox.logins == [(USER, WORD)]
    (got,) = server.postbox.received
    assert (got.sender, got.recipient) == ("sam@example.com", "ana@example.com")
    message = message_from_bytes(got.data, policy=default)
    body = message.get_body(("plain",))
    assert message["From"] == "Sam Żółw <sam@example.com>"
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == "Hello Ana.\n.\n..\n"


def test_many_messages_go_over_one_connection_and_it_is_made_anew(server: MailServer) -> None:
    with Sender(server.settings()) as sender:
        sender.send(letter())
        sender.send(letter("bo@example.com"))
        assert server.postbox.sessions == 1
        server.postbox.stages["rcpt"] = server.postbox.drop
        with pytest.raises(errors.LostError, match="was lost"):
            sender.send(letter("cy@example.com"))
        server.postbox.stages.clear()
        sender.send(letter("cy@example.com"))
    assert [got.recipient[:2] for got in server.postbox.received] == ["an", "bo", "cy"]

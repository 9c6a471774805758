"""Sending, to a real server over TLS with a login, that takes mail, refuses it, is slow, or goes away."""

from __future__ import annotations

import socket
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest

from giveback.dates import Now
from giveback.errors import UsageError
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


def test_a_refused_recipient_is_told_apart_and_the_others_go_on(server: MailServer) -> None:
    server.postbox.refused = {
        "no@example.com": "550 5.1.1 no such user \x1b[31mhere",
        "grey@example.com": "451 4.7.1 greylisted, come back in 5 minutes",
    }
    with Sender(server.settings()) as sender:
        with pytest.raises(errors.RecipientRefusedError) as refused:
            sender.send(letter("no@example.com"))
        with pytest.raises(errors.LaterError, match=r"again later \(451 4\.7\.1 greylisted"):
            sender.send(letter("grey@example.com"))
        sender.send(letter())
    assert refused.value.message == "the server refuses mail to no@example.com (550 5.1.1 no such user here)"
    assert (refused.value.lasting, refused.value.whole, refused.value.code) == (True, False, 6)
    assert [got.recipient for got in server.postbox.received] == ["ana@example.com"]
    assert server.postbox.sessions == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("552 5.3.4 too big", errors.TooLargeError),
        ("554 5.7.1 looks like spam", errors.MessageRefusedError),
        ("452 4.2.2 mailbox full", errors.LaterError),
        ("421 4.3.2 going down", errors.ClosedError),
    ],
)
def test_a_message_is_refused_after_it_was_read(
    starttls: MailServer, answer: str, error: type[errors.MailError]
) -> None:
    starttls.postbox.refused["data"] = answer
    with Sender(starttls.settings()) as sender:
        with pytest.raises(error) as raised:
            sender.send(letter())
        assert type(raised.value) is error
        assert not sender.handed_over
        starttls.postbox.refused.clear()
        sender.send(letter())
    assert len(starttls.postbox.received) == 1


def test_a_sender_may_be_refused(starttls: MailServer) -> None:
    starttls.postbox.refused["sam@example.com"] = "553 5.7.1 not yours"
    with Sender(starttls.settings()) as sender, pytest.raises(errors.SenderRefusedError, match="553"):
        sender.send(letter())


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_connection_lost_before_the_end_of_the_message_lost_it(server: MailServer, stage: str) -> None:
    server.postbox.stages[stage] = server.postbox.drop
    with Sender(server.settings()) as sender, pytest.raises(errors.LostError):
        sender.send_bytes(b"Subject: long\r\n\r\n" + b"A long one.\r\n" * 500_000, "sam@example.com", "ana@example.com")
    assert server.postbox.received == []


@pytest.mark.parametrize("stage", ["answer", "taken"])
def test_a_connection_lost_after_it_leaves_that_open(server: MailServer, stage: str) -> None:
    server.postbox.stages[stage] = server.postbox.drop
    with Sender(server.settings()) as sender:
        with pytest.raises(errors.UncertainError, match="may have arrived or not"):
            sender.send(letter())
        assert sender.handed_over
    assert len(server.postbox.received) == (stage == "taken")


@pytest.mark.parametrize(
    ("stage", "error"),
    [("mail", errors.SlowError), ("rcpt", errors.SlowError), ("taken", errors.UncertainError)],
)
def test_a_slow_server_is_not_waited_for_for_ever(
    starttls: MailServer, stage: str, error: type[errors.MailError]
) -> None:
    with Sender(starttls.settings(timeout=0.5)) as sender:
        starttls.postbox.stages[stage] = starttls.postbox.hang
        sender._settings = starttls.settings(timeout=0.02)
        connection = sender._connected().sock
        assert connection is not None
        connection.settimeout(0.2)
        with pytest.raises(error, match="did not answer"):
            sender.send(letter())


def test_wrong_and_odd_passwords(server: MailServer) -> None:
    with pytest.raises(errors.LoginError, match=r"refuses the login of sam \(535") as raised:
        Sender(server.settings(password="wrong")).__enter__()  # noqa: S106 - it fails on entering
    assert "wrong" not in str(raised.value)
    assert server.postbox.logins[0] == (USER, "wrong")
    with Sender(server.settings(password="pässwört")) as sender:  # noqa: S106 - of no account
        sender.send(letter())
    assert len(server.postbox.received) == 1


def entered(server: MailServer, **other: object) -> None:
    with Sender(server.settings(**other)):
        pass


def test_a_certificate_is_checked(server: MailServer) -> None:
    with pytest.raises(errors.CertificateError, match="not trusted"):
        entered(server, ca_file="")
    assert server.postbox.logins == []


def test_a_certificate_is_for_its_host(authority: Authority) -> None:
    with mail_server(authority, "tls") as server, pytest.raises(errors.CertificateError, match="not trusted"):
        entered(server, host="127.0.0.1")


def test_nothing_is_sent_where_encryption_is_not_offered(authority: Authority) -> None:
    with mail_server(authority, "plain") as server:
        with pytest.raises(errors.NoEncryptionError, match="does not offer STARTTLS"):
            entered(server, security="starttls")
        with pytest.raises(UsageError, match="not sent unencrypted"):
            entered(server)
        with pytest.raises(errors.NoEncryptionError, match="no encrypted connection"):
            entered(server, security="tls")
        with Sender(server.settings(user="")) as sender:
            assert sender.offers().tls == ""
            sender.send(letter())
        assert len(server.postbox.received) == 1
        assert server.postbox.logins == []
    with pytest.raises(UsageError, match="another machine"):
        entered(server, host="smtp.example.org", user="")


def test_a_login_that_is_not_offered(authority: Authority) -> None:
    with (
        mail_server(authority, auth_exclude_mechanism=["LOGIN", "PLAIN"]) as server,
        pytest.raises(errors.LoginError, match="offers no login"),
    ):
        entered(server)


def test_a_server_that_is_none(starttls: MailServer) -> None:
    with pytest.raises(errors.NotConnectedError, match="cannot be found"):
        entered(starttls, host="nowhere.invalid")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(errors.NotConnectedError, match=r"did not answer in 0\.1 s"):
            entered(starttls, port=silent.getsockname()[1], timeout=0.1)
        port = silent.getsockname()[1]
    with pytest.raises(errors.NotConnectedError, match="no connection"):
        entered(starttls, port=port)


def test_a_message_larger_than_the_server_takes_is_not_begun(authority: Authority) -> None:
    with mail_server(authority, data_size_limit=2_000) as server, Sender(server.settings()) as sender:
        assert sender.offers().size == 2_000
        with pytest.raises(errors.TooLargeError, match="the server takes 2,000"):
            sender.send(letter(text="long\n" * 1_000))
        sender.send(letter())
    assert len(server.postbox.received) == 1


def test_addresses_beyond_ascii_need_a_server_that_takes_them(authority: Authority) -> None:
    with mail_server(authority) as server, Sender(server.settings()) as sender:
        sender.send(letter("jörg@bücher.example"))
    assert server.postbox.received[0].recipient == "jörg@xn--bcher-kva.example"
    assert "jörg@xn--bcher-kva.example".encode() in server.postbox.received[0].data
    with mail_server(authority, enable_SMTPUTF8=False) as server, Sender(server.settings()) as sender:
        with pytest.raises(errors.RecipientRefusedError, match="no SMTPUTF8"):
            sender.send(letter("jörg@example.com"))
        sender.send(letter("jorg@bücher.example"))
    assert server.postbox.received[0].recipient == "jorg@xn--bcher-kva.example"


def test_the_rate_is_kept_over_messages_and_sessions(starttls: MailServer) -> None:
    at, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        at[0] += seconds

    with Sender(starttls.settings(per_minute=20), clock=lambda: at[0], sleep=sleep) as sender:
        for number in range(3):
            sender.send(letter(f"a{number}@example.com"))
            at[0] += 1
        at[0] += 10
        sender.send(letter())
    assert slept == [2, 2]


def test_one_sender_and_one_recipient(starttls: MailServer) -> None:
    two = letter()
    two["Cc"] = "eve@example.com"
    with Sender(starttls.settings()) as sender, pytest.raises(ValueError, match="one recipient"):
        sender.send(two)
    assert starttls.postbox.received == []

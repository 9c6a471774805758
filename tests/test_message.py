"""Messages: whatever stands in a name or a note, the fields stay fields and the words stay words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from email.utils import getaddresses
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from giveback.dates import Now
from giveback.errors import UsageError
from giveback.mailing.mailboxes import mailbox, parsed
from giveback.mailing.message import build, envelope, html_of, wire
from giveback.text import clean_line

if TYPE_CHECKING:
    from email.message import EmailMessage

NOW = Now(datetime(2026, 11, 23, 12, 0, tzinfo=UTC), date(2026, 11, 23))
ANA = mailbox("ana@example.com", "Ana Ruiz")
SAM = mailbox("sam@example.com", "Sam")


def again(message: EmailMessage) -> EmailMessage:
    return message_from_bytes(wire(message), policy=default)


def words(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


class Markup(HTMLParser):
    """The tags, links and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_message_has_what_a_mail_program_wants() -> None:
    message = again(build(SAM, ANA, "An orchid", "Hello Ana,\n\nsee https://example.com/o?a=1&b=2.\n\nSam", at=NOW))
    assert message["From"] == "Sam <sam@example.com>"
    assert message["To"] == "Ana Ruiz <ana@example.com>"
    assert message["Subject"] == "An orchid"
    assert message["Date"].datetime == NOW.at
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.com>", message["Message-ID"])
    assert message["MIME-Version"] == "1.0"
    assert message.get_content_type() == "multipart/alternative"
    assert words(message) == "Hello Ana,\n\nsee https://example.com/o?a=1&b=2.\n\nSam\n"
    page = Markup(words(message, "html"))
    assert ("href", "https://example.com/o?a=1&b=2") in page.attributes
    assert page.tags.count("p") == 3


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@given(name=NAMES, subject=NAMES, body=st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
@example(name='Żółw, Sam ("the" <turtle>) ' * 4, subject="Ł" * 200, body="\x1b[31m.\r\n.\n\r..")
@example(name="山田 太郎", subject="Ελληνικά", body="العربية " * 60)
@example(name="a" * 199 + "é", subject="x\r\nBcc: eve@example.com", body="From me\n")
@example(name="Müller-Lüdenscheidt, Dr. Björn-Åke von und zu der Äußeren Böschung", subject="", body="")
def test_any_name_subject_and_text_comes_back(name: str, subject: str, body: str) -> None:
    to = mailbox("ana@example.com", name)
    data = wire(build(SAM, to, subject, body, at=NOW))
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 998
    message = message_from_bytes(data, policy=default)
    assert sorted(message.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]
    )
    (address,) = message["To"].addresses
    # Between the encoded words of a long name, which belong together, it reads spaces.
    assert "".join(address.display_name.split()) == "".join(to.name.split())
    assert address.addr_spec == "ana@example.com"
    assert " ".join(str(message["Subject"]).split()) == clean_line(subject, 250)
    assert envelope(data) == ("sam@example.com", "ana@example.com")
    # As RFC 2047 has it: take the field apart, then decode.
    old = message_from_bytes(data)
    assert [pair[1] for pair in getaddresses([old["To"]])] == ["ana@example.com"]
    assert str(make_header(decode_header(getaddresses([old["To"]])[0][0]))) == to.name


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
@example('<script>alert(1)</script>\nhttps://e.com/"onmouseover="x https://e.com/<b>')
@example("(see https://en.wikipedia.org/wiki/Orchid_(plant)), or HTTPS://EXAMPLE.COM/?q='1'!")
def test_html_says_what_the_text_says_and_nothing_in_it_is_markup(text: str) -> None:
    page = Markup(html_of(text))
    assert set(page.tags) <= {"html", "head", "meta", "body", "p", "br", "a"}
    assert {name for name, _ in page.attributes} <= {"charset", "dir", "href"}
    assert all(re.match("https?://", value or "", re.IGNORECASE) for name, value in page.attributes if name == "href")
    assert page.text.split() == text.split()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Sam Żółw <sam@example.com>", ("sam@example.com", "Sam Żółw")),
        ('"Żółw, Sam" <sam@example.com>', ("sam@example.com", "Żółw, Sam")),
        ("<sam@example.com>", ("sam@example.com", "")),
        (" sam@example.com ", ("sam@example.com", "")),
        ("Jörg <jörg@bücher.example>", ("jörg@xn--bcher-kva.example", "Jörg")),
        ("o'brien+x@EXAMPLE.com", ("o'brien+x@example.com", "")),
    ],
)
def test_addresses(said: str, expected: tuple[str, str]) -> None:
    assert parsed(said) == expected
    assert parsed(str(parsed(said))) == expected


@pytest.mark.parametrize(
    "said",
    [
        *("", "@", "ana", "ana@", "@example.com", "a b@example.com", "ana@exa mple.com", "ana@example..com", ".a@b.c"),
        *("ana@example.com\r\nBcc: eve@example.com", "ana@example.com>\r\nRCPT TO:<eve@example.com", "a,b@example.com"),
        *("ana@example.com, eve@example.com", "ana@[127.0.0.1]", "a\x00b@example.com", "ana@example.com\x1b[2J"),
        *(f"{'a' * 65}@example.com", f"ana@{'a' * 64}.com", "a\u202eb@example.com", "Ana <ana@example.com> x"),
    ],
)
def test_what_is_no_address_is_refused(said: str) -> None:
    with pytest.raises(UsageError, match="no e-mail address"):
        parsed(said)


def test_an_address_beyond_ascii_is_written_as_it_is() -> None:
    data = wire(build(SAM, mailbox("jörg@example.com", "Jörg"), "Grüße", "Hallo Jörg", at=NOW))
    assert "To: Jörg <jörg@example.com>\r\n".encode() in data
    assert envelope(data) == ("sam@example.com", "jörg@example.com")


def test_fields_of_ones_own() -> None:
    headers = {"List-Unsubscribe": "<mailto:sam@example.com>\r\nBcc: eve@example.com"}
    message = again(build(SAM, ANA, "x", "y", headers=headers, message_id="<1@example.com>", at=NOW))
    assert message["List-Unsubscribe"] == "<mailto:sam@example.com> Bcc: eve@example.com"
    assert message["Message-ID"] == "<1@example.com>"
    assert "Bcc" not in message
    for name in ("Subject", "Bcc: eve@example.com\r\nX", "", "X Y"):
        with pytest.raises(UsageError, match="cannot be a field"):
            build(SAM, ANA, "x", "y", headers={name: "z"}, at=NOW)

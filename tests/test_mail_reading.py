"""Mailboxes, header fields, encoded words, addresses, times: against the corpus and the standard library."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.people.mail import headers, mailboxes, messages, times
from giveback.people.mail.addresses import Address, addresses
from giveback.people.mail.links import own_words
from giveback.people.mail.words import decode
from giveback.text import clean_line

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

# Where something else is right than what the corpus expects, by file and field, and why.
EXCEPTIONS: dict[tuple[str, str], tuple[Any, str]] = {
    ("own__bom.eml", "from"): (
        [("Ada Fernández", "ada@fishing.example")],
        "the byte order mark before the first field is no part of its name; other readers lose the field",
    ),
    ("own__latin1-raw-headers.eml", "subject"): (
        "Grüße",
        "raw Latin-1 bytes are read as what they are; other readers replace them",
    ),
}


def raws(path: Path) -> list[mailboxes.Raw]:
    return [raw for found in mailboxes.find(str(path)) for raw in found.messages()]


# The corpus


@pytest.mark.corpus
def test_every_message_of_the_corpus(corpora: Path) -> None:
    wrong, met = [], set()
    for line in (corpora / "mail" / "expected.jsonl").read_text("utf-8").splitlines():
        expected = json.loads(line)
        name = expected["file"]
        (raw,) = raws(corpora / "mail" / "eml" / name)
        message = messages.read(raw)
        said = message.fields
        date = times.parse(said.get("date", ""))
        found = {
            **{key: [(one.name, one.address) for one in addresses(said.get(key, ""))] for key in ("from", "to", "cc")},
            "subject": message.subject,
            "date": date.isoformat().replace("+00:00", ".000Z") if date else None,
            "message_id": None if message.message_id.startswith("digest:") else message.message_id,
        }
        wanted = {
            **{key: [(one["name"], one["address"]) for one in expected[key]] for key in ("from", "to", "cc")},
            "subject": clean_line(expected["subject"] or ""),  # soft hyphens, which nobody sees, go
            "date": expected["date"],
            "message_id": expected["message_id"] and expected["message_id"].strip("<>"),
        }
        for key, value in wanted.items():
            if (name, key) in EXCEPTIONS:
                met.add((name, key))
                value = EXCEPTIONS[name, key][0]  # noqa: PLW2901 - what is right here
            if found[key] != value:
                wrong.append((name, key, found[key], value))
    assert wrong == []
    assert met == set(EXCEPTIONS), "an exception that is none any more"


@pytest.mark.corpus
def test_every_mailbox_of_the_corpus(corpora: Path) -> None:
    folder = corpora / "mail"
    expected = json.loads((folder / "expected-mailboxes.json").read_text("utf-8"))
    single = {
        name: messages.read(raws(folder / "eml" / name)[0])
        for one in expected.values()
        for name in one.get("files", ())
    }
    for name, one in expected.items():
        if name == "maildir":
            continue
        found = raws(folder / "mbox" / name)
        if "messages" in one:
            assert len(found) == one["messages"], name
        else:
            assert 0 < len(found) <= one["messages_at_most"]
        for raw, file in zip(found, one.get("files", ()), strict=bool(one.get("files"))):
            assert messages.read(raw).fields == single[file].fields, file
    maildirs = list(mailboxes.find(str(folder / "maildir")))
    assert [len(list(found.messages())) for found in maildirs] == [12, expected["maildir"]["subfolder_Sent"]]


@pytest.mark.corpus
def test_the_lean_reader_says_what_email_says_on_the_corpus(corpora: Path) -> None:
    files = sorted((corpora / "mail" / "eml").iterdir())
    declined = sum(not _same_as_email(mailboxes._head(path.read_bytes(), 0)[0]) for path in files)
    assert declined < len(files) / 5, "it declines too often to be worth it"


# The lean reader


def _same_as_email(head: bytes) -> bool:
    """Compare where it does not decline; whether it did not."""
    lean = headers.lean_fields(head)
    if lean is None:
        return False
    parsed = BytesHeaderParser(policy=compat32).parsebytes(head)
    wanted: dict[str, str] = {}
    for name, value in parsed._headers:  # type: ignore[attr-defined]
        key, said = name.lower(), value.replace("\r", "").replace("\n", "").strip(" \t")
        if key in headers.JOINED and key in wanted:
            said = f"{wanted[key]},{said}"
        if key in headers.WANTED and (key not in wanted or key == headers.LAST or key in headers.JOINED):
            wanted[key] = said
    assert {name: value.strip(" \t") for name, value in lean.items()} == wanted
    assert headers.fields_by_email(head) == wanted
    return True


_SOUP = st.text(
    st.sampled_from(" \t\r\n:,;<>()@\"'=?-_aAbBzZ019é\x00\x0b\x0c\x1c\x85\u2028\udcff") | st.characters(codec="utf-8"),
    max_size=30,
)
_NAMES = st.sampled_from([*sorted(headers.WANTED), "From", "SUBJECT", "X-Other", "DKIM-Signature", "To"]) | _SOUP
_LINES = st.lists(
    st.builds("{}{}{}{}".format, _NAMES, st.sampled_from([":", ": ", " :", ""]), _SOUP,
              st.sampled_from(["\n", "\r\n", "\n ", "\r\n\t", "\r", "\n\n"])),
    max_size=8,
)  # fmt: skip


@given(_LINES)
def test_the_lean_reader_says_what_email_says_or_declines(lines: list[str]) -> None:
    _same_as_email("".join(lines).encode("utf-8", "surrogateescape"))


@given(st.binary(max_size=200))
def test_no_bytes_break_the_readers(data: bytes) -> None:
    said = headers.fields(data)
    for value in said.values():
        addresses(value)
        decode(value)
        times.parse(value)


# Words


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("plain", "plain"),
        ("=?utf-8?Q?Caf=C3?= =?utf-8?Q?=A9_meeting?= and =?gb2312?B?xOO6ww==?=", "Café meeting and 你好"),
        ("=?UTF-8?q?a?= b =?UTF-8?q?c?=", "a b c"),
        ("=?utf-8?q?a_b?==?utf-8?q?c?=", "a bc"),
        ("=?iso-8859-1?q?=93quoted=94?=", "“quoted”"),
        ("=?utf-8?b?w6k?=", "é"),
        ("=?utf-8?b?w6l4?=", "éx"),
        ("=?ks_c_5601-1987?B?x9Gxubi7?=", "한국말"),
        ("=?x-nobody-knows?q?caf=C3=A9?=", "café"),
        ("=?utf-8*en?q?hi?=", "hi"),
        ("=?utf-8?q?with a blank?=", "with a blank"),
        ("=?utf-8?q?100%=?=", "100%="),
        ("=?utf-8?q?=ff=fe?=", "ÿþ"),
        ("=?utf-8?x?no?=", "=?utf-8?x?no?="),
        ("=?hex?q?4142?=", "4142"),
        (b"Gr\xfc\xdfe".decode("ascii", "surrogateescape"), "Grüße"),
        ("Größe".encode().decode("ascii", "surrogateescape"), "Größe"),
    ],
)
def test_encoded_words(written: str, meant: str) -> None:
    assert decode(written) == meant


# Addresses


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ana@x.example", [("", "ana@x.example")]),
        ("Ana Ruiz <ana@x.example>", [("Ana Ruiz", "ana@x.example")]),
        ('"Ruiz, Ana" <ana@x.example>, bo@y.example', [("Ruiz, Ana", "ana@x.example"), ("", "bo@y.example")]),
        ("ana@x.example (Ana (the first) Ruiz)", [("Ana (the first) Ruiz", "ana@x.example")]),
        ("undisclosed-recipients:;", []),
        ("Friends: ana@x.example, Bo <bo@y.example>; cleo@z.example",
         [("", "ana@x.example"), ("Bo", "bo@y.example"), ("", "cleo@z.example")]),
        ("=?utf-8?q?Ruiz=2C_Ana?= <ana@x.example>", [("Ruiz, Ana", "ana@x.example")]),
        ('"ana@x.example" <evil@evil.example>', [("ana@x.example", "evil@evil.example")]),
        ("Ana <ana@x.example", [("Ana", "ana@x.example")]),
        ("'Ana Ruiz' <ana@x.example>", [("Ana Ruiz", "ana@x.example")]),
        ("Ana Ruiz ana@x.example", [("Ana Ruiz", "ana@x.example")]),
        ("<@relay.example:ana@x.example>", [("", "ana@x.example")]),
        ("<mailto:ana@x.example>", [("", "ana@x.example")]),
        ('"Ana \\"A\\" Ruiz" <ana@x.example>', [('Ana "A" Ruiz', "ana@x.example")]),
        ("MAILER DAEMON <>", [("MAILER DAEMON", "")]),
        (",,;", []),
        ("", []),
    ],
)  # fmt: skip
def test_addresses(written: str, meant: list[tuple[str, str]]) -> None:
    assert [(one.name, one.address) for one in addresses(written)] == meant


# Times


@given(st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 - bounds are naive by Hypothesis' rule
def test_a_date_reads_as_email_reads_it(moment: datetime) -> None:
    written = format_datetime(moment.replace(microsecond=0))
    assert times.parse(written) == parsedate_to_datetime(written).astimezone(UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("6 May 25 9:15 am PDT", "2025-05-06T16:15:00"),
        ("Tue, 6 May 2025 12:05 am +0000", "2025-05-06T00:05:00"),
        ("Tue, 06 May 2025 09:15:60 +0200 (CEST)", "2025-05-06T07:15:59"),
        ("Tue, 06 May 2025 09:15:00 GMT", "2025-05-06T09:15:00"),
        ("Tue, 31 Feb 2025 09:15:00 +0000", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_in_the_wild(written: str, meant: str | None) -> None:
    found = times.parse(written)
    assert (found.isoformat().removesuffix("+00:00") if found else None) == meant


@pytest.mark.parametrize(
    ("date", "received", "envelope", "meant"),
    [
        ("Tue, 06 May 2025 09:15:00 +0000", "", b"", "2025-05-06T09:15"),
        ("Tue, 06 May 2025 09:15:00 +0000", "by a; Tue, 06 May 2025 09:15:03 +0000", b"", "2025-05-06T09:15"),
        ("Tue, 06 May 2025 09:15:00 +0000", "by a; Sat, 10 May 2025 09:15:03 +0000", b"", "2025-05-06T09:15"),
        ("Thu, 01 Jan 1970 00:00:00 +0000", "by a; Tue, 06 May 2025 09:15:00 +0000", b"", "2025-05-06T09:15"),
        ("Fri, 06 Jun 2025 09:15:00 +0000", "by a; Tue, 06 May 2025 09:15:00 +0000", b"", "2025-05-06T09:15"),
        ("Sun, 06 Apr 2003 09:15:00 +0000", "by a; Tue, 06 May 2025 09:15:00 +0000", b"", "2025-05-06T09:15"),
        ("Wed, 30 Jun 3609 09:33:50 +0000", "", b"From a@b Tue May  6 09:15:00 2025", "2025-05-06T09:15"),
        ("", "", b"From 1@xxx Tue May 06 09:15:00 +0200 2025", "2025-05-06T07:15"),
        ("", "by a", b"From - nonsense", None),
        ("Wed, 30 Jun 3609 09:33:50 +0000", "", b"", None),
    ],
)
def test_a_date_is_held_against_what_servers_noted(
    date: str, received: str, envelope: bytes, meant: str | None
) -> None:
    found = times.sent_at(date, received, envelope, NOW)
    assert (f"{found:%Y-%m-%dT%H:%M}" if found else None) == meant


# Mailboxes


def one(number: int, body: str = "text\n", more: str = "") -> str:
    return f"From: a{number}@b.example\nSubject: {number}\n{more}\n{body}\n"


def subjects(path: Path) -> list[str]:
    return [messages.read(raw).subject for raw in raws(path)]


ENVELOPE = "From a@b.example Tue May  6 09:15:00 2025\n"


@pytest.mark.parametrize(
    "separator",
    [
        ENVELOPE, "From - Tue May 06 09:15:00 2025\n", "From \n", "From nobody Tue May  6 09:15:00 2025\n",
        "From 1790@xxx Tue May 06 07:15:00 +0000 2025\n", "From a@b.example Tue, 6 May 2025 09:15:00 +0200\n",
        "From a@b.example 2025-05-06 09:15:00\n", "From MAILER-DAEMON Tue May  6 09:15:00 2025\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_writer_separates_in_its_own_way(tmp_path: Path, separator: str, end: str) -> None:
    path = tmp_path / "Inbox"
    path.write_bytes("".join(separator + one(number) for number in range(3)).replace("\n", end).encode())
    assert subjects(path) == ["0", "1", "2"]


@pytest.mark.parametrize(
    "body",
    [
        "From the start this line is text.\nmore\n", "\nFrom here to 2025 it is 09:15:00 o'clock\nNote: text\n",
        ">From quoted Tue May  6 09:15:00 2025\n", "\nFrom \nwhere?\n", "\n\nFrom a@b.example with love\n",
        "x\nFrom: no separator\n",
    ],
)  # fmt: skip
def test_bodies_may_speak_of_from(tmp_path: Path, body: str) -> None:
    path = tmp_path / "Inbox"
    path.write_text(ENVELOPE + one(0, body) + ENVELOPE + one(1))
    assert subjects(path) == ["0", "1"]


def test_a_stated_length_is_believed_where_it_fits(tmp_path: Path) -> None:
    body = f"a mailbox within:\n\n{ENVELOPE}From: x@y.example\nSubject: inner\n\ninner\n"
    path = tmp_path / "cl2"
    path.write_text(ENVELOPE + one(0, body, f"Content-Length: {len(body)}\n") + ENVELOPE + one(1))
    assert subjects(path) == ["0", "1"]
    path.write_text(ENVELOPE + one(0, "short\n", "Content-Length: 99999999\n") + ENVELOPE + one(1))
    assert subjects(path) == ["0", "1"], "a length that leads nowhere is passed over"


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.integers(20, 200))
def test_where_a_chunk_ends_does_not_matter(sizes: list[int], chunk: int) -> None:
    import tempfile
    from pathlib import Path
    from unittest.mock import patch

    with tempfile.TemporaryDirectory() as folder, patch.object(mailboxes, "CHUNK", chunk):
        path = Path(folder, "box")
        path.write_text("".join(ENVELOPE + one(number, "x\n" * size) for number, size in enumerate(sizes)))
        assert subjects(path) == [str(number) for number in range(len(sizes))]
        for raw, size in zip(raws(path), sizes, strict=True):
            assert mailboxes.body(raw).count(b"x\n") == size


def test_a_head_without_end_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_text(
        ENVELOPE + one(0) + ENVELOPE + "X-Long: " + "y" * (mailboxes.HEAD_LIMIT + 5000) + "\n\n" + ENVELOPE + one(2)
    )
    assert subjects(path) == ["0", "", "2"]


def test_folders_are_searched_and_other_files_passed_over(tmp_path: Path) -> None:
    (tmp_path / "Mail" / "Local").mkdir(parents=True)
    (tmp_path / "Mail" / "Inbox").write_text(ENVELOPE + one(0))
    (tmp_path / "Mail" / "Inbox.msf").write_text('// <!-- <mdb:mork:z v="1.4"/> -->')
    (tmp_path / "Mail" / "Local" / "a.eml").write_text(one(1))
    (tmp_path / "Mail" / "Local" / "b.emlx").write_text(f"{len(one(2))}\n{one(2)}<plist/>")
    (tmp_path / "Mail" / "notes").write_text("Dear: all\nthis is no mail\n")
    (tmp_path / "Mail" / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (tmp_path / "Mail" / "empty").write_bytes(b"")
    for part in ("cur", "new", "tmp"):
        (tmp_path / "Mail" / "Local" / ".Sent" / part).mkdir(parents=True)
    (tmp_path / "Mail" / "Local" / ".Sent" / "cur" / "1.host:2,RS").write_text(one(3))
    (tmp_path / "Mail" / "Local" / ".Sent" / "tmp" / "2.host").write_text(one(4))
    assert sorted(subjects(tmp_path / "Mail")) == ["0", "1", "2", "3"]
    assert raws(tmp_path / "Mail" / "Local" / ".Sent")[0].flags == "RS"
    assert raws(tmp_path / "Mail" / "passwd") == []


def test_a_maildir_may_change_while_it_is_read(tmp_path: Path) -> None:
    for part in ("cur", "new", "tmp"):
        (tmp_path / part).mkdir()
    (tmp_path / "new" / "1.host").write_text(one(1))
    (tmp_path / "new" / "2.host").write_text(one(2))
    (found,) = mailboxes.find(str(tmp_path))
    (tmp_path / "new" / "1.host").rename(tmp_path / "cur" / "1.host:2,S")
    assert [messages.read(raw).subject for raw in found.messages()] == ["2"]


# One message


def message_of(text: str, flags: str = "") -> messages.Message:
    return messages.read(mailboxes.Raw("x", 0, 0, text.encode(), flags=flags))


def test_a_message_without_an_id_is_known_by_its_headers() -> None:
    text = "From: a@b.example\nDate: Tue, 06 May 2025 09:15:00 +0000\nSubject: x\n"
    first = message_of(text)
    assert first.message_id.startswith("digest:")
    assert first.message_id == message_of("X-Other: 1\n" + text).message_id
    assert first.message_id != message_of(text.replace("09:15", "09:16")).message_id
    assert message_of(text + "Message-ID: <a b\n c@d>\n").message_id == "abc@d"


def test_recipients_are_those_of_all_fields_each_once() -> None:
    found = message_of(
        "From: me@x\nTo: a@x.example, B <b@x.example>\nTo: A@X.example\nCc: c@x.example\nBcc: d@x.example\n"
    )
    assert [one.address for one in found.recipients] == ["a@x.example", "b@x.example", "c@x.example", "d@x.example"]


@pytest.mark.parametrize(
    ("text", "flags", "reason"),
    [
        ("X-Gmail-Labels: Inbox,Spam\n", "", "spam"),
        ("X-Gmail-Labels: =?UTF-8?Q?Entw=C3=BCrfe?=\n", "", "a draft"),
        ("X-Gmail-Labels: Papierkorb,Wichtig\n", "", "deleted"),
        ("X-Mozilla-Status: 0009\n", "", "deleted"),
        ("X-Mozilla-Status: 0001\n", "", ""),
        ("X-Status: D\n", "", "deleted"),
        ("X-Status: A\n", "", ""),
        ("Subject: x\n", "DS", "a draft"),
        ("Subject: x\n", "ST", "deleted"),
        ("Subject: x\n", "RS", ""),
    ],
)
def test_what_was_never_sent_or_is_gone(text: str, flags: str, reason: str) -> None:
    assert message_of("From: a@b.example\n" + text, flags).unsent == reason


@pytest.mark.parametrize(
    ("text", "flags", "replied"),
    [("X-Mozilla-Status: 0003\n", "", True), ("X-Status: A\n", "", True), ("", "RS", True), ("", "S", False)],
)
def test_mail_programs_note_answers(text: str, flags: str, *, replied: bool) -> None:
    assert message_of("From: a@b.example\n" + text, flags).replied is replied


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("List-Id: x\n", "a mailing list"), ("Precedence: Bulk\n", "a mailing list"),
        ("Auto-Submitted: auto-replied; x\n", "automatic"), ("Auto-Submitted: no\n", ""),
        ("X-Auto-Response-Suppress: All\n", "automatic"), ("", ""),
    ],
)  # fmt: skip
def test_machines_are_known_by_their_fields(text: str, reason: str) -> None:
    assert message_of("From: ana@b.example\n" + text).machine == reason


@pytest.mark.parametrize(
    "local", ["no-reply", "NoReply", "noreply+x", "do_not_reply", "mailer-daemon", "bounces-1", "shop-noreply"]
)
def test_nobody_reads_there(local: str) -> None:
    assert messages.is_machine(Address("", f"{local}@x.example"))


@pytest.mark.parametrize("local", ["ana", "noreen", "bouncer", "reply", "n.o.replyson"])
def test_somebody_reads_there(local: str) -> None:
    assert not messages.is_machine(Address("", f"{local}@x.example"))


def test_own_words_are_those_above_quotes_and_signature() -> None:
    text = "See https://mine.example\n\nOn Tue, 6 May 2025, Ana Ruiz wrote:\n> https://hers.example\n\nbelow\n"
    assert own_words(text) == "See https://mine.example\n"
    assert own_words("a\n-- \nmy.blog") == "a"
    assert own_words("> hers\nmine") == "mine"
    forwarded = "look\n\n---------- Forwarded message ----------\nFrom: x\n\nOn Monday somebody wrote:\ntext"
    assert own_words(forwarded) == forwarded

"""Mail: headers of an mbox beside the standard library, and a whole `import mail`, in CPU seconds and memory.

Run: .venv/bin/python benchmarks/mail.py [--messages 100000]

The mailbox is made here, from a seed: letters between me and some hundred people, lists, notices, each with the headers
that servers add. Both readers give the same of each message: sender, recipients, subject, moment, Message-ID.
"""

from __future__ import annotations

import argparse
import json
import mailbox
import os
import random
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.utils import format_datetime, getaddresses, parseaddr, parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from giveback.people.mail import mailboxes, messages

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = datetime(2015, 1, 5, 9, tzinfo=UTC)
ME = "me@home.example"
_TRACE = """\
Delivered-To: {me}
Received: by 2002:a05:6a10:d5a8:b0:4f8:1c2e:{n} with SMTP id g40csp123456pxv;
        {late}
X-Google-Smtp-Source: AGHT+IFk0x5Qv1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0{n}
X-Received: by 2002:a17:902:e5c1:b0:1d4:a1b2:{n} with SMTP id u1-20020a17;
        {late}
ARC-Seal: i=1; a=rsa-sha256; t=1700000000; cv=none;
        d=google.example; s=arc-20160816;
        b=Zk3vJ0pQm8sXy5tWb7uVc9dEf1gHi2jKl3mNo4pQr5sTu6vWx7yZa8bCd9eFg0hIj1kLm2nOp3
         qRs4tUv5wXy6zAb7cDe8fGh9iJk0lMn1oPq2rSt3uVw4xYz5aBc6dEf7gHi8jKl9mNo0pQr1sTu
         A0b1C2d3E4f5G6h7I8j9K0l1M2n3O4p5Q6r7S8t9U0v1W2x3Y4z5{n}==
ARC-Authentication-Results: i=1; mx.google.example;
       dkim=pass header.i=@example.com header.s=s1 header.b=abcdefgh;
       spf=pass (google.example: domain designates 192.0.2.1 as permitted sender)
Return-Path: <{sender}>
Received: from mail.example.com (mail.example.com. [192.0.2.1])
        by mx.google.example with ESMTPS id x1-2002{n}
        for <{me}>
        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);
        {early}
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s1;
        h=to:subject:message-id:date:from:mime-version:from:to:cc:subject;
        bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;
        b=Qm9keSBvZiB0aGUgc2lnbmF0dXJlIHdoaWNoIGlzIGxvbmcgZW5vdWdoIHRvIGJlIGZvbGRlZA
         b25jZSBhbmQgYWdhaW4gdW50aWwgaXQgbG9va3MgbGlrZSB3aGF0IHNlcnZlcnMgd3JpdGU{n}==
"""
_WORDS = [
    "tide tables for the pier",
    "casing design",
    "your talk in Houston",
    "lunch",
    "the LNG chart",
    "notes",
    "a question",
]


def write_mailbox(path: Path, count: int, people: int = 400) -> None:
    """Write an mbox of about three thousand bytes a message."""
    draw = random.Random(7)  # noqa: S311 - a benchmark wants the same file each time
    with path.open("w", encoding="ascii", newline="\n") as file:
        for number in range(count):
            file.write(_message(draw, number, people))


def _message(draw: random.Random, number: int, people: int) -> str:
    at = FIRST + timedelta(minutes=50 * number)
    friend = draw.randrange(people)
    name, address = f"Friend {friend}", f"friend{friend}@example{friend % 40}.com"
    kind = draw.choices(("in", "out", "list"), (35, 25, 40))[0]
    sender = {"in": address, "out": ME, "list": f"news{friend % 20}@lists.example"}[kind]
    subject = draw.choice(_WORDS)
    subject = f"=?utf-8?q?Caf=C3=A9_and_{number}?=" if number % 5 == 0 else f"Re: {subject} {number}"
    lines = [f"From {sender} {at:%a %b} {at.day:2d} {at:%H:%M:%S %Y}"]
    if kind != "out":
        late = format_datetime(at + timedelta(seconds=4))
        trace = _TRACE.format(me=ME, n=f"{number:07x}", late=late, early=format_datetime(at), sender=sender)
        lines += trace.rstrip("\n").split("\n")
    if kind == "list":
        lines += [
            "List-Id: News <news.lists.example>",
            "Precedence: bulk",
            "List-Unsubscribe: <https://lists.example/u>",
        ]
    writes = f"Me Myself <{ME}>" if kind == "out" else f"{name} <{sender}>"
    to = f"{name} <{address}>" if kind == "out" else f"Me Myself <{ME}>"
    lines += [
        "MIME-Version: 1.0", f"Date: {format_datetime(at)}", f"From: {writes}", f"To: {to}", f"Subject: {subject}",
        f"Message-ID: <{number}@{sender.partition('@')[2]}>",
        *([f"In-Reply-To: <{number - 1}@x>", f"References: <{number - 3}@x> <{number - 1}@x>"] if number % 3 else []),
        'Content-Type: text/plain; charset="utf-8"', "Content-Transfer-Encoding: 7bit", "",
    ]  # fmt: skip
    body = [f"{draw.choice(_WORDS)} and so on, line {line} of what was said to each other." for line in range(12)]
    return "\n".join([*lines, *body, ">From here on it is quoted.", "", ""])


Seen = tuple[str, list[str], str, datetime | None, str]


def by_giveback(path: str) -> Iterator[Seen]:
    """Sender, recipients, subject, moment and Message-ID of each message."""
    now = datetime.now(UTC)
    for found in mailboxes.find(path):
        for raw in found.messages():
            message = messages.read(raw)
            at = message.sent_at(now)
            yield (
                message.sender.address, [one.address for one in message.recipients], message.subject,
                at, message.message_id,
            )  # fmt: skip


def by_stdlib(path: str) -> Iterator[Seen]:
    """The same by `mailbox` and `email`."""
    box = mailbox.mbox(path, create=False)
    for message in box.itervalues():
        to = getaddresses([*message.get_all("to", []), *message.get_all("cc", [])])
        yield (
            parseaddr(message["from"])[1], [address for _, address in to],
            str(make_header(decode_header(message["subject"]))),
            parsedate_to_datetime(message["date"]).astimezone(UTC), message["message-id"].strip("<>"),
        )  # fmt: skip


READERS = {"giveback": by_giveback, "stdlib": by_stdlib}


def read_in_this_process(reader: str, path: str, *, check: bool) -> None:
    """Print CPU seconds, the peak of memory, and in a run of its own a digest of what was read."""
    digest, count = sha256(), 0
    for seen in READERS[reader](path):
        count += 1
        if check:
            digest.update(repr(seen).encode())
    print(json.dumps(_spent() | {"messages": count, "digest": digest.hexdigest()}))


def _spent() -> dict[str, float]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu": used.ru_utime + used.ru_stime, "megabytes": used.ru_maxrss / 1024}


def _run(reader: str, path: Path, *more: str) -> dict[str, Any]:
    command = [sys.executable, __file__, "--reader", reader, *more, str(path)]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


def _measured(path: Path, repeats: int) -> dict[str, dict[str, Any]]:
    """The least CPU of some rounds; the readers take turns, so that a slow moment of the machine hits both."""
    rounds = [{reader: _run(reader, path) for reader in READERS} for _ in range(repeats)]
    return {reader: min((one[reader] for one in rounds), key=lambda run: float(run["cpu"])) for reader in READERS}


def _import(path: Path, home: Path, people: int = 400) -> dict[str, float]:
    """A whole `giveback import mail` into a store that knows half of the people."""
    environment = os.environ | {"GIVEBACK_HOME": str(home)}
    giveback = [sys.executable, "-m", "giveback"]
    table = "name,email\n" + "".join(f"Friend {n},friend{n}@example{n % 40}.com\n" for n in range(0, people, 2))
    (home / "people.csv").write_text(table)
    subprocess.run([*giveback, "import", home / "people.csv"], env=environment, check=True, capture_output=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [*giveback, "import", "mail", path, "--me", ME], env=environment, check=True, capture_output=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(done.stdout.splitlines()[0])
    return {
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "megabytes": after.ru_maxrss / 1024,
    }


def main() -> None:
    """Make the mailbox, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--reader", choices=READERS)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("path", nargs="?")
    said = parser.parse_args()
    if said.reader:
        read_in_this_process(said.reader, said.path, check=said.check)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mail.mbox")
        write_mailbox(path, said.messages)
        print(f"{said.messages:,} messages, {path.stat().st_size / 2**20:.0f} MB")
        home = Path(folder, "home")
        home.mkdir(mode=0o700)
        found = _measured(path, said.repeats)
        if len({_run(reader, path, "--check")["digest"] for reader in READERS}) > 1:
            print("the two read different things")
        for name, run in (found | {"import mail": _import(path, home)}).items():
            print(f"{name:12} {run['cpu']:7.2f} s CPU  {run['megabytes']:5.0f} MB")
        print(f"headers: {found['giveback']['cpu'] / found['stdlib']['cpu']:.3f} of the standard library")


if __name__ == "__main__":
    main()

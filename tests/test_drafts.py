"""Notes that leave by the user's own mail program: a file, a link, the program itself."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pexpect
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Giveback
from giveback.dates import Now
from giveback.errors import StoreError
from giveback.mailing.drafts import mailto, write_draft
from giveback.mailing.mailboxes import mailbox
from giveback.mailing.message import build

NOW = Now(datetime(2026, 11, 23, 12, 0, tzinfo=UTC), date(2026, 11, 23))
ANA = mailbox("ana@example.com", "Łucja 山田 Ruiz, Dr.")
LINK = "https://example.com/orchids?a=1&b=2"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Giveback(tmp_path_factory.mktemp("prepared"))
    assert home.run_here("add-contact", "Łucja Ruiz", "--email", "ana@example.com").code == 0
    assert home.run_here("add-contact", "Bo").code == 0
    return home.home


@pytest.fixture
def home(prepared: Path, giveback: Giveback) -> Giveback:
    shutil.copytree(prepared, giveback.home, dirs_exist_ok=True)
    return giveback


def exchanges(home: Giveback, who: str = "ruiz") -> int:
    return len(json.loads(home.run_here("history", who, "--json").out))


def program(folder: Path, name: str, code: int = 0) -> Path:
    """A mail program that notes with what it was started."""
    path = folder / name
    path.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{folder}/{name}.said"\necho noise\nexit {code}\n')
    path.chmod(0o755)
    return path


def test_no_draft_is_written_over_and_none_can_be_read_by_others(tmp_path: Path) -> None:
    message = build(None, ANA, "An orchid", "Hello", at=NOW)
    paths = [Path(write_draft(str(tmp_path / "drafts"), message, NOW)) for _ in range(3)]
    assert [path.name for path in paths] == [f"20261123-120000-ana@example.com{more}.eml" for more in ("", "-2", "-3")]
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    kept = message_from_bytes(paths[0].read_bytes(), policy=default)
    assert (kept["X-Unsent"], "From" in kept, "Message-ID" in kept) == ("1", False, False)
    assert kept["To"].addresses[0].display_name == ANA.name
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        write_draft(str(tmp_path / "file"), message, NOW)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)


@given(
    subject=TEXT,
    body=TEXT,
    address=st.sampled_from(["ana@example.com", "a+b&c=d?e#f%g@example.com", "jörg@example.com"]),
)
def test_a_link_says_what_it_was_made_of(subject: str, body: str, address: str) -> None:
    link = mailto(mailbox(address), subject, body)
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("mailto", "", "")
    assert link.isascii()
    assert not set(link) & set(" \"<>\\^`{|}\r\n+'()")
    assert unquote(parts.path) == address
    fields = parse_qs(parts.query, keep_blank_values=True, strict_parsing=True)
    assert fields["subject"] == [subject]
    assert fields["body"][0].replace("\r\n", "\n") == body.rstrip("\n").replace("\r\n", "\n")
    assert set(fields) == {"subject", "body"}


def test_a_mailto_link_is_all_that_is_printed(home: Giveback) -> None:
    done = home.run_here("give", "ruiz", LINK, "--mailto")
    assert done.code == 0
    (link,) = done.out.splitlines()
    assert link.startswith("mailto:ana@example.com?subject=")
    assert "https%3A%2F%2Fexample.com%2Forchids%3Fa%3D1%26b%3D2%0D%0A" in link
    assert done.err.endswith("by e-mail · a mailto: link\n")
    assert exchanges(home) == 1
    again = json.loads(home.run_here("give", "ruiz", LINK, "--mailto", "--again", "--json").out)
    assert again["mailto"].startswith("mailto:ana@example.com?")


@pytest.mark.parametrize(
    ("mailer", "expected"),
    [("{} --new", ["--new", "LINK"]), ("{} --to %s --x", ["--to", "LINK", "--x"]), ("", ["LINK"])],
)
def test_the_mail_program_gets_the_link(home: Giveback, tmp_path: Path, mailer: str, expected: list[str]) -> None:
    path = program(tmp_path, "mailer" if mailer else "xdg-open")
    env = {"MAILER": mailer.format(path), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    run = home.run_here if mailer else home.run  # once in a process of its own, where output is apart
    done = run("give", "ruiz", LINK, "--open", env=env)
    assert done.code == 0, done
    assert "noise" not in done.out
    said = Path(f"{path}.said").read_text().splitlines()
    assert [("LINK" if word.startswith("mailto:ana@example.com?") else word) for word in said] == expected
    assert f"opened in {path.name}" in done.err
    assert exchanges(home) == 1


@pytest.mark.parametrize("mailer", ["/no/such/program", "'", "{}"])
def test_a_mail_program_that_does_not_start_leaves_a_draft(home: Giveback, tmp_path: Path, mailer: str) -> None:
    env = {"MAILER": mailer.format(program(tmp_path, "broken", 3))}
    done = home.run_here("give", "ruiz", LINK, "--open", env=env)
    assert (done.code, done.out) == (2, "")
    assert "MAILER" in done.err
    assert len(done.err.splitlines()) == 1
    (draft,) = (home.home / "drafts").iterdir()
    assert str(draft) in done.err
    assert exchanges(home) == 0


@pytest.mark.parametrize("way", ["--draft", "--mailto", "--open"])
def test_without_an_address_a_draft_is_kept_and_nothing_is_given(home: Giveback, way: str) -> None:
    done = home.run_here("give", "bo", LINK, way, env={"MAILER": "false"})
    (draft,) = (home.home / "drafts").iterdir()
    line = f"giveback: Bo has no e-mail address; nothing was given, and the draft {draft} has none either"
    assert done == (3, "", f'{line} (giveback edit "Bo" --email ADDRESS, then give it again)\n')
    assert "To" not in message_from_bytes(draft.read_bytes())
    assert exchanges(home, "bo") == 0


# A real mail reader


def test_a_mail_reader_opens_a_draft_and_sends_it(tmp_path: Path) -> None:
    reader = shutil.which("neomutt") or shutil.which("mutt")
    if not reader:
        pytest.skip("neither neomutt nor mutt is installed")
    body = f"Hi Łucja,\n\nthis made me think of your orchids:\n\n{LINK}\n.\nSam Żółw"
    message = build(mailbox("sam@example.com", "Sam Żółw"), ANA, "Ein Grüß", body, at=NOW)
    draft = write_draft(str(tmp_path), message, NOW)
    (tmp_path / "sendmail").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/words"\ncat > "{tmp_path}/out"\n')
    (tmp_path / "sendmail").chmod(0o755)
    settings = tmp_path / "muttrc"
    settings.write_text(
        f'set editor="true"\nset sendmail="{tmp_path}/sendmail"\nset copy=no\nset crypt_use_gpgme=no\n'
        f'set folder="{tmp_path}"\nset spoolfile="/dev/null"\n'
    )
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "vt100", "LC_ALL": "C.UTF-8"}
    child = pexpect.spawn(reader, ["-n", "-F", str(settings), "-H", draft], env=env, encoding="utf-8", timeout=30)
    child.expect("To:")
    child.expect("Łucja 山田 Ruiz, Dr.")
    child.send("\r")
    child.expect("Subject:.*Ein Grüß")
    child.send("\r")
    child.expect("y:Send")
    child.send("y")
    child.expect(pexpect.EOF)
    child.close()
    assert (tmp_path / "words").read_text().split()[-1] == "ana@example.com"
    sent = message_from_bytes((tmp_path / "out").read_bytes(), policy=default)
    plain, page = sent.get_body(("plain",)), sent.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().strip() == body
    assert LINK.replace("&", "&amp;") in page.get_content()

"""The documents say what is so: examples are run, links lead somewhere, and what they list is complete."""

from __future__ import annotations

import importlib.util
import io
import json
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from giveback import dates
from giveback.cli.app import run
from giveback.cli.words import OPTIONS
from giveback.config import SETTINGS
from giveback.demo.stage import stage
from giveback.giving.composing.notes import NoteFacts
from giveback.people.formats import delimited, headers
from giveback.people.formats.columns import FIELDS
from giveback.store import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
PLAYED = ("docs/tutorial.md", "README.md", "docs/howto.md", "docs/asking.md")
PAGES = sorted(str(path.relative_to(ROOT)) for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")))
LINK = re.compile(r"\]\(([^)\s]+)\)")


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_docs", ROOT / "tools" / "run_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["run_docs"] = module
    spec.loader.exec_module(module)
    return module


run_docs = _tool()


def _read(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


@pytest.mark.parametrize("page", PLAYED)
def test_the_examples_print_what_is_shown(page: str, tmp_path: Path) -> None:
    text = _read(page)
    assert run_docs.rewritten(text, tmp_path) == text, f"python tools/run_docs.py --write {page}"


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_options_exist(page: str) -> None:
    assert run_docs.unknown(_read(page)) == []


@pytest.mark.parametrize("name", OPTIONS)
def test_the_reference_has_every_command_and_option(name: str) -> None:
    text = _read("docs/cli.md")
    section = text.partition(f"### giveback {name}\n" if name else "# ")[2].partition("\n##")[0]
    flags = {flag for row in OPTIONS[name] for flag in row[0].split()} - {"--help"}
    assert section.strip()
    assert {flag for flag in flags if not re.search(rf"{flag}\b", section)} == set()


def test_only_pages_that_are_played_have_console_blocks() -> None:
    assert {page for page in PAGES if "\n```console" in _read(page)} == set(PLAYED)


def _anchors(text: str) -> set[str]:
    """The anchors that a forge makes of headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    broken = []
    for link in LINK.findall(_read(page)):
        if re.match(r"https?://", link):
            continue
        name, _, anchor = link.partition("#")
        target = ROOT / page if not name else (ROOT / page).parent / name
        if not target.exists() or (anchor and anchor not in _anchors(target.read_text("utf-8"))):
            broken.append(link)
    assert not broken


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {link.partition("#")[0] for link in LINK.findall(_read("README.md"))}
    assert [page for page in PAGES if page != "README.md" and page not in linked] == []


# The runner itself


def test_an_output_is_rewritten_and_a_wildcard_is_kept(tmp_path: Path) -> None:
    text = "```console\n$ printf 'a\\nb\\nc\\n'\na\n...\n\n$ echo new\nold\n```\n"
    assert run_docs.rewritten(text, tmp_path) == text.replace("old", "new")


def test_files_exports_and_continued_lines_hold_for_what_follows(tmp_path: Path) -> None:
    text = (
        "```text notes/a.txt\nhello\n```\n\n"
        "```console\n$ export WHERE=$HOME/notes\n$ cat \\\n    $WHERE/a.txt\nhello\n"
        "$ echo $WHERE\n/home/you/notes\n```\n"
    )
    assert run_docs.rewritten(text, tmp_path) == text


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("giveback suggest ana --limit 3 | head", ""),
        ("giveback --profile work feed add URL --topic=x", ""),
        ("GIVEBACK_SUGGEST_LIMIT=1 giveback suggest ana", ""),
        ('giveback interests ana +orchids -"bass fishing"', ""),
        ("giveback sugest ana", "no such command"),
        ("giveback feed list --topic x", "no option --topic"),
        ("giveback --colour today", "no option --colour"),
    ],
)
def test_what_is_said_of_a_command(said: str, problem: str) -> None:
    expected = [f"{problem}: {said}"] if problem else []
    assert run_docs.unknown(f"```sh\n{said}\n```\n") == expected
    assert run_docs.unknown(f"Say `{said}`.\n") == expected


# docs/formats.md


def _cells(page: str, section: str = "") -> list[str]:
    """Code in the first cells of the tables of a page, or of one of its sections."""
    text = _read(page)
    if section:
        text = text.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return [
        code for row in re.findall(r"^\| (`[^|]*`) \|", text, re.MULTILINE) for code in re.findall("`([^`]+)`", row)
    ]


def test_formats_lists_the_settings_with_their_defaults() -> None:
    section = _read("docs/formats.md").partition("\n## Settings\n")[2]
    rows = dict(re.findall(r"^\| `([\w.]+)` \| ([^|]*)\|", section.partition("\n## ")[0], re.MULTILINE))
    assert {key: value.strip(" `") for key, value in rows.items()} == {k: s.default for k, s in SETTINGS.items()}


def _columns() -> dict[str, set[str]]:
    """What a column can say, with the names that it goes by."""
    known = {field: {field.replace("_", " ")} for field in FIELDS}
    for name, (field, _) in headers.TABLE.items():
        known.setdefault(field, set()).add(name)
    for field, names in delimited._EXCHANGE.items():
        known.setdefault(field, set()).update(names)
    return {field: names for field, names in known.items() if "." not in field}


def test_formats_lists_the_columns_of_imports() -> None:
    assert set(_cells("docs/formats.md", "CSV files for import")) == set(_columns())


def test_formats_names_columns_that_an_import_knows() -> None:
    section = _read("docs/formats.md").partition("\n## CSV files for import\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section, re.MULTILINE)
    known = _columns()
    said = [(column, other.replace("-", " ")) for column, others in rows for other in others.split(", ") if other]
    assert len(said) > len(known)
    assert [(column, other) for column, other in said if other.strip() and other not in known[column]] == []


def test_formats_lists_the_variables_of_notes() -> None:
    assert set(_cells("docs/formats.md", "Note templates")) == set(NoteFacts._fields)


def test_formats_lists_the_tables_and_views(store: str) -> None:
    connection = connect.write(store)
    names = {
        str(row[0]) for row in connection.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
    }
    connection.close()
    inner = {f"article_fts_{part}" for part in ("data", "idx", "content", "docsize", "config")}
    found = {name for name in names - inner if not name.startswith("sqlite_")}
    assert set(_cells("docs/formats.md", "The store")) == found


# docs/json.md, against what the commands print


Fields = dict[str, str]
JSON = _read("docs/json.md")
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \|", re.MULTILINE)
KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "list": list, "object": dict,
}  # fmt: skip


def _section(title: str) -> str:
    return re.split(r"^##", JSON.partition(f"\n### {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


RECORDS = {title.lower().replace(" ", "-"): title for title in re.findall(r"^### (.+)$", JSON, re.MULTILINE)}


def _fields(title: str) -> Fields:
    """Fields of a section and of the record that it is one of, or a list of."""
    section = _section(title)
    shared = re.match(r"\s*(?:A list of|One) \[[^]]*\]\(#([\w-]+)\)", section)
    fields = _fields(RECORDS[shared[1]]) if shared else {}
    return {**fields, **dict(ROW.findall(section))}


def _wrong(value: Any, fields: Fields, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _wrong(each, fields, path)
        return
    if set(value) != set(fields):
        yield f"{path}: {sorted(set(value) ^ set(fields))}"
        return
    for name, said in fields.items():
        yield from _wrong_field(value[name], said, f"{path}.{name}")


def _wrong_field(value: Any, said: str, path: str) -> Iterator[str]:
    if value is None:
        if not said.endswith("or null"):
            yield f"{path} is null"
        return
    record = re.search(r"\(#([\w-]+)\)", said)
    kind = "list" if said.startswith("list") else "object" if record else said.split(maxsplit=1)[0]
    if not isinstance(value, KINDS[kind]) or (kind in ("integer", "number") and isinstance(value, bool)):
        yield f"{path} is {value!r}, not {said}"
    elif record:
        yield from _wrong(value, _fields(RECORDS[record[1]]), path)


RETURNED = """Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; dale.t@gulfcrestpipe.example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user
--b--
"""
CALLS = {
    "today": ["today"],
    "followups": ["followups"],
    "occasions": ["occasions", "--within", "1y"],
    "suggest": ["suggest", "mateus", "lucja"],
    "fetch": ["fetch"],
    "give": ["give", "lucja", "id:1", "--via", "email", "--dry-run"],
    "mail outbox": ["mail", "outbox"],
    "assets": ["assets"],
    "research": ["research"],
    "brainstorm": ["brainstorm", "--dry-run"],
    "circle": ["circle", "cookie"],
    "templates list": ["templates", "list"],
    "templates check": ["templates", "check"],
    "bulletin new": ["bulletin", "new", "Gas", "--topic", "energy", "--since", "60d"],
    "bulletin for": ["bulletin", "for", "dale", "--since", "60d", "--dry-run"],
    "bulletin list": ["bulletin", "list"],
    "bulletin readers": ["bulletin", "readers", "Gas"],
    "bulletin send": ["bulletin", "send", "1"],
    "bulletin publish": ["bulletin", "publish", "1", "--to", "site", "--dry-run"],
    "bulletin bounces": ["bulletin", "bounces"],
    "log": ["log", "dale", "a call", "--dry-run"],
    "history": ["history", "lucja"],
    "balance": ["balance"],
    "target add": ["target", "add", "Equinor", "--need", "who hires", "--dry-run"],
    "target list": ["target", "list"],
    "target show": ["target", "show", "shell"],
    "target edit": ["target", "edit", "shell", "--state", "talking", "--dry-run"],
    "target need": ["target", "need", "shell", "the culture", "--dry-run"],
    "target close": ["target", "close", "shell", "--outcome", "hired", "--dry-run"],
    "target link": ["target", "link", "shell", "Royal Dutch Shell", "--dry-run"],
    "who": ["who", "shell"],
    "ask": ["ask", "khalid", "a name", "--target", "shell", "--dry-run"],
    "asks": ["asks"],
    "helped": ["helped", "khalid", "named her", "--dry-run"],
    "knows": ["knows", "khalid"],
    "introduce": ["introduce"],
    "worksheet": ["worksheet"],
    "event": ["event"],
    "contacts": ["contacts"],
    "show": ["show", "khalid"],
    "interests": ["interests", "dale"],
    "forget": ["forget", "khalid", "--dry-run"],
    "duplicates": ["duplicates", "1", "2"],
    "merge": ["merge", "1", "2", "--dry-run"],
    "export": ["export", "--to", "cards/", "--dry-run"],
    "import": ["import", "people.csv", "feeds.opml", "pages.csv", "--dry-run"],
    "feed list": ["feed", "list"],
    "feed import": ["feed", "import", "feeds.opml", "--dry-run"],
    "feed starters": ["feed", "starters", "energy"],
    "save": ["save", "page.html", "--dry-run"],
    "articles": ["articles", "gas"],
    "articles prune": ["articles", "prune", "--older", "1y", "--dry-run"],
    "topic": ["topic"],
    "read": ["read", "3"],
    "tact": ["tact", "3", "9"],
    "undo": ["undo", "--dry-run"],
    "doctor": ["doctor"],
    "config list": ["config", "list"],
}


def test_json_has_a_section_for_each_command_with_json() -> None:
    assert set(CALLS) == {name for name, rows in OPTIONS.items() if any(row[0] == "--json" for row in rows)}
    assert set(re.findall(r"^### giveback (.+)$", JSON, re.MULTILINE)) == set(CALLS)


SAMPLED = "2026-11-23T12:00:00+00:00"


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample data in it, to be copied."""
    home = tmp_path_factory.mktemp("staged")
    stage(str(home), dates.now({"GIVEBACK_NOW": SAMPLED}))
    return home


@pytest.fixture
def sample(staged: Path, loaded_once: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: ARG001 - loads the vectors once
    """A home with the sample data in it, and something for each command to say."""
    shutil.copytree(staged, tmp_path, dirs_exist_ok=True)
    now = SAMPLED
    for name, value in {"GIVEBACK_HOME": str(tmp_path), "GIVEBACK_NOW": now}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GIVEBACK_PROFILE", raising=False)
    monkeypatch.chdir(tmp_path)
    run(["assets", "add", "Chocolate chip cookies", "--kind", "home-made", "--cost", "4"])
    run(["research", "add", "Pay in Houston", "--source", "https://www.bls.gov/oes", "--topic", "salary"])
    run(["circle", "add", "Cookie Club", "--gift", "cookies"])
    run(["circle", "join", "Cookie Club", "lucja", "dale"])
    monkeypatch.setattr("sys.stdin", io.StringIO("chess lessons\n"))
    monkeypatch.setenv("GIVEBACK_ME_EMAIL", "me@example.com")
    run(["bulletin", "new", "Gas", "--topic", "energy", "--since", "60d"])
    run(["bulletin", "readers", "Gas", "+lucja", "+dale"])
    (tmp_path / "returned.eml").write_text(RETURNED, "utf-8")
    run(["bulletin", "bounces", "returned.eml"])
    run(["add-contact", "Zoe"])  # something to undo
    (tmp_path / "people.csv").write_text("name,email,shoe size\nAna Ruiz,ana@example.com,38\nX,y,\n", "utf-8")
    feeds = '<opml><outline xmlUrl="https://a.example/"/><outline xmlUrl="file:///x"/></opml>'
    (tmp_path / "feeds.opml").write_text(feeds, "utf-8")
    (tmp_path / "pages.csv").write_text("url,title\nhttps://a.example/,x\n,y\n", "utf-8")
    run(["topic", "energy", "--words", "gas, LNG"])
    monkeypatch.setenv("GIVEBACK_ME_EMAIL", "kim@example.org")
    run(["give", "lucja", "id:1", "--send", "--yes"])  # without a mail server: it is kept
    run(["target", "add", "Shell", "--need", "who hires"])
    run(["knows", "khalid", "Karen Hu", "--at", "Shell"])
    run(["ask", "khalid", "who hires", "--target", "shell"])
    run(["introduce", "khalid", "lucja", "--because", "both build simulators"])
    run(["event", "SPE Houston", "--on", "in 2 weeks", "--attending", "khalid", "--attending", "lucja"])
    (tmp_path / "page.html").write_text("<title>A page</title><p>With words in it.</p>", "utf-8")
    (tmp_path / "feeds" / "kitchen.xml").unlink()
    (tmp_path / "giveback.db").chmod(0o644)
    return tmp_path


@pytest.mark.usefixtures("sample")
def test_json_is_as_documented(capsys: pytest.CaptureFixture[str]) -> None:
    wrong: list[str] = []
    for command, words in CALLS.items():
        run([*words, "--json"])
        said = capsys.readouterr()
        assert said.out, said.err
        found = json.loads(said.out)
        assert found, command
        wrong += _wrong(found, _fields(f"giveback {command}"), command)
    assert not wrong


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize(
    ("words", "record"),
    [
        (["asks", "no", "LATEST"], "Settled"),
        (["knows", "lucja", "Bo Lund"], "Noted acquaintance"),
        (["introduce", "dale", "lucja", "--because", "jazz"], "Introduction with its notes"),
        (["introduce", "yes", "lucja"], "Introduction with its notes"),
    ],
)
def test_json_of_changes_in_asking_is_as_documented(
    capsys: pytest.CaptureFixture[str], words: list[str], record: str
) -> None:
    capsys.readouterr()
    run(["asks", "--json"])
    latest = str(max(each["id"] for each in json.loads(capsys.readouterr().out)))
    run([*(latest if word == "LATEST" else word for word in words), "--dry-run", "--json"])
    said = capsys.readouterr()
    assert said.out, said.err
    found = json.loads(said.out)
    assert not list(_wrong(found, _fields(record), record))
    assert found["dry_run"]


@pytest.mark.usefixtures("sample")
def test_json_of_mail_and_proposals_is_as_documented(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    letter = "From: me@example.com\nTo: {to}\nSubject: x\nDate: Tue, 06 May 2025 09:15:00 +0000\n\nx\n"
    for number, to in enumerate(["zoe@example.com"] * 3 + ["bo@example.com"]):
        (tmp_path / f"{number}.eml").write_text(letter.format(to=to).replace("Subject: x", f"Subject: {number}"))
    (tmp_path / "photo").write_bytes(b"\0")
    files = [str(path) for path in (*tmp_path.glob("?.eml"), tmp_path / "photo")]
    run(["import", "mail", *files, "--add", "bo@example.com", "--me", "me@example.com", "--json"])
    said = capsys.readouterr()
    assert said.out, said.err
    found = json.loads(said.out)
    assert found["people"]
    assert found["unreadable"]
    assert not list(
        _wrong({**found, "passed_over": {}}, {**_fields("Import of mail"), "passed_over": "object"}, "mail")
    )
    run(["interests", "lucja", "--infer", "--json"])
    proposals = json.loads(capsys.readouterr().out)
    assert proposals
    assert not list(_wrong(proposals, _fields("Proposal"), "proposals"))


@pytest.mark.usefixtures("sample")
def test_json_of_an_event_is_as_documented(capsys: pytest.CaptureFixture[str]) -> None:
    run(["event", "spe houston", "--prepare", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert not [
        *_wrong(found.pop("attending"), _fields("Guest"), "guest"),
        *_wrong(found, _fields("Noted event"), "event"),
    ]


@pytest.mark.usefixtures("sample")
def test_json_of_readers_is_as_documented(capsys: pytest.CaptureFixture[str]) -> None:
    run(["articles", "garden birds notebook", "--json"])
    number = json.loads(capsys.readouterr().out)[0]["id"]
    run(["suggest", "--for-article", str(number), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["readers"]
    assert not list(_wrong(found, _fields("Readers"), "readers"))
    run(["suggest", "lucja", "--offers", "--json"])
    (offers,) = json.loads(capsys.readouterr().out)
    assert {each["kind"] for each in offers["offers"]} > {"article"}
    assert not list(_wrong(offers, _fields("Offers for a contact"), "offers"))
    run(["suggest", "--all", "--json"])
    everyone = json.loads(capsys.readouterr().out)
    assert not list(_wrong(everyone, _fields("giveback suggest"), "all"))

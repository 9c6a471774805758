"""The whole routine, as a new user goes through it: real commands, an empty home, real feeds over localhost."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Giveback
from loopback import Server, answer

ANA = "Ana Ruiz"


@pytest.fixture
def web() -> Iterator[Server]:
    import threading

    server = Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()


class Session:
    """Commands of one home, in order, each a process of its own as a user's are."""

    def __init__(self, home: Giveback) -> None:
        self.home = home

    def __call__(self, *words: str) -> str:
        done = self.home.run_warm(*words)
        assert done.code == 0, (words, done)
        assert "Traceback" not in done.err
        return done.out


@pytest.mark.corpus
def test_the_morning_routine(giveback: Giveback, web: Server, corpora: Path) -> None:  # noqa: PLR0915 - one session, told in order
    gov = sorted(path for path in (corpora / "feeds/gov").iterdir() if path.suffix in (".xml", ".rss", ".atom"))
    for path in gov:
        web.answers[f"/{path.name}"] = answer(
            "200 OK", path.read_bytes(), "Content-Type: application/rss+xml", 'ETag: "1"'
        )
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{path.name}">' for path in gov[:1])
    web.answers["/"] = answer(
        "200 OK", f"<html><head>{links}</head><body>a site</body></html>".encode(), "Content-Type: text/html"
    )
    story = "<p>" + "Largemouth bass rest under the dock at noon, and a slow worm finds them. " * 10 + "</p>"
    web.answers["/fishing-holes"] = answer(
        "200 OK",
        "<html><head><title>Fishing holes near home</title></head><body><article>"
        f"<h1>Fishing holes near home</h1>{story}</article></body></html>".encode(),
        "Content-Type: text/html",
    )  # fmt: skip

    ok = Session(giveback)
    # people
    said = ok("add-contact", ANA, "--email", "ana@example.com", "--company", "Shell", "--title",
              "Reservoir engineer", "--interest", "natural gas", "--interest", "bass fishing", "--every", "3w",
              "--met-at", "SPE Houston")  # fmt: skip
    assert said.startswith("added Ana Ruiz")
    assert "orchids" in ok("interests", "ana", "+orchids", "-natural gas")
    assert [line.split("  ")[0] for line in ok("interests", "ana").split("\n")[1:3]] == ["bass fishing", "orchids"]
    ok(
        "add-contact",
        "Łukasz Żak",
        "--every",
        "2m",
        "--interest",
        "space telescopes",
        "--interest",
        "hurricanes",
    )

    # reading: a site that names its feed, feeds by address, a page
    refused = giveback.run_here("feed", "add", web.url + "/")
    assert refused.code == 6
    assert "private" in refused.err
    assert ok("feed", "add", web.url + "/", "--allow-private").startswith("added")
    for path in gov[1:]:
        ok("feed", "add", f"{web.url}/{path.name}", "--allow-private", "--topic", "government")
    brought = ok("fetch")
    assert re.search(r"\d+ new articles", brought)
    assert "0 new articles" not in brought
    assert ok("fetch", "--all").startswith(f"{len(gov)} feeds: 0 new articles")
    assert "Fishing holes near home" in ok("save", f"{web.url}/fishing-holes", "--allow-private")
    assert "Fishing holes near home" in ok("articles", "bass")
    number = json.loads(ok("articles", "bass", "--json"))[0]["id"]
    assert "Largemouth" in ok("read", str(number))

    # giving
    found = json.loads(ok("suggest", "ana", "--json"))[0]["suggestions"]
    assert found[0]["title"] == "Fishing holes near home"
    assert found[0]["interest"] == "bass fishing"
    assert "bass" in " ".join(found[0]["words"]).lower()
    note = giveback.run_here("give", "ana", "1", "--via", "email")
    assert note.code == 0
    assert "bass fishing" in note.out
    assert f"{web.url}/fishing-holes" in note.out
    again = json.loads(ok("suggest", "ana", "--json"))[0]["suggestions"]
    assert "Fishing holes near home" not in [each["title"] for each in again]
    stars = json.loads(ok("suggest", "lukasz", "--json"))[0]["suggestions"]
    assert len(stars) > 1
    ok("dismiss", "zak", "2")
    kept = json.loads(ok("suggest", "lukasz", "--json"))[0]["suggestions"]
    assert stars[1]["article_id"] not in [each["article_id"] for each in kept]

    # keeping
    ok(
        "log",
        "ana",
        "coffee at Blue Bottle, she offered to pass my résumé on",
        "--received",
        "--on",
        "yesterday",
    )
    ok("promise", "ana", "send the LNG chart", "--by", "friday")
    due = json.loads(ok("followups", "--within", "7d", "--json"))
    assert [line["contact"]["name"] for line in due] == [ANA]
    assert due[0]["reason"] == {"kind": "promise", "text": "send the LNG chart", "due": "2026-11-27"}
    page = ok("today")
    assert "New to read" in page
    assert ANA in ok("contacts")
    assert "send the LNG chart" in ok("show", "ana")
    assert "Blue Bottle" in ok("history", "ana")
    ok("edit", "ana", "--town", "Houston")
    ok("snooze", "ana", "--until", "in 2 weeks")
    assert json.loads(ok("followups", "--within", "7d", "--json")) == []
    assert "snooze" in ok("undo")
    ok("done", "ana", "chart")
    ok("archive", "lukasz")
    assert "Łukasz" not in ok("contacts")

    # back, several in a row
    assert "archive" in ok("undo")
    assert "done" in ok("undo")
    assert "send the LNG chart" in ok("show", "ana")
    assert "Łukasz" in ok("contacts")
    assert ok("completion", "show", "fish")
    assert "sound" in ok("doctor") + "sound"

"""`giveback occasions`, contacts' blogs, days of having met, and proposed interests, as a user meets them."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.people.inferring import Evidence, infer
from loopback import Server, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Giveback

FEED = """<rss version="2.0"><channel><title>Ana writes</title><link>{url}/blog/</link>
<item><title>Orchids on a rig</title><link>{url}/blog/orchids</link><pubDate>Sat, 21 Nov 2026 09:00:00 +0000</pubDate>
<description>Orchids grow where nobody expects them. I took three aboard.</description></item>
<item><title>Old news</title><link>{url}/blog/old</link><pubDate>Tue, 21 Oct 2025 09:00:00 +0000</pubDate>
<description>Orchids again.</description></item>
</channel></rss>"""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        found.answers["/blog/feed"] = answer("200 OK", FEED.format(url=found.url).encode())
        link = f'<link rel="alternate" type="application/rss+xml" href="{found.url}/blog/feed">'
        page = f"<html><head><title>Ana</title>{link}</head><body><p>x</p></body></html>"
        found.answers["/blog"] = answer("200 OK", page.encode(), "Content-Type: text/html")
        yield found
        found.over.set()
        found.shutdown()


@pytest.fixture
def ana(giveback: Giveback) -> Giveback:
    giveback.run_here(
        "add-contact", "Ana Ruiz", "--birthday", "26 Nov", "--met-on", "2024-11-28", "--met-at", "SPE Houston",
        "--every", "never", "--title", "Senior Engineer, Well Integrity",
    )  # fmt: skip
    return giveback


def told(giveback: Giveback, *arguments: str) -> list[tuple[str, str, str]]:
    ran = giveback.run_here("occasions", *arguments, "--json")
    assert ran.code == 0, ran.err
    return [(one["kind"], one["on"], one["text"]) for one in json.loads(ran.out)]


BIRTHDAY = ("birthday", "2026-11-26", "birthday")
MET = ("met", "2026-11-28", "met 2 years ago at SPE Houston")


def test_the_list_and_what_ends_an_occasion(ana: Giveback) -> None:
    assert told(ana) == [BIRTHDAY, MET]
    assert told(ana, "ana", "--within", "3d") == [BIRTHDAY, MET], "a week ahead at least"
    assert "in 3 days (26 Nov)" in ana.run_here("occasions").out
    (line,) = json.loads(ana.run_here("followups", "--json").out)
    assert (line["reason"], line["other_reasons"]) == ({"kind": "occasion", "text": "birthday", "due": "2026-11-26"}, 1)
    assert ana.run_here("occasions", "ana", "--dismiss", "birthday", "--dry-run").out.startswith("dry run: dismissed")
    assert told(ana) == [BIRTHDAY, MET]
    ana.run_here("occasions", "ana", "--dismiss", "birthday")
    assert told(ana) == [MET]
    assert ana.run_here("done", "ana", "met").out.startswith("done · Ana Ruiz · wished well: met 2 years ago")
    assert told(ana) == []
    next_year = {"GIVEBACK_NOW": "2027-11-23T12:00:00+00:00"}
    assert [one["text"] for one in json.loads(ana.run_here("occasions", "--json", env=next_year).out)] == [
        "birthday", "met 3 years ago at SPE Houston",
    ]  # fmt: skip
    ana.run_here("undo")
    ana.run_here("undo")
    assert told(ana) == [BIRTHDAY, MET]


def test_what_cannot_be_is_one_line(ana: Giveback) -> None:
    assert ana.run_here("occasions", "--dismiss", "birthday").code == 2
    assert ana.run_here("occasions", "ana", "--dismiss", "wedding").code == 3
    assert ana.run_here("occasions", "eve").code == 3
    assert ana.run_here("add-contact", "Bo", "--met-on", "2027-01-01").code == 2
    assert ana.run_here("edit", "ana", "--met-on", "2025-11-25").out == "Ana Ruiz · met-on: 2025-11-25\n"
    assert told(ana)[0] == ("met", "2026-11-25", "met 1 year ago at SPE Houston")
    ana.run_here("edit", "ana", "--met-on", "")
    assert told(ana) == [BIRTHDAY]


def test_a_new_job_is_congratulated_once(ana: Giveback) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(ana.store, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO occasion (uuid, contact_id, kind, key, on_day, text, created_at) VALUES"
            " ('u', 1, 'job', 'chief', '2026-11-20', 'Chief engineer at Equinor', '2026-11-20T09:00:00Z')"
        )
    assert told(ana)[0] == ("job", "2026-11-20", "new job: Chief engineer at Equinor")
    assert "occasion: new job: Chief engineer at Equinor" in ana.run_here("followups").out
    assert "congratulated: new job" in ana.run_here("done", "ana", "job").out
    assert [kind for kind, _, _ in told(ana)] == ["birthday", "met"]


def test_a_blog_is_subscribed_and_its_posts_are_hers(ana: Giveback, server: Server) -> None:
    assert ana.run_here("feed", "add", "--of", "ana").code == 3
    ana.run_here("edit", "ana", "--blog", f"{server.url}/blog")
    added = ana.run_here("feed", "add", "--blogs", "--allow-private")
    assert added.out == "added Ana Ruiz · Ana writes\n", added.err
    assert ana.run_here("feed", "add", "--blogs", "--allow-private").code == 3, "it is read already"
    assert ana.run_here("feed", "add", "--of", "ana", "--allow-private").out.startswith("already there: Ana Ruiz")
    ana.run_here("fetch")
    (post, *_) = json.loads(ana.run_here("occasions", "ana", "--json").out)
    assert (post["kind"], post["on"], post["text"]) == ("post", "2026-11-21", "wrote: Orchids on a rig")
    assert post["first_sentence"] == "Orchids grow where nobody expects them."
    assert post["url"] == f"{server.url}/blog/orchids"
    assert "reacted: wrote: Orchids on a rig" in ana.run_here("done", "ana", "orchids").out
    assert [kind for kind, _, _ in told(ana)] == ["birthday", "met"]
    found = json.loads(ana.run_here("interests", "ana", "--infer", "--json").out)
    assert found[0]["phrase"] == "Orchids"
    assert {"post 2 days ago: Orchids on a rig", "post 21 Oct 2025: Old news"} <= set(found[0]["evidence"])


def test_one_of_three_ways_to_name_a_feed(ana: Giveback) -> None:
    assert ana.run_here("feed", "add").code == 2
    assert ana.run_here("feed", "add", "https://a.example/", "--blogs").code == 2
    assert ana.run_here("feed", "add", "--of", "ana", "--blogs").code == 2


# Interests


def test_nothing_is_added_unasked(ana: Giveback) -> None:
    ana.run_here("log", "ana", "talked about bass fishing in Texas")
    ana.run_here("log", "ana", "bass fishing again, and a photo")
    shown = ana.run_here("interests", "ana", "--infer")
    assert "1  bass fishing" in shown.out
    assert "nothing was added: --accept 1,3 adds some of them" in shown.err
    assert "bass" not in ana.run_here("interests", "ana").out
    assert ana.run_here("interests", "--infer", "ana", "--accept", "1", "--dry-run").out.startswith("dry run: Ana Ruiz")
    ana.run_here("interests", "--infer", "ana", "--accept", "1")
    assert "bass fishing" in ana.run_here("interests", "ana").out
    again = json.loads(ana.run_here("interests", "ana", "--infer", "--json").out)
    assert [one["phrase"] for one in again] == ["Well Integrity"], "what is known is not proposed"
    assert ana.run_here("interests", "ana", "--accept", "9").code == 2
    assert ana.run_here("interests", "ana", "--accept", "all").code == 2
    assert ana.run_here("interests", "ana", "+x", "--infer").code == 2


def proposed(*evidence: tuple[str, str], known: frozenset[str] = frozenset(), **shares: float) -> list[str]:
    found = infer(
        [Evidence(kind, text, f"{number}: {text}") for number, (kind, text) in enumerate(evidence)],
        known, lambda words: {word: shares.get(word, 0.0) for word in words},
    )  # fmt: skip
    return [one.phrase for one in found]


def test_what_several_things_say_is_proposed() -> None:
    assert proposed(("mail", "Re: Re: tide tables"), ("mail", "Fwd: Tide tables")) == ["tide tables"]
    assert proposed(("mail", "tide tables")) == [], "once is no interest"
    twice = (("mail", "tide tables"), ("mail", "tide tables"))
    assert proposed(*twice, known=frozenset({"tide"})) == ["tables"]
    assert proposed(*twice, known=frozenset({"tide tables"})) == []
    assert proposed(("note", "sourdough"), ("note", "sourdough"), sourdough=0.5) == [], "half of all articles hold it"
    assert proposed(("title", "Head of Geothermal Energy")) == ["Geothermal Energy"]
    assert proposed(("title", "Installation manager")) == [], "one word of a title is no interest"
    assert proposed(("title", "Operations superintendent")) == []
    assert proposed(("mail", "thanks for lunch"), ("mail", "thanks for lunch")) == []
    assert proposed(("mail", "[list] a@b.example https://x.example 2025"), ("mail", "[list] a@b.example 2025")) == []


def test_a_word_by_itself_has_to_come_up_twice() -> None:
    def found(*days: str) -> list[str]:
        evidence = [Evidence("note", "a chart", f"{number}", day) for number, day in enumerate(days)]
        return [one.phrase for one in infer(evidence, frozenset(), lambda _: {})]

    assert found("2026-11-01", "2026-11-01") == [], "one talk, noted twice"
    assert found("2026-11-01", "2026-11-09") == ["chart"]


@given(
    st.lists(st.tuples(st.sampled_from(["title", "post", "mail", "note", "other"]), st.text(max_size=40)), max_size=5)
)
def test_whatever_is_said_proposals_come_from_it(evidence: list[tuple[str, str]]) -> None:
    found: list[Any] = infer([Evidence(kind, text, text) for kind, text in evidence], frozenset(), lambda _: {})
    assert len({one.phrase for one in found}) == len(found) <= 10
    assert all(one.score > 0 and one.evidence and one.phrase.strip() for one in found)

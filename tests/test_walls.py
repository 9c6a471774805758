"""What stands in the place of an article is named; what is an article is left alone."""

from __future__ import annotations

import pytest

from giveback.reading.extraction import extract_page
from giveback.reading.values import NotAPageError, WallError
from giveback.reading.walls import Facts, wall

URL = "https://news.example/2026/11/gas-terminals"
SENTENCE = "The harbour board met on Tuesday to hear how a new terminal would change the road to the old town. "
LINKS = "".join(f'<li><a href="/a/{n}">Headline number {n} about the harbour and its ships</a></li>' for n in range(40))


def html(body: str, title: str = "New terminals", head: str = "") -> bytes:
    return f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


def article(words: int, more: str = "") -> str:
    paragraphs = "".join(f"<p>{number} {SENTENCE}</p>" for number in range(max(1, words // 20)))
    return f"<article><h1>New terminals</h1>{paragraphs}{more}</article>"


NOT_FREE = '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":"False"}</script>'
COOKIES = (
    "<div><h1>We value your privacy</h1><p>We and our 842 partners store cookies and process personal data for"
    " personalised ads. With your consent we and our partners may use cookies. You may accept or reject all, or manage"
    " settings; some partners rely on legitimate interest.</p><button>Accept all</button> <button>Reject all</button>"
    "</div>"
)
KEKSE = (
    "<div><h1>Datenschutzeinstellungen</h1><p>Wir verwenden Cookies und geben Daten an Partner weiter. Mit Ihrer"
    " Einwilligung, die Sie jederzeit widerrufen können, dürfen wir Cookies speichern. Bitte zustimmen oder ablehnen."
    " Mehr steht im Datenschutz.</p><button>Alle akzeptieren</button></div>"
)
LOGIN = (
    '<form><h1>Sign in to your account</h1><input name=user><input type="password" name=p><button>Go</button></form>'
)

WALLS = {
    "consent": [
        (html(COOKIES, "We value your privacy"), URL),
        (html(COOKIES), URL),
        (html(KEKSE, "Bevor Sie fortfahren"), URL),
        (
            html(
                "<p>Before you continue to the search you have to choose.</p><p>Cookies and data are used.</p>",
                "Before you continue",
            ),
            "https://consent.search.example/ml?continue=x",
        ),
    ],
    "login": [
        (html(LOGIN, "Sign in - News"), URL),
        (html(LOGIN.replace("Sign in", "Anmelden"), "Anmelden | Zeitung"), URL),
        (html(f"<p>Welcome to the members' pages.</p>{LOGIN}", "Members"), URL),
    ],
    "robots": [
        (html("<p>Checking if the site connection is secure</p>", "Just a moment..."), URL),
        (html("<h1>Access denied</h1><p>You don't have permission to access this page.</p>", "Access Denied"), URL),
        (html("<p>Please verify you are a human to go on.</p>", "news.example"), URL),
    ],
    "error": [
        (html("<h1>Oops</h1><p>The page that you look for is not here.</p>", "404 - News"), URL),
        (html("<p>Leider gibt es hier nichts zu sehen.</p>", "Seite nicht gefunden | Zeitung"), URL),
    ],
    "list": [(html(f"<main><ul>{LINKS}</ul></main>", "News of the harbour"), "https://news.example/")],
}
PAYWALLS = [
    html(article(80), head=NOT_FREE),
    html(article(60, "<p>Subscribe to continue reading. Already a subscriber? Log in</p>")),
    html(article(60) + "<div>Dieser Artikel ist exklusiv für Abonnenten.</div>"),
    html(article(60) + "<div>Cet article est réservé aux abonnés. Il vous reste 80 % de cet article à lire.</div>"),
]
ARTICLES = {
    "plain": html(article(200)),
    "short": html(article(60)),
    "with a banner": html(article(300) + COOKIES),
    "with a login in its header": html(LOGIN + article(200)),
    "metered, but whole": html(article(900), head=NOT_FREE),
    "whole, with an invitation": html(article(900, "<p>Subscribe to continue reading</p>")),
    "about cookies": html(article(200, "<p>The law on cookies and privacy was discussed, and what consent means.</p>")),
    "with many links around": html(f"<nav><ul>{LINKS}</ul></nav>{article(400)}"),
    "about a page not found": html(article(500), "404: how a page not found became a joke"),
}


@pytest.mark.parametrize(("kind", "page", "url"), [(kind, *one) for kind, pages in WALLS.items() for one in pages])
def test_walls_are_named(kind: str, page: bytes, url: str) -> None:
    with pytest.raises(WallError) as caught:
        extract_page(page, url)
    assert caught.value.kind == kind
    assert caught.value.hint


@pytest.mark.parametrize("page", PAYWALLS)
def test_of_what_is_behind_a_paywall_the_beginning_is_kept(page: bytes) -> None:
    found = extract_page(page, URL)
    assert found.note == "only its beginning can be read, the rest is for subscribers"
    assert "harbour board" in found.text


def test_a_paywall_with_nothing_before_it() -> None:
    with pytest.raises(NotAPageError):
        extract_page(html("<div>Subscribe to continue reading</div>", title=""), URL)


@pytest.mark.parametrize("page", ARTICLES.values(), ids=ARTICLES)
def test_articles_are_left_alone(page: bytes) -> None:
    found = extract_page(page, URL)
    assert "harbour board" in found.text
    assert found.note == ""


def test_anyway_takes_what_is_there() -> None:
    (page, url), *_ = WALLS["list"]
    found = extract_page(page, url, anyway=True)
    assert "Headline number 3" in found.text or found.title
    assert found.note.startswith("it is a page of links")


def test_a_long_text_is_believed() -> None:
    assert wall(Facts(URL, "404 Just a moment, sign in", "word " * 400, free=False, password=True)) is None

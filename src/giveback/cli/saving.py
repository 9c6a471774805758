"""Saving a page as an article."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from giveback.cli.common import DryRun, Json, family, here, note, refresh, would
from giveback.config import number_setting
from giveback.errors import UsageError

if TYPE_CHECKING:
    from giveback.reading.values import Page

app = family()


class _Source(NamedTuple):
    """What is to be saved: bytes, the address that they come from or "", their type, and a name for messages."""

    body: bytes
    url: str
    content_type: str
    name: str


@app.command("save")
def save(
    what: Annotated[
        str, typer.Argument(metavar="PAGE", help="An address, an .html file, or - for standard input.")
    ] = "-",
    url: Annotated[str, typer.Option(metavar="URL", help="The address that a file or standard input came from.")] = "",
    title: Annotated[str, typer.Option(metavar="TEXT", help="A title instead of the page's own.")] = "",
    from_clipboard: Annotated[
        bool, typer.Option("--from-clipboard", help="An address, a page or a text from the clipboard.")
    ] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Also what does not look like an article.")] = False,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Permit an address on this network.")] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Save a page as an article, from an address, a file, standard input or the clipboard.

    Title, author, date, summary, main text, language and site are read from the page. Consent and login
    pages, checks for robots, error pages and pages of links are refused and named; of an article behind
    a paywall its beginning is saved, and you are told.

    Example: giveback save https://example.com/fishing-holes
    """
    from giveback.output.records import web_address
    from giveback.reading.saving import store_page
    from giveback.store.changes import change
    from giveback.text import clean_line

    at = here()
    timeout = float(number_setting(at.places, "fetch.timeout"))
    source = _source(what, url, allow_private=allow_private, timeout=timeout, from_clipboard=from_clipboard)
    page = _page(source, anyway=anyway)
    page = page._replace(title=clean_line(title) or page.title)
    with change(at.store, at.now, f"save {page.title}", dry_run=dry_run) as session:
        article, new = store_page(session, page, at.now, asked=source.url)
        record = {
            "id": article.id,
            "title": article.title,
            "url": web_address(article.url),
            "new": new,
            "note": page.note or None,
        }
    if json:
        from giveback.output import records

        records.show(record)
    else:
        number = "" if dry_run and new else f" {record['id']}"
        site = f" · {page.site}" if page.site else ""
        would(dry_run, f"{'saved' if new else 'updated'}{number} · {page.title}{site}")
    if page.note:
        note(page.note)
    elif not page.text:
        note("only its title and description could be read: the page may want a login, a payment or a browser")
    if not dry_run:
        refresh(at)


def _source(what: str, url: str, *, allow_private: bool, timeout: float, from_clipboard: bool) -> _Source:
    """Get what is to be saved.

    Raises:
        GivebackError: it cannot be read.
    """
    from giveback.reading.addresses import file_path, require_http_url, without_secret
    from giveback.reading.sources import open_source, read_some

    address = require_http_url(url) if url else ""
    if from_clipboard:
        if what != "-":
            raise UsageError("--from-clipboard and a page exclude each other", "give one of them")
        copied = _copied()
        if not copied.startswith(("http://", "https://")) or len(copied.split()) > 1:
            return _Source(copied.encode("utf-8", "ignore"), address, "", "the clipboard")
        what = copied
    if what == "-":
        if sys.stdin.isatty():
            raise UsageError("there is nothing to save", "give an address or a file, or pipe a page in")
        return _Source(read_some(sys.stdin.buffer), address, "", "standard input")
    source = open_source(what, allow_private=allow_private, timeout=timeout)
    base = address if file_path(source.url) is not None else source.base
    return _Source(source.body, base, source.content_type, without_secret(what))


def _copied() -> str:
    import pyperclip

    try:
        copied = pyperclip.paste().strip()
    except pyperclip.PyperclipException as error:
        raise UsageError(
            "there is no clipboard to read", "install wl-clipboard, xclip or xsel, or pipe the page in"
        ) from error
    if not copied:
        raise UsageError("the clipboard is empty", "copy an address, a page or a text first")
    return copied


def _page(source: _Source, *, anyway: bool) -> Page:
    """Read the article; what stands in its place is named.

    Raises:
        NotAPageError: it holds no article.
    """
    from giveback.reading.extraction import extract_page
    from giveback.reading.values import NotAPageError

    try:
        return extract_page(source.body, source.url, source.content_type, anyway=anyway)
    except NotAPageError as error:
        raise NotAPageError(f"{source.name}: {error.message}", error.hint) from error

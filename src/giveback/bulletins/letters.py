"""An issue as a letter to one reader: plain text and HTML that say the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from giveback.bulletins.rendering import compact, encoded, text
from giveback.bulletins.templating import (
    direction,
    environment,
    plain_sections_of,
    rendered,
    sections_of,
)
from giveback.dates import full_day
from giveback.text import clean_line

if TYPE_CHECKING:
    from datetime import date

    from giveback.bulletins.document import Document

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
_SERIF = "font-family:Georgia,'Times New Roman',serif;"
_TEXT = f"{_SERIF}font-size:17px;line-height:1.55;color:#1f2328;"
STYLES = {
    "td": _TEXT,
    "h1": f"{_FONT}font-size:26px;line-height:1.25;margin:0 0 4px;color:#1f2328;",
    "h2": f"{_FONT}font-size:19px;line-height:1.3;margin:32px 0 10px;padding-bottom:4px;"
    "border-bottom:1px solid #dfddd8;color:#1f2328;",
    "h3": f"{_FONT}font-size:17px;line-height:1.35;margin:22px 0 2px;color:#1f2328;",
    "h4": f"{_FONT}font-size:16px;margin:16px 0 2px;color:#1f2328;",
    "p": f"{_TEXT}margin:0 0 14px;",
    "source": f"{_FONT}font-size:14px;line-height:1.4;margin:0 0 8px;color:#57606a;",
    "em": "font-style:italic;",
    "a": "color:#0b4f93;text-decoration:underline;",
    "title": "color:#0b4f93;text-decoration:underline;",
    "ul": f"{_TEXT}margin:0 0 14px;padding-left:22px;",
    "ol": f"{_TEXT}margin:0 0 14px;padding-left:22px;",
    "li": "margin:0 0 4px;",
    "blockquote": f"{_SERIF}margin:0 0 12px;padding:0 0 0 14px;border-left:3px solid #dfddd8;color:#3d444d;",
    "pre": "margin:0 0 14px;padding:10px;background:#f3f2ef;overflow:auto;",
    "code": "font-family:Menlo,Consolas,monospace;font-size:14px;background:#f3f2ef;",
    "hr": "border:0;border-top:1px solid #dfddd8;margin:24px 0;",
    "foot": f"{_FONT}font-size:13px;line-height:1.5;color:#57606a;",
}
_PREVIEW = 140


class Writer(NamedTuple):
    """Who sends a bulletin, and how a reader stops it.

    Attributes:
        name: who signs, or "".
        address: the address that answers go to.
        bulletin: the title of the series.
        uuid: its stable name.
        unsubscribe: an https address where {reader} and {bulletin} stand for their stable names, or "".
        page: where the issue is on the web, or "".
        personal: it is made for this reader alone.
    """

    name: str
    address: str
    bulletin: str
    uuid: str
    unsubscribe: str = ""
    page: str = ""
    personal: bool = False


class Letter(NamedTuple):
    """A letter to one reader."""

    subject: str
    text: str
    html: str
    headers: dict[str, str]


def write(document: Document, day: date, writer: Writer, first_name: str, reader: str) -> Letter:
    """Write an issue to one reader.

    Args:
        document: the issue.
        day: of the issue.
        writer: who sends it.
        first_name: how the reader is addressed; "" for no greeting.
        reader: the reader's stable name.
    """
    greeting = greeted(document.letter.greeting, first_name)
    web = unsubscribe_address(writer, reader)
    subject = document.letter.subject or document.title
    common = {
        "title": document.title,
        "day": full_day(day),
        "greeting": greeting,
        "closing": document.letter.closing,
        "author": writer.name,
        "why": _why(writer),
        "unsubscribe_mail": _mailto(writer),
        "unsubscribe_web": web,
        "page": encoded(writer.page),
    }
    return Letter(subject, _text(document, common), _html(document, common), _headers(writer, web))


def greeted(pattern: str, first_name: str) -> str:
    """The greeting to one reader; without a name nothing stands for it."""
    said = pattern.replace("{name}", first_name) if first_name else re.sub(r"\s*\{name\}", "", pattern)
    return clean_line(said, 300)


def unsubscribe_address(writer: Writer, reader: str) -> str:
    """Where one reader stops a bulletin on the web, or ""."""
    address = writer.unsubscribe.replace("{reader}", quote(reader)).replace("{bulletin}", quote(writer.uuid))
    return encoded(address)


def _why(writer: Writer) -> str:
    who = f" by {writer.name}" if writer.name else ""
    if writer.personal:
        return f"This was compiled for you{who}."
    return f"You get \u201c{writer.bulletin}\u201d because I thought that you would like it; it is compiled{who}."


def _mailto(writer: Writer) -> str:
    return f"mailto:{quote(writer.address, safe='@')}?subject={quote(f'unsubscribe {writer.bulletin}'[:120])}"


def _headers(writer: Writer, web: str) -> dict[str, str]:
    """How mail programs offer to unsubscribe (RFC 2369, RFC 8058), and what list this is (RFC 2919)."""
    plain = re.sub(r"[^a-z0-9]+", "-", writer.bulletin.lower()).strip("-")[:40] or "bulletin"
    # A name space of nobody's in particular ends in localhost and holds something random (RFC 2919 section 3).
    named = f"{writer.bulletin} " if writer.bulletin.isascii() else ""
    made = {"List-Id": f"{named}<{plain}.{writer.uuid.replace('-', '')}.localhost>"}
    if not web:
        return made | {"List-Unsubscribe": f"<{_mailto(writer)}>"}
    return made | {
        "List-Unsubscribe": f"<{web}>, <{_mailto(writer)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _text(document: Document, common: dict[str, str]) -> str:
    template = environment(escaping=False).get_template("mail.txt")
    made = template.render(common, intro=text(document.intro), sections=plain_sections_of(document))
    return re.sub(r"\n{4,}", "\n\n\n", made).strip("\n") + "\n"


def _html(document: Document, common: dict[str, str]) -> str:
    template = environment(escaping=True).get_template("mail.html")
    way = direction(document.letter.language)
    made = template.render(
        common,
        language=document.letter.language,
        direction=way,
        side="right" if way == "rtl" else "left",
        styles=STYLES,
        preview=_preview(document),
        intro=rendered(document.intro, 1, STYLES),
        sections=sections_of(document, STYLES),
    )
    return compact(made)


def _preview(document: Document) -> str:
    """What lists of mail show beside the subject: the personal word, else the first titles."""
    said = " ".join(text(document.intro).split()) or "; ".join(item.title for item in document.items)
    return said if len(said) <= _PREVIEW else said[:_PREVIEW].rsplit(" ", 1)[0] + " \u2026"

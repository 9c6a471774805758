"""A card with a clipping inside, folded from one sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.printing.pieces import SUMMARIES, Clipping, Said, qr, said, shortened, shown_url, versions
from giveback.text import clean_line

if TYPE_CHECKING:
    from giveback.printing.sheets import Sheet


class Card(NamedTuple):
    """What is on a card.

    Attributes:
        sheet: paper and fold.
        cover: what the front says: whom it is for.
        about: a line under it, or "".
        clipping: what is inside on the left.
        note: paragraphs inside on the right; none leaves the whole panel for handwriting.
        address: lines of the recipient's address, for the back; none leaves it out.
        sender: lines of the sender's name and address, for the back.
        author: who made it, for the file's properties.
    """

    sheet: Sheet
    cover: str
    about: str
    clipping: Clipping
    note: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    sender: tuple[str, ...] = ()
    author: str = ""


def card_data(card: Card) -> dict[str, Any]:
    """A card as the templates take it: strings, each with the direction of its script."""
    return {
        **clipping_data(card.clipping),
        "title": f"{card.cover}: {card.clipping.title}",
        "author": card.author,
        "fold": card.sheet.fold,
        "width": card.sheet.width,
        "height": card.sheet.height,
        "cover": _said(card.cover),
        "about": _said(card.about),
        "note": lines(card.note),
        "address": lines(card.address),
        "sender": lines(card.sender),
    }


def card_pages(card: Card) -> dict[str, Any]:
    """Where everything stands on the pages of a card, for HTML; millimetres."""
    sheet, (width, height) = card.sheet, card.sheet.panel_size
    pages = []
    for number in sorted({panel.page for panel in sheet.panels.values()}):
        panels = [
            {
                "name": name,
                "turned": panel.turned,
                "left": panel.column * width,
                "top": panel.row * height,
                "width": width,
                "height": height,
            }
            for name, panel in sheet.panels.items()
            if panel.page == number
        ]
        pages.append({"label": ("outside", "inside")[number - 1], "panels": panels})
    return {"pages": pages, "marks": _marks(sheet), "summary": _said(shortened(card.clipping.summary, SUMMARIES[1]))}


def _marks(sheet: Sheet) -> list[dict[str, float]]:
    """Short lines at the edges where the sheet is folded."""
    thin, long = 0.2, 6.0
    middle = {"left": sheet.width / 2, "width": thin, "height": long}
    marks = [{**middle, "top": 0.0}, {**middle, "top": sheet.height - long}]
    if sheet.fold == "quarter":
        across = {"top": sheet.height / 2, "width": long, "height": thin}
        marks += [{**across, "left": 0.0}, {**across, "left": sheet.width - long}]
    return marks


def clipping_data(clipping: Clipping) -> dict[str, Any]:
    """A clipping as the templates take it; an address that is no web address is left out."""
    url = clipping.url if clipping.url.startswith(("http://", "https://")) else ""
    return {
        "lang": _language(clipping.language),
        "clipping": {
            "source": _said(clipping.source),
            "heading": _said(clipping.title),
            "byline": _said(clipping.byline),
            "summaries": [_said(version) for version in versions(clipping.summary)],
        },
        "url": url,
        "shown_url": shown_url(url),
        "qr": _code(url),
        "qr_alt": f"QR code of {url}",
    }


def lines(texts: tuple[str, ...]) -> list[dict[str, Any]]:
    """Lines as the templates take them."""
    return [_said(text) for text in texts]


def _said(text: str) -> dict[str, Any]:
    value: Said = said(clean_line(text, 20_000))
    return {"text": value.text, "rtl": value.rtl}


def _code(url: str) -> str:
    try:
        return qr(url)
    except ValueError:
        # Longer than a code can hold: the address stands there in letters, as far as anybody would type.
        return ""


def _language(tag: str) -> str:
    first = tag.partition("-")[0].lower()
    return first if len(first) in (2, 3) and first.isascii() and first.isalpha() else "en"

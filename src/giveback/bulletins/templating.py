"""The templates of mail and site: everything that is put in is escaped, unless it was rendered here."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from giveback.bulletins.rendering import encoded, filled, html, text, underlined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Environment
    from markdown_it.token import Token

    from giveback.bulletins.document import Document

RIGHT_TO_LEFT = frozenset(["ar", "fa", "he", "ur", "yi", "ps", "sd", "ug", "dv"])
"""Languages that are written from right to left (their usual scripts, ISO 639-1)."""


@cache
def environment(*, escaping: bool) -> Environment:
    """Jinja over the templates of this package.

    Args:
        escaping: escape what is put in, as for HTML.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("giveback.bulletins"),
        autoescape=escaping,  # noqa: S701 - off for plain text alone
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    made.filters["ruled"] = underlined
    made.filters["fill"] = lambda line, first="", rest="": filled(line, first=first, rest=rest)
    return made


def rendered(tokens: Sequence[Token], level: int, styles: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - Markup is a str
    """Blocks as HTML that templates do not escape once more."""
    from markupsafe import Markup

    return Markup(html(tokens, level=level, styles=styles))  # noqa: S704 - rendered with raw HTML off


def sections_of(document: Document, styles: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Sections for the templates of HTML; items of a section without a name stand one level higher."""
    return [
        {
            "name": section.name,
            "lead": rendered(section.lead, 2, styles),
            "level": 3 if section.name else 2,
            "entries": [
                {
                    "title": item.title,
                    "url": encoded(item.url),
                    "body": rendered(item.body, 3 if section.name else 2, styles),
                }
                for item in section.items
            ],
        }
        for section in document.sections
    ]


def plain_sections_of(document: Document) -> list[dict[str, Any]]:
    """Sections for the template of plain text."""
    return [
        {
            "name": section.name,
            "lead": text(section.lead),
            "entries": [
                {"title": item.title, "url": encoded(item.url), "body": text(item.body, "  ")} for item in section.items
            ],
        }
        for section in document.sections
    ]


def direction(language: str) -> str:
    """Which way a language is written: "ltr" or "rtl"."""
    return "rtl" if language.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"

"""Issues as static pages: a front page, a page for each, an archive, two feeds. No script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.bulletins.rendering import compact, encoded, text
from giveback.bulletins.templating import direction, environment, rendered, sections_of
from giveback.dates import full_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from giveback.bulletins.document import Document

EARLIER = 10
"""Issues that the front page names beside the latest."""
IN_ARCHIVE = 100
"""Issues on the first page of the archive; each year has its own page when there are more."""
HEAVY = 50_000
"""Bytes that a page may have."""
_DESCRIPTION = 155


class Site(NamedTuple):
    """What all pages share.

    Attributes:
        title: of the site.
        author: who compiles it, or "".
        address: where it will be, ending in a slash, or "" when that is not known.
        uuid: a stable name for the feeds.
        language: of what is not in an issue.
    """

    title: str
    author: str
    address: str
    uuid: str
    language: str = "en"


class Issue(NamedTuple):
    """An issue to be published.

    Attributes:
        uuid: its stable name.
        slug: the last part of its address.
        bulletin: the title of its series.
        topic: a phrase, or "".
        day: of the issue.
        published_at: UTC text.
        updated_at: UTC text, not before `published_at`.
        document: what it says.
    """

    uuid: str
    slug: str
    bulletin: str
    topic: str
    day: date
    published_at: str
    updated_at: str
    document: Document


def pages(site: Site, issues: Sequence[Issue]) -> dict[str, str]:
    """Make a site.

    Args:
        site: what all pages share.
        issues: at least one, newest first.

    Returns:
        Path below the site's folder to what the file says.
    """
    from giveback.bulletins.feeds import atom, json_feed

    found = {"index.html": _front(site, issues), **_archive(site, issues)}
    for place, each in enumerate(issues):
        newer = issues[place - 1] if place else None
        older = issues[place + 1] if place + 1 < len(issues) else None
        found[path_of(each.slug)] = _page(site, each, newer, older)
    return found | {"atom.xml": atom(site, issues), "feed.json": json_feed(site, issues)}


def path_of(slug: str) -> str:
    """Where the page of an issue is, below the site's folder."""
    return f"issues/{slug}.html"


def body(document: Document) -> str:
    """What an issue says, as HTML without the title."""
    template = environment(escaping=True).get_template("body.html")
    made = template.render(intro=rendered(document.intro, 1), sections=sections_of(document))
    return compact(made)


def style() -> str:
    """The stylesheet, which stands in each page so that a page is one request."""
    css = resources.files("giveback.bulletins").joinpath("templates/site.css").read_text("utf-8")
    return css.replace("\n", "")


def policy(css: str) -> str:
    """What a page may load: nothing but its own stylesheet (https://www.w3.org/TR/CSP3/)."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _rendered(name: str, site: Site, path: str, **values: Any) -> str:  # noqa: ANN401 - a template takes anything
    from markupsafe import Markup

    css = style()
    common = {
        "site": site,
        "style": Markup(css),  # noqa: S704 - a file of this package
        "policy": policy(css),
        "root": "../" * path.count("/"),
        "address": encoded(f"{site.address}{'' if path == 'index.html' else path}") if site.address else "",
        "is_front": path == "index.html",
        "is_archive": path == "archive.html",
        "language": site.language,
        "description": "",
    }
    values = {**common, **values}
    values["direction"] = direction(str(values["language"]))
    return compact(environment(escaping=True).get_template(name).render(values))


def _front(site: Site, issues: Sequence[Issue]) -> str:
    latest = issues[0]
    return _rendered(
        "front.html",
        site,
        "index.html",
        heading=site.title,
        description=_description(latest.document),
        language=latest.document.letter.language,
        latest={
            **_line(latest),
            "opening": rendered(latest.document.intro, 2),
            "contents": sections_of(latest.document),
        },
        earlier=[_line(each) for each in issues[1 : 1 + EARLIER]],
    )


def _page(site: Site, issue: Issue, newer: Issue | None, older: Issue | None) -> str:
    from markupsafe import Markup

    return _rendered(
        "issue.html",
        site,
        path_of(issue.slug),
        heading=issue.document.title,
        description=_description(issue.document),
        language=issue.document.letter.language,
        issue={**_line(issue), "bulletin": issue.bulletin, "body": Markup(body(issue.document))},  # noqa: S704 - rendered here
        newer=_line(newer) if newer else None,
        older=_line(older) if older else None,
    )


def _archive(site: Site, issues: Sequence[Issue]) -> dict[str, str]:
    """The archive, by year where it is long."""
    by_year: dict[int, list[Issue]] = {}
    for each in issues:
        by_year.setdefault(each.day.year, []).append(each)
    years = list(by_year) if len(issues) > IN_ARCHIVE else []
    found = {"archive.html": _listed(site, "archive.html", "All issues", issues[:IN_ARCHIVE], years)}
    for year in years:
        path = f"archive-{year}.html"
        found[path] = _listed(site, path, f"Issues of {year}", by_year[year], years)
    return found


def _listed(site: Site, path: str, heading: str, issues: Sequence[Issue], years: Sequence[int]) -> str:
    rows = [_line(each) for each in issues]
    return _rendered("archive.html", site, path, heading=heading, issues=rows, years=years)


def _line(issue: Issue) -> dict[str, str]:
    day = issue.day
    return {"slug": issue.slug, "title": issue.document.title, "day": full_day(day), "day_iso": day.isoformat()}


def _description(document: Document) -> str:
    said = " ".join(text(document.intro).split()) or "; ".join(item.title for item in document.items)
    return said if len(said) <= _DESCRIPTION else said[:_DESCRIPTION].rsplit(" ", 1)[0] + " \u2026"

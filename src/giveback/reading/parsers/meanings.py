"""What feedparser takes an element of a feed for, by its name."""

from __future__ import annotations

import re
from functools import lru_cache

DECLINED = "declined"

_PREFIXES = {
    "": "",
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/rss/1.0/": "",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://purl.org/rss/1.0/modules/slash/": "slash",
    "http://wellformedweb.org/commentapi/": "wfw",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss/": "media",
    "http://search.yahoo.com/mrss": "media",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/xml/1998/namespace": "xml",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/1999/xlink": "xlink",
    "http://www.w3.org/2003/01/geo/wgs84_pos#": "geo",
    "http://www.georss.org/georss": "georss",
    "http://www.opengis.net/gml": "gml",
    "http://purl.org/syndication/thread/1.0": "thr",
    "http://webns.net/mvcb/": "admin",
    "http://backend.userland.com/creativecommonsrssmodule": "creativecommons",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativecommons",
    "http://web.resource.org/cc/": "cc",
    "http://podlove.org/simple-chapters": "psc",
}
"""Namespaces, in lower case as feedparser compares them, and the prefixes it gives to them."""

READ = {
    "item": "item",
    "entry": "item",
    "title": "title",
    "link": "link",
    "guid": "id",
    "id": "id",
    "published": "published",
    "issued": "published",
    "pubdate": "published",
    "dcterms_issued": "published",
    "updated": "updated",
    "modified": "updated",
    "lastbuilddate": "updated",
    "dc_date": "updated",
    "dcterms_modified": "updated",
    "created": "created",
    "dcterms_created": "created",
    "description": "description",
    "dc_description": "description",
    "summary": "summary",
    "itunes_summary": "summary",
    "content": "content",
    "content_encoded": "encoded",
    "author": "author",
    "managingeditor": "author",
    "dc_author": "author",
    "dc_creator": "author",
    "itunes_author": "author",
    "contributor": "contributor",
    "media_title": "media_title",
    "media_description": "media_description",
    "name": "person",
    "email": "person",
    "uri": "person",
    "url": "person",
    "homepage": "person",
    "itunes_name": "person",
    "itunes_email": "person",
    "image": "image",
    "source": "text",
    "subtitle": "text",
    "tagline": "text",
    "rights": "text",
    "copyright": "text",
    "dc_rights": "text",
    "itunes_subtitle": "text",
    "generator": "text",
    "feedburner_browserfriendly": "text",
    "info": "text",
    "ttl": "ttl",
    "sy_updateperiod": "sy_updateperiod",
    "sy_updatefrequency": "sy_updatefrequency",
}
"""Elements that have a meaning here; "text" ones are of no interest, but hold text only."""

HARMLESS = frozenset(
    {
        *("category", "keywords", "cloud", "language", "webmaster", "enclosure", "expirationdate"),
        *("dc_language", "dc_publisher", "dc_subject"),
        *("media_category", "media_keywords", "media_group", "media_rating", "media_credit", "media_restriction"),
        *("media_license", "media_content", "media_thumbnail", "media_player"),
        *("itunes_owner", "itunes_category", "itunes_image", "itunes_link", "itunes_block", "itunes_explicit"),
        *("itunes_keywords", "items", "cc_license", "creativecommons_license"),
        *("admin_generatoragent", "admin_errorreportsto"),
    }
)
"""Elements that feedparser knows, without effect on what is read here."""

KNOWN = frozenset(
    {
        *("rss", "channel", "feed", "textinput", "width", "height", "tags", "abstract", "body", "xhtml_body"),
        *("fullitem", "newlocation", "where", "georssgeom", "dc_title", "dc_contributor", "dcterms_valid"),
        *("georss_point", "georss_line", "georss_polygon", "georss_box", "georss_where", "gml_point"),
        *("gml_linestring", "gml_polygon", "gml_exterior", "gml_linearring", "gml_pos", "gml_poslist"),
        *("psc_chapters", "psc_chapter"),
    }
)
"""Elements that feedparser knows in ways that matter: documents with them are declined."""

_KEYS = frozenset(
    {
        *("date", "entries", "channel", "links", "authors", "author", "guid", "url", "issued", "svg", "math"),
        *("license", "guidislink", "href", "div"),
    }
)
"""Names under which feedparser keeps what it found, so that an element of that name would replace it."""
_KEPT = ("_detail", "_parsed")
_TAKEN = re.compile(
    "dc|dcterms|content|itunes|media|feedburner|georss|gml|psc|xhtml|rdf|xml|xlink|sy"
    "|title|summary|subtitle|published|updated|created|date|modified|issued|copyright|rights|tagline|description|author"
)
"""Prefixes that mean something to feedparser, whatever namespace they are declared for."""
_DEFAULT = re.compile(r"""xmlns\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""")
_DECLARATION = re.compile(r"""xmlns:([^\s=:]+)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""")


@lru_cache(maxsize=4_096)
def meaning(tag: str) -> str:
    """Tell what an element is read for.

    Args:
        tag: its name in Clark notation, "{namespace}local" or "local".

    Returns:
        A value of `READ`; "skip" when it has no effect; "foreign" when it has none as long as its namespace,
        which feedparser does not know, has a prefix; or `DECLINED`.
    """
    namespace, _, local = tag.rpartition("}")
    prefix = _PREFIXES.get(namespace[1:].lower())
    name = local.lower()
    if prefix:
        name = f"{prefix}_{name}"
    found = READ.get(name) if prefix is not None else None
    if found:
        return found
    if name in HARMLESS or (_is_unknown(name) and name not in READ):
        return "skip"
    return DECLINED if prefix is not None else "foreign"


def all_have_prefixes(markup: str) -> bool:
    """Tell whether every namespace that feedparser does not know is declared with a prefix.

    Args:
        markup: a document.
    """
    return all((found[1] or found[2] or "").lower() in _PREFIXES for found in _DEFAULT.finditer(markup))


def is_plain(tag: str) -> bool:
    """Tell whether a name is in no namespace, or in one that feeds use as if they had none."""
    return not _PREFIXES.get(tag.rpartition("}")[0][1:].lower(), "?")


def _is_unknown(name: str) -> bool:
    return name not in KNOWN and name not in _KEYS and not name.endswith(_KEPT)


def prefixes_are_usual(markup: str) -> bool:
    """Tell whether no prefix is declared for a namespace that feedparser would take for another's.

    Args:
        markup: a document.
    """
    for found in _DECLARATION.finditer(markup):
        prefix, uri = found[1].lower(), (found[2] or found[3] or "").lower()
        if _TAKEN.fullmatch(prefix) and _PREFIXES.get(uri, "?") != prefix:
            return False
        if "&" in uri or "backend.userland.com/rss" in uri:
            return False
    return True

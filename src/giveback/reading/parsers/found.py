"""What a parser of XML finds in a feed, before it is cleaned."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from giveback.reading.parsers.cleaning import Raw


class Stated(NamedTuple):
    """How often a feed says it changes, as written, "" where it says nothing.

    Attributes:
        ttl: minutes (RSS 2.0).
        period: sy:updatePeriod of the RSS 1.0 syndication module, "hourly" to "yearly".
        frequency: sy:updateFrequency, how many times in a period.
    """

    ttl: str = ""
    period: str = ""
    frequency: str = ""


class FoundFeed(NamedTuple):
    """A feed before cleaning.

    Attributes:
        title: text, and whether it is HTML.
        site: the address of the page that the feed belongs to, as written.
        raws: its entries.
        stated: how often it says it changes.
        well_formed: nothing had to be repaired.
    """

    title: tuple[str, bool]
    site: str
    raws: list[Raw]
    stated: Stated
    well_formed: bool = True

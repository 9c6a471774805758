"""Feeds of the corpora of which something else is expected than what lxml reads, and why."""

# First titles.
OTHER_TITLES = {
    "lefil.rss": "its text is encoded twice; the repaired form is better",
    "lemonde.rss": "the same",
    "spiegel.rss": "the same",
    "yandexrussia.rss": "the same, and the C1 controls in it are removed",
}
NOT_FEEDS: dict[str, str] = {}
# Of the hostile files these hold nothing that a reader should take, or go beyond a limit.
REFUSED = {
    "empty.rss": "it is empty",
    "whitespace.rss": "it is empty",
    "login-page.html": "it is a web page, not a feed",
    "html-with-autodiscovery.html": "it is a web page, not a feed",
    "binary-garbage.rss": "it is neither XML nor JSON",
    "png-as-feed.rss": "it is an image, not a feed",
    "deep-nesting.rss.gz": "its elements are nested more than 256 deep",
    "many-items.rss.gz": "it is larger than 10 MB",
    "huge-50mb.rss.gz": "it is larger than 10 MB",
    "gzip-bomb.rss.gz": "it is larger than 10 MB",
    "json-items-object.json": "it is JSON, but not a JSON Feed",
    "json-deep.json": "it is JSON nested too deep for a feed",
    "json-trailing-comma-bom.json": "it is JSON, but broken",
    "json-huge-int-nan.json": "it is JSON, but broken",
}

"""What I have to offer: adding, changing, retiring, and finding it when it is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.errors import AmbiguousError, NotFoundError, UsageError
from giveback.keeping.exchanges import Gift
from giveback.keeping.money import parse_money
from giveback.store.questions import assets as questions
from giveback.text import clean_line, clean_text, fold, words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from giveback.giving.rules.book import Secrets
    from giveback.store.questions.assets import AssetRow
    from giveback.store.tables import Asset

KINDS = ("research", "home-made", "skill", "time", "connection", "bulletin", "other")
SAID = {"topics": "fits", "cost_cents": "cost", "source_url": "source"}
"""Columns under the names of their options."""
TITLE_LIMIT = 200
LONG_TITLE = 80
MOST_MINUTES = 100_000
_NUMBER = re.compile(r"(?:asset:)?(\d{1,18})")


class AssetForm(NamedTuple):
    """What is said of an asset; None leaves a thing as it is.

    Attributes:
        title: what it is called.
        kind: one of `KINDS`.
        fits: topics that it suits, separated by commas.
        cost: an amount, or "" for none.
        minutes: what giving it takes.
        text: what else there is to say of it.
        source: where it was published.
        company: what it is about.
    """

    title: str | None = None
    kind: str | None = None
    fits: str | None = None
    cost: str | None = None
    minutes: int | None = None
    text: str | None = None
    source: str | None = None
    company: str | None = None


def research_title(text: str) -> str:
    """The first words of what was found: up to a colon, or the end of its first sentence."""
    line = clean_line(text, TITLE_LIMIT * 4)
    found = re.match(r"(.{8,90}?)(?::\s|[.!?](?:\s|$)|$)", line)
    return found[1] if found else clean_line(line, LONG_TITLE)


def columns(form: AssetForm, secrets: Secrets) -> dict[str, Any]:
    """The columns of the store that a form sets.

    Args:
        form: what was said.
        secrets: what marks research as confidential.

    Raises:
        UsageError: a value cannot be, or the text smells confidential.
    """
    found: dict[str, Any] = {}
    if form.title is not None:
        found["title"] = _title(form.title)
    if form.kind is not None:
        found["kind"] = checked_kind(form.kind)
    if form.fits is not None:
        found["topics"] = ", ".join(topics(form.fits))
    if form.cost is not None:
        found["cost_cents"] = parse_money(form.cost) if form.cost.strip() else None
    if form.minutes is not None:
        found["minutes"] = checked_minutes(form.minutes)
    if form.text is not None:
        found["text"] = clean_text(form.text)
    if form.company is not None:
        found["company"] = clean_line(form.company)
    if form.source is not None:
        found["source_url"] = checked_source(form.source, secrets) if form.source.strip() else ""
    _refuse_secrets(form, secrets)
    return found


def _title(said: str) -> str:
    title = clean_line(said, TITLE_LIMIT)
    if not fold(title):
        raise UsageError("it is not said what you have to offer", 'giveback assets add "Chocolate chip cookies"')
    return title


def _refuse_secrets(form: AssetForm, secrets: Secrets) -> None:
    from giveback.giving.rules.confidential import marker

    word = marker("\n".join((form.title or "", form.text or "")), secrets)
    if word:
        raise UsageError(f"it smells confidential ({word!r}): it is not kept", "keep what anybody can read")


def checked_kind(said: str) -> str:
    """A kind of asset.

    Raises:
        UsageError: there is no such kind.
    """
    kind = fold(said).replace("_", "-").replace("homemade", "home-made")
    if kind not in KINDS:
        raise UsageError(f"{clean_line(said, 40)!r} is no kind of asset", "use one of " + ", ".join(KINDS))
    return kind


def checked_minutes(minutes: int) -> int:
    """Minutes that can be.

    Raises:
        UsageError: below 0, or absurdly many.
    """
    if not 0 <= minutes <= MOST_MINUTES:
        raise UsageError(f"{minutes} minutes cannot be", f"from 0 to {MOST_MINUTES}")
    return minutes


def checked_source(said: str, secrets: Secrets) -> str:
    """The address of a public source.

    Raises:
        UsageError: it is no web address, or one that only insiders reach.
    """
    from giveback.giving.rules.confidential import why_not_public
    from giveback.reading.addresses import canonical_url, without_secret

    url = canonical_url(said)
    if why := why_not_public(url, secrets):
        shown = clean_line(without_secret(said), 80)
        raise UsageError(f"{shown} is no public source: {why}", "name a page on the web that anybody can read")
    return url


def topics(said: str) -> list[str]:
    """Phrases, separated by commas, each once."""
    # Cleaned as a whole first: an escape sequence holds semicolons of its own.
    parts = (clean_line(part, TITLE_LIMIT) for part in clean_line(said, 5_000).replace(";", ",").split(","))
    return list({fold(part): part for part in parts if fold(part)}.values())


def add(session: Session, form: AssetForm, secrets: Secrets, at: datetime) -> Asset:
    """Add an asset.

    Args:
        session: an open unit of work.
        form: what was said; the kind is "other" when it was not.
        secrets: what marks research as confidential.
        at: now.

    Raises:
        UsageError: a value cannot be, research without a source, or there is an asset of that title.
    """
    from giveback.store.tables import Asset

    values = {"kind": "other"} | columns(form._replace(title=form.title or ""), secrets)
    if values["kind"] == "research" and not values.get("source_url"):
        raise UsageError("research needs its public source", "add --source https://…")
    refuse_twin(session, values["title"])
    asset = Asset(**values, created_at=at)
    session.add(asset)
    session.flush()
    return asset


def refuse_twin(session: Session, title: str) -> None:
    """Refuse a second asset of a title.

    Raises:
        AmbiguousError: something of that title is offered already.
    """
    from sqlmodel import col, select

    from giveback.store.tables import Asset

    rows = session.exec(select(Asset).where(col(Asset.retired_at).is_(None)))
    twin = next((row for row in rows if fold(row.title) == fold(title)), None)
    if twin is not None:
        raise AmbiguousError(f"there is {twin.title!r} already", f"`giveback assets edit {twin.id}` changes it")


def change(session: Session, asset_id: int, form: AssetForm, secrets: Secrets) -> list[str]:
    """Change an asset.

    Returns:
        What changed, one line each.

    Raises:
        UsageError: a value cannot be, or nothing is said.
    """
    from giveback.store.tables import Asset

    row = session.get_one(Asset, asset_id)
    values = columns(form, secrets)
    if not values:
        raise UsageError("it is not said what is to change", "see giveback assets edit --help")
    if values.get("kind", row.kind) == "research" and not values.get("source_url", row.source_url):
        raise UsageError("research needs its public source", "add --source https://…")
    lines = []
    for column, value in values.items():
        if getattr(row, column) != value:
            lines.append(SAID.get(column, column))
            setattr(row, column, value)
    session.add(row)
    session.flush()
    return lines


def find_asset(
    connection: sqlite3.Connection, said: str, *, part: bool = False, retired: bool = False
) -> AssetRow | None:
    """The asset that is meant: by its whole title, by `asset:3`, or with `part` by words of its title.

    Raises:
        AmbiguousError: words that several titles hold.
    """
    rows = questions.assets(connection, retired=retired)
    number = _NUMBER.fullmatch(said.strip()) if said.strip().startswith("asset:") else None
    if number:
        return next((row for row in rows if row.id == int(number[1])), None)
    key = words(said)
    exact = [row for row in rows if words(row.title) == key]
    found = exact or ([row for row in rows if _holds(words(row.title), key)] if part and key else [])
    if len(found) > 1:
        lines = tuple(f"asset:{row.id}  {row.title}" for row in found)
        raise AmbiguousError(f"{clean_line(said, 80)!r} could be {len(found)} assets", "say more of its name", lines)
    return found[0] if found else None


def _holds(title: Sequence[str], said: Sequence[str]) -> bool:
    return any(list(title[at : at + len(said)]) == list(said) for at in range(len(title) - len(said) + 1))


def require_asset(connection: sqlite3.Connection | None, said: str, *, retired: bool = False) -> AssetRow:
    """The asset that is meant, by its number in the list or by words of its title.

    Raises:
        NotFoundError: there is none.
        AmbiguousError: words that several titles hold.
    """
    wanted = f"asset:{said.strip()}" if said.strip().isdecimal() else said
    found = find_asset(connection, wanted, part=True, retired=retired) if connection is not None else None
    if found is None:
        raise NotFoundError(f"there is no asset {clean_line(said, 80)!r}", "`giveback assets` lists them")
    return found


def gift_of(asset: AssetRow) -> Gift:
    """An asset as a gift."""
    return Gift(
        asset.title,
        asset.source_url,
        kind=asset.kind,
        minutes=asset.minutes,
        cost_cents=asset.cost_cents,
        asset_id=asset.id,
    )


def find_offered(connection: sqlite3.Connection, contact_id: int, said: str) -> Gift | None:
    """The asset or introduction that a number of the list last shown, or a whole title, means; None for neither.

    Raises:
        NotFoundError: `asset:3` names none.
    """
    text = said.strip()
    if text.isdecimal() and len(text) <= len("999"):
        return _offered_at(connection, contact_id, int(text))
    if text.startswith("asset:"):
        return gift_of(require_asset(connection, text))
    asset = find_asset(connection, said)
    return gift_of(asset) if asset else None


def _offered_at(connection: sqlite3.Connection, contact_id: int, position: int) -> Gift | None:
    from giveback.store.questions.contacts import one
    from giveback.store.questions.offers import offered_at

    found = offered_at(connection, contact_id, position)
    if found is None:
        return None
    asset_id, introduced_id = found
    if introduced_id is not None:
        other = one(connection, introduced_id)
        return Gift(f"an introduction to {other.name}", kind="introduction", introduced_id=introduced_id)
    asset = questions.one(connection, asset_id) if asset_id is not None else None
    return gift_of(asset) if asset else None

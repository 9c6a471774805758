"""Suggest: what a contact would like, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.common import (
    Here,
    Json,
    family,
    here,
    note,
    questions,
    refresh,
    threshold_of,
    told_when_long,
    wanted_model,
    whom,
)
from giveback.config import number_setting, quiet_days, setting
from giveback.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    import sqlite3

    from giveback.giving.choices import Choice
    from giveback.giving.suggestions import Suggestions
    from giveback.store.questions.contacts import ContactRow, NameRow

app = family()

LONGEST = 19
"""Digits from which on a number cannot be one of SQLite's."""


@app.command("suggest")
def suggest(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME", help="One contact, or several.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="One article each for everybody who is due.")] = False,
    for_article: Annotated[
        str | None, typer.Option(metavar="ID", help="The other way round: who would like this article.")
    ] = None,
    topic: Annotated[
        str | None, typer.Option(metavar="PHRASE", help="On this topic instead, for this talk only.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="COUNT", min=0, help="At most so many; 0 for the setting.")] = 0,
    since: Annotated[str, typer.Option(metavar="SPAN", help="Only articles of the last: 2w, 30d.")] = "",
    explain: Annotated[bool, typer.Option("--explain", help="Show the parts of each score, and passages.")] = False,
    sensitive: Annotated[
        bool, typer.Option("--include-sensitive", help="Also politics, religion, crime, war, death, sex, illness.")
    ] = False,
    offers: Annotated[
        bool, typer.Option("--offers", help="Also your assets, research and introductions, ranked with the articles.")
    ] = False,
    json: Json = False,
) -> None:
    """Articles that a contact would like, and why.

    Never one that was given or dismissed; sensitive ones are left out, and counted. The number before
    an article is what `giveback give NAME NUMBER` and `giveback dismiss NAME NUMBER` take.

    Example: giveback suggest ana --explain
    """
    _check(names or [], everyone=everyone, for_article=for_article, topic=topic, offers=offers)
    at = here()
    choice = _choice(at, limit, since, sensitive=sensitive)
    if offers:
        from giveback.cli.offering import show_offers

        show_offers(at, names or [], choice, _ranked, explain=explain, json=json)
    elif for_article is not None:
        _for_article(at, for_article, choice, json=json)
    elif everyone:
        _for_everyone(at, _with_passages(choice) if explain else choice, explain=explain, json=json)
    else:
        choice = _with_passages(choice) if explain or topic is not None else choice
        found = [_for_one(at, name, choice, topic) for name in names or []]
        _show_each(at, found, explain=explain, json=json)


def _check(names: list[str], *, everyone: bool, for_article: str | None, topic: str | None, offers: bool) -> None:
    if bool(names) + everyone + (for_article is not None) != 1:
        raise UsageError("say for whom: NAME, --all, or --for-article ID", "see giveback suggest --help")
    if topic is not None and not names:
        raise UsageError("--topic needs a name", 'giveback suggest NAME --topic "offshore wind"')
    if offers and (not names or topic is not None):
        raise UsageError("--offers needs a name, and no topic", "giveback suggest NAME --offers")


def _choice(at: Here, limit: int, since: str, *, sensitive: bool) -> Choice:
    from datetime import timedelta

    from giveback.dates import parse_span
    from giveback.giving.choices import Choice, kinds

    return Choice(
        limit or number_setting(at.places, "suggest.limit"),
        (at.now.today - timedelta(parse_span(since))).isoformat() if since else "",
        sensitive,
        kinds(setting(at.places, "tact.allow")),
        weak=kinds(setting(at.places, "interests.weak")),
        threshold=threshold_of(at),
        model=wanted_model(at),
    )


def _with_passages(choice: Choice) -> Choice:
    """Let reasons name the nearest passages; loading the word vectors for it takes longer than all else."""
    from giveback.matching.embedding import load_default

    return choice._replace(embedder=load_default())


def _ranked(at: Here, name: str) -> tuple[NameRow, sqlite3.Connection]:
    """The contact that is meant, and the store with their ranking up to date."""
    from giveback.store.questions.suggestions import is_stale

    connection = questions(at)
    row = whom(connection, name)
    assert connection is not None
    return row, _ranked_anew(at, connection) if is_stale(connection, row.id) else connection


def _for_one(at: Here, name: str, choice: Choice, topic: str | None) -> tuple[NameRow, Suggestions]:
    from giveback.giving.suggestions import suggest as suggest_to

    row, connection = _ranked(at, name)
    if topic is not None:
        from giveback.giving.topics import suggest_on_topic

        found = suggest_on_topic(connection, row.id, topic, at.now.today, choice)
    else:
        found = suggest_to(connection, row.id, at.now.today, choice)
    if not found.items:
        note(_why_nothing(connection, row, found, topic or ""))
    _tell_of_interests(at, connection, found)
    connection.close()
    _remember(at, {row.id: found})
    return row, found


def _ranked_anew(at: Here, connection: sqlite3.Connection) -> sqlite3.Connection:
    """Rank what waits for it: only after a crash, since whatever changes something ranks it at once."""
    connection.close()
    refresh(at)
    again = questions(at)
    assert again is not None
    return again


def _remember(at: Here, found: dict[int, Suggestions]) -> None:
    from giveback.store.shown import remember

    lists = {
        contact: [
            (item.row.article_id, item.row.interest_id if item.source in ("user", "import") else None)
            for item in suggestions.items
        ]
        for contact, suggestions in found.items()
    }
    remember(at.store, lists, at.now.today)


def _why_nothing(connection: sqlite3.Connection, row: NameRow | ContactRow, found: Suggestions, topic: str = "") -> str:
    from giveback.store.questions.articles import counts

    if not topic and not any(not state.avoid for state in found.interests):
        return f'{row.name} has no interests yet: giveback interests "{row.name}" +phrase'
    if not counts(connection)[1]:
        return "no articles yet: giveback feed add ADDRESS, giveback fetch"
    if found.held_back:
        return f"nothing but sensitive articles for {row.name}: --include-sensitive shows them"
    nearest = f" ({found.poor} came near)" if found.poor else ""
    if topic:
        from giveback.text import words

        if not words(topic):
            return f"{topic!r} holds no word to look for: say it in words"
        return f"nothing good enough on {topic} for {row.name} now{nearest}: fetch more, or try a broader phrase"
    return f"nothing good enough for {row.name} now{nearest}: fetch more, or add interests"


def _tell_of_interests(at: Here, connection: sqlite3.Connection, found: Suggestions) -> None:
    """Say which interests no article has served for long, and which only words can serve."""
    from giveback.people.quiet import advice, quiet, remark
    from giveback.text import words

    for said in filter(None, map(remark, found.interests)):
        note(said)
    wordless = [state.phrase for state in found.interests if state.wordless and words(state.phrase)]
    if wordless:
        note(f"matched by words alone, as closeness in meaning does not know them: {', '.join(wordless)}")
    for state in quiet(found.interests, at.now.today, quiet_days(at.places))[:3]:
        note(advice(connection, state, at.now.today))


def _show_each(at: Here, found: list[tuple[NameRow, Suggestions]], *, explain: bool, json: bool) -> None:
    from giveback.cli import suggested

    if json:
        from giveback.output import records

        records.show([suggested.record(row, suggestions) for row, suggestions in found])
        return
    shown = False
    for row, suggestions in found:
        if suggestions.items:
            if shown:
                print()
            suggested.show_one(at, row, suggestions, explain=explain)
            shown = True
        suggested.tell_held_back(suggestions.held_back)


def _for_everyone(at: Here, choice: Choice, *, explain: bool, json: bool) -> None:
    from giveback.cli import suggested
    from giveback.giving.everyone import suggest_to_everyone
    from giveback.keeping.followups import due
    from giveback.store.questions import contacts
    from giveback.store.questions.suggestions import is_stale

    connection = questions(at)
    if connection is not None and is_stale(connection):
        connection = _ranked_anew(at, connection)
    lines = due(connection, at.now.today).lines if connection else []
    numbers = [line.contact_id for line in lines]
    found: dict[int, Suggestions] = {}
    people: dict[int, ContactRow] = {}
    if connection is not None and numbers:
        with told_when_long() as tell:
            found = suggest_to_everyone(connection, numbers, at.now.today, choice, lambda: tell("choosing", 1))
        people = contacts.some(connection, numbers)
        _remember(at, found)
    if json:
        from giveback.output import records

        records.show([suggested.record(people[number], found[number]) for number in numbers])
        return
    if not numbers:
        note("nobody is due: a good day to give something unasked")
        return
    served = [(people[number], found[number].items[0]) for number in numbers if found[number].items]
    if served:
        suggested.show_everyone(at, served, explain=explain)
    without = [people[number].name for number in numbers if not found[number].items]
    if without:
        note(f"no article for {suggested.some_of(without)}: nothing is good enough, or it went to somebody else")
    held: dict[str, int] = {}
    for suggestions in found.values():
        for kind, count in suggestions.held_back.items():
            held[kind] = held.get(kind, 0) + count
    suggested.tell_held_back(held)


def _for_article(at: Here, said: str, choice: Choice, *, json: bool) -> None:
    from giveback.cli import suggested
    from giveback.giving.readers import readers
    from giveback.store.questions import articles
    from giveback.store.questions.suggestions import is_stale

    number = said.removeprefix("id:")
    connection = questions(at)
    plain = number.isascii() and number.isdigit() and len(number) < LONGEST
    article = articles.one(connection, int(number)) if connection and plain else None
    if connection is None or article is None:
        raise NotFoundError(f"there is no article {said}", "`giveback articles` lists them")
    if is_stale(connection):
        connection = _ranked_anew(at, connection)
    with told_when_long() as tell:
        found = readers(
            connection, article.id, at.now.today, _with_passages(choice), lambda: tell("looking at contacts", 1)
        )
    if json:
        from giveback.output import records

        records.show(suggested.readers_record(article, found))
        return
    suggested.show_readers(at, article, found)

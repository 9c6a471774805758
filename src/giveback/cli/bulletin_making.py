"""Bulletins: new, for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from giveback.cli.bulletin_files import asked, can_edit, edit_file, take_in
from giveback.cli.common import DryRun, Here, Json, Name, here, note, threshold_of, wanted_model, whom, would
from giveback.config import number_setting, setting
from giveback.errors import UsageError

if TYPE_CHECKING:
    import sqlite3

    from giveback.bulletins.compiling import Compiled
    from giveback.bulletins.issues import Series

Since = Annotated[str, typer.Option(metavar="SPAN", help="Only articles of the last: 7d, 2w, 30d.")]
Limit = Annotated[int, typer.Option(metavar="COUNT", min=0, help="Items at most; 0 for the setting.")]
Sensitive = Annotated[
    bool, typer.Option("--include-sensitive", help="Also politics, religion, crime, war, death, sex, illness.")
]


def new(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="Of the bulletin; a known one gets another issue.")],
    topic: Annotated[
        str, typer.Option(metavar="PHRASE", help="What it is about; else as before, else the title.")
    ] = "",
    since: Since = "7d",
    limit: Limit = 0,
    include_sensitive: Sensitive = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Compile an issue on a topic and open it in your editor.

    The best articles of the last days are picked and grouped; what the readers have already is left out. On a
    terminal the Markdown file opens in $EDITOR; in a pipe it is written, and its path is said. What the file says
    is what goes out.

    Example: giveback bulletin new "Energy this week" --topic energy --since 7d
    """
    from datetime import timedelta

    from giveback.bulletins.compiling import Wanted, compile_topic, meant
    from giveback.bulletins.issues import Series
    from giveback.bulletins.readers import resolve
    from giveback.dates import parse_span
    from giveback.giving.choices import kinds
    from giveback.store.questions.bulletins import bulletin as ask
    from giveback.text import clean_line, fold

    at = here()
    connection = asked(at)
    known = ask(connection, fold(clean_line(title)))
    if known is not None and known.contact_id is not None:
        raise UsageError(f"{known.title!r} is for one person", "giveback bulletin for NAME makes another issue of it")
    phrase = clean_line(topic) or (known.topic if known else "") or clean_line(title)
    readers = resolve(connection, known, at.now.today, wanted_model(at)) if known else []
    wanted = Wanted(
        topic=phrase,
        since=at.now.today - timedelta(parse_span(since)),
        today=at.now.today,
        model=wanted_model(at),
        limit=limit or number_setting(at.places, "bulletins.limit"),
        readers=tuple(reader.row.id for reader in readers),
        bulletin_id=known.id if known else None,
        sensitive=include_sensitive,
        allow=kinds(setting(at.places, "tact.allow")),
        threshold=threshold_of(at),
    )
    found = compile_topic(connection, wanted)
    about = (*meant(connection, phrase), *(part.name for part in found.parts))
    connection.close()
    _make(at, Series(title, phrase, about=about), found, json=json, dry_run=dry_run)


def for_person(
    name: Name,
    title: Annotated[str, typer.Option(metavar="TEXT", help='Of the bulletin; else "For" and the name.')] = "",
    since: Since = "30d",
    limit: Limit = 0,
    include_sensitive: Sensitive = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Compile an issue for one person, from what they care about.

    A section for each interest; what they were given or sent before does not come again. It is never published.

    Example: giveback bulletin for ana
    """
    from datetime import timedelta

    from giveback.bulletins.issues import Series
    from giveback.bulletins.personal import compile_person
    from giveback.dates import parse_span
    from giveback.giving.choices import Choice, kinds

    at = here()
    connection = asked(at)
    person = whom(connection, name)
    choice = Choice(
        limit=limit or number_setting(at.places, "bulletins.limit"),
        since=(at.now.today - timedelta(parse_span(since))).isoformat(),
        sensitive=include_sensitive,
        allow=kinds(setting(at.places, "tact.allow")),
        threshold=threshold_of(at),
        weak=kinds(setting(at.places, "interests.weak")),
        model=wanted_model(at),
    )
    found = compile_person(connection, person.id, person.name, at.now.today, choice)
    series = Series(title or _title_for(connection, person.id, person.name), "", person.id)
    connection.close()
    _make(at, series, found, json=json, dry_run=dry_run)


def _title_for(connection: sqlite3.Connection, number: int, name: str) -> str:
    """The title of a person's bulletin: the one that they had before, or a new one."""
    from giveback.store.questions.bulletins import bulletins

    return next((row.title for row in bulletins(connection) if row.contact_id == number), f"For {name}")


def _make(at: Here, series: Series, found: Compiled, *, json: bool, dry_run: bool) -> None:
    """Keep the issue, write its file, and let the user at it."""
    from giveback.bulletins import files
    from giveback.bulletins.document import Letter
    from giveback.bulletins.issues import create, remember_file
    from giveback.bulletins.writing import write
    from giveback.store.changes import change

    letter = Letter(
        greeting=setting(at.places, "bulletins.greeting"),
        closing=setting(at.places, "bulletins.closing"),
        language=setting(at.places, "bulletins.language"),
    )
    with change(at.store, at.now, f"bulletin new {series.title}", dry_run=dry_run) as session:
        made = create(
            session,
            series,
            at.now.today,
            lambda number: write(letter._replace(issue=number), series.title, found.parts),
            at.now,
        )
        assert made.id is not None
        number, text = made.id, made.text
        path = files.path_of(at.places.bulletins, number, made.slug)
        if not dry_run:
            aside = files.set_aside(path)
            files.write(path, text)
            remember_file(session, number, text)
            if aside:
                note(f"a file was in the way, it is {aside} now")
    _tell(at, number, path, found, json=json, dry_run=dry_run)
    if dry_run or json or not can_edit():
        return
    edit_file(at, path)
    take_in(at, number)


def _tell(at: Here, number: int, path: str, found: Compiled, *, json: bool, dry_run: bool) -> None:
    del at
    items = [entry for part in found.parts for entry in part.entries]
    if json:
        from giveback.output import records

        records.show(
            {
                "issue": number,
                "path": path,
                "sections": [
                    {
                        "name": part.name or None,
                        "items": [
                            {
                                "title": entry.title,
                                "url": entry.url,
                                "source": entry.source or None,
                                "sentence": entry.sentence or None,
                                "also_in": [other.url for other in entry.others],
                            }
                            for entry in part.entries
                        ],
                    }
                    for part in found.parts
                ],
                "held_back": sum(found.held.values()),
                "known": found.known,
                "dry_run": dry_run,
            }
        )
        return
    count = f"{len(items)} item" + ("" if len(items) == 1 else "s")
    names = [part.name for part in found.parts if part.name]
    would(dry_run, " · ".join([f"issue {number}", count, *([", ".join(names)] if names else []), path]))
    if found.held:
        from giveback.cli.suggested import counted

        note(f"held back as sensitive: {counted(found.held)}")
    if not dry_run and not can_edit():
        note(f"edit the file, then: giveback bulletin preview {number}, giveback bulletin send {number} --dry-run")
